import { describe, expect } from 'vitest';
import type { TokenLimits } from '../../src/tokens/limits.js';
import {
  AddPointsDocument,
  ApplyPointsDocument,
  ResolvePointsDocument,
  ReversePointsDocument,
  SpendPointsDocument,
} from '../operations/generated.js';
import { it } from '../support/fixtures.js';
import type { IssuedToken, TestResponse, TestServer } from '../support/server.js';
import { keptLedger, refusal } from './ledger.js';

const POINTS = ['points:add', 'points:spend', 'points:reverse'] as const;
const MIDNIGHT = /T00:00:00\.000Z$/;

/** A token with these limits, and what changes points with it. */
async function limited(server: TestServer, limits: Partial<TokenLimits>) {
  const token = await server.token(POINTS, undefined, { limits });
  return { token, ...changesBy(server, token) };
}

function changesBy(server: TestServer, token: IssuedToken) {
  return {
    add: (id: string, points: number, idempotencyKey?: string) =>
      server.send(token, AddPointsDocument, {
        input: { user: { id }, points, ...(idempotencyKey && { idempotencyKey }) },
      }),
    spend: (id: string, points: number) => server.send(token, SpendPointsDocument, { input: { user: { id }, points } }),
    reverse: (entryId: string) => server.send(token, ReversePointsDocument, { input: { entryId } }),
  };
}

/** What is used of each limit, as a response to a change tells it. */
function usedIn({ extensions }: TestResponse) {
  const limits = extensions?.['limits'] as { limit: string; max: number; used: number; resetsAt: string }[] | undefined;
  return limits && Object.fromEntries(limits.map(({ limit, used }) => [limit, used]));
}

const setLimits = (server: TestServer, { id }: IssuedToken, limits: string) =>
  server.database.query(`update tokens set ${limits} where id = $1`, [id]);

describe('maxPointsPerChange', () => {
  it('bounds an addition and a spend, and says so', async ({ server }) => {
    const { id } = await server.user();
    const { add, spend } = await limited(server, { maxPointsPerChange: 10 });
    expect((await add(id, 10)).data.change.points).toBe(10);
    const response = await add(id, 11);
    expect(response.status).toBe(200);
    expect(response.errors?.[0]?.message).toBe(
      'The change exceeds the limit maxPointsPerChange of the app token, which is 10.',
    );
    expect(refusal(response)).toEqual({
      code: 'TOKEN_LIMIT',
      effect: 'NONE',
      replayed: false,
      limit: 'maxPointsPerChange',
      max: 10,
    });
    expect(refusal(await spend(id, 11))).toMatchObject({ code: 'TOKEN_LIMIT', limit: 'maxPointsPerChange' });
    expect(response.extensions).toBeUndefined();
    expect(await keptLedger(server, id)).toEqual({ points: 10, deltas: [10] });
  });

  it('bounds a reversal, whose points are those of its entry', async ({ server }) => {
    const { id } = await server.user();
    const unlimited = changesBy(server, await server.token(POINTS));
    const large = (await unlimited.add(id, 11)).data.change.entry.id;
    const small = (await unlimited.add(id, 10)).data.change.entry.id;
    const { reverse } = await limited(server, { maxPointsPerChange: 10 });
    expect(refusal(await reverse(large))).toMatchObject({ code: 'TOKEN_LIMIT', limit: 'maxPointsPerChange', max: 10 });
    expect((await reverse(small)).data.change.points).toBe(11);
  });
});

describe('A daily limit', () => {
  it.for([
    { name: 'maxAddedPerDay', change: 'add' },
    { name: 'maxAddedPerUserPerDay', change: 'add' },
    { name: 'maxSpentPerDay', change: 'spend' },
    { name: 'maxSpentPerUserPerDay', change: 'spend' },
  ] as const)(
    '$name bounds what is changed on one day, tells what is left and when to retry',
    async ({ name, change }, { server }) => {
      const { id } = await server.user();
      const funds = changesBy(server, await server.token(POINTS));
      await funds.add(id, 1_000);
      const token = await limited(server, { [name]: 100 });
      expect(usedIn(await token[change](id, 60))).toEqual({ [name]: 60 });
      const response = await token[change](id, 41);
      expect(refusal(response)).toEqual({
        code: 'TOKEN_LIMIT',
        effect: 'NONE',
        replayed: false,
        limit: name,
        max: 100,
        used: 60,
        retryAfterSeconds: expect.any(Number),
      });
      expect(Number(refusal(response)?.['retryAfterSeconds'])).toBeLessThanOrEqual(86_400);
      expect(response.headers.get('retry-after')).toBe(String(refusal(response)?.['retryAfterSeconds']));
      expect(response.errors?.[0]?.message).toMatch(
        new RegExp(`^The change exceeds the limit ${name} of the app token: 60 of 100 are used today`),
      );
      expect(response.extensions).toEqual({
        limits: [{ limit: name, max: 100, used: 60, resetsAt: expect.stringMatching(MIDNIGHT) }],
      });
      expect(usedIn(await token[change](id, 40))).toEqual({ [name]: 100 });
      expect(refusal(await token[change](id, 1))).toMatchObject({ code: 'TOKEN_LIMIT', used: 100 });
      expect((await keptLedger(server, id)).deltas.slice(1).map(Math.abs)).toEqual([60, 40]);
    },
  );

  it('over all users counts every user, and one per user each by itself', async ({ server }) => {
    const [one, other] = [await server.user(), await server.user()];
    const { add } = await limited(server, { maxAddedPerDay: 100, maxAddedPerUserPerDay: 60 });
    expect(usedIn(await add(one.id, 60))).toEqual({ maxAddedPerDay: 60, maxAddedPerUserPerDay: 60 });
    expect(refusal(await add(one.id, 1))).toMatchObject({ limit: 'maxAddedPerUserPerDay', used: 60, max: 60 });
    expect(usedIn(await add(other.id, 40))).toEqual({ maxAddedPerDay: 100, maxAddedPerUserPerDay: 40 });
    expect(refusal(await add(other.id, 1))).toMatchObject({ limit: 'maxAddedPerDay', used: 100, max: 100 });
  });

  it('is not given back by a reversal, and not used by one', async ({ server }) => {
    const { id } = await server.user();
    const { add, reverse } = await limited(server, { maxAddedPerDay: 100, maxSpentPerDay: 1 });
    const { data } = await add(id, 80);
    expect(usedIn(await reverse(data.change.entry.id))).toEqual({ maxAddedPerDay: 80, maxSpentPerDay: 0 });
    expect(refusal(await add(id, 21))).toMatchObject({ code: 'TOKEN_LIMIT', used: 80 });
  });

  it('is not used by a replay, which tells what is left, nor by what the ledger refuses', async ({ server }) => {
    const { id } = await server.user();
    const { add, spend } = await limited(server, { maxAddedPerDay: 100, maxSpentPerDay: 100 });
    await add(id, 70, 'k');
    const replay = await add(id, 70, 'k');
    expect(replay.data.change.replayed).toBe(true);
    expect(usedIn(replay)).toEqual({ maxAddedPerDay: 70, maxSpentPerDay: 0 });
    const refused = await spend(id, 71);
    expect(refusal(refused)).toMatchObject({ code: 'INSUFFICIENT_POINTS' });
    expect(usedIn(refused)).toEqual({ maxAddedPerDay: 70, maxSpentPerDay: 0 });
  });

  it('stores nothing under a key: the same key works once the limit allows it', async ({ server }) => {
    const { id } = await server.user();
    const { token, add } = await limited(server, { maxAddedPerDay: 10 });
    expect(refusal(await add(id, 11, 'later'))).toMatchObject({ code: 'TOKEN_LIMIT', replayed: false });
    await setLimits(server, token, 'max_added_per_day = 11');
    expect((await add(id, 11, 'later')).data.change).toMatchObject({ replayed: false, points: 11 });
  });

  it('is checked after the key and the user, and before the ledger', async ({ server }) => {
    const { id } = await server.user();
    const { token, add, spend } = await limited(server, { maxAddedPerDay: 10, maxPointsPerChange: 10 });
    await add(id, 10, 'k');
    expect((await add(id, 10, 'k')).data.change.replayed).toBe(true);
    expect(refusal(await add(id, 11, 'k'))).toMatchObject({ code: 'IDEMPOTENCY_KEY_REUSED' });
    expect(refusal(await add('0198a000-0000-7000-8000-000000000000', 11))).toMatchObject({ code: 'USER_NOT_FOUND' });
    expect(refusal(await spend(id, 11))).toMatchObject({ code: 'TOKEN_LIMIT' });
    await server.database.query('update tokens set revoked_at = now() where id = $1', [token.id]);
    expect((await add(id, 11)).status).toBe(401);
  });

  it('begins anew with the day, and never goes back with the clock', async ({ server }) => {
    const { id } = await server.user();
    const { token, add } = await limited(server, { maxAddedPerDay: 10, maxAddedPerUserPerDay: 10 });
    await add(id, 10);
    const moveTo = async (day: string) => {
      await server.database.query(`update token_counters set day = ${day} where root_id = $1`, [token.id]);
      await server.database.query(`update token_user_counters set day = ${day} where root_id = $1`, [token.id]);
    };
    await moveTo(`(now() at time zone 'UTC')::date + 1`);
    expect(refusal(await add(id, 1))).toMatchObject({ code: 'TOKEN_LIMIT', used: 10 });
    await moveTo(`(now() at time zone 'UTC')::date - 1`);
    expect(usedIn(await add(id, 9))).toEqual({ maxAddedPerDay: 9, maxAddedPerUserPerDay: 9 });
  });

  it('does not count what was used while it did not stand', async ({ server }) => {
    const { id } = await server.user();
    const { token, add, spend } = await limited(server, { maxAddedPerDay: 100 });
    await add(id, 90);
    await spend(id, 30);
    await setLimits(server, token, 'max_spent_per_day = 40, max_added_per_user_per_day = 5');
    expect(usedIn(await spend(id, 40))).toEqual({ maxAddedPerDay: 90, maxSpentPerDay: 40, maxAddedPerUserPerDay: 0 });
    expect(refusal(await spend(id, 1))).toMatchObject({ limit: 'maxSpentPerDay', used: 40 });
    await setLimits(server, token, 'max_added_per_day = null, max_spent_per_day = null');
    await add(id, 5);
    await setLimits(server, token, 'max_added_per_day = 100, max_added_per_user_per_day = null');
    expect(usedIn(await add(id, 10))).toEqual({ maxAddedPerDay: 100 });
  });

  it('is exact for amounts whose sum no number of 64 bits holds', async ({ server }) => {
    const { token, add } = await limited(server, { maxAddedPerDay: 2 ** 53 - 1 });
    await server.database.query(
      `insert into token_counters (root_id, day, added, added_unlimited)
       values ($1, (now() at time zone 'UTC')::date, 1e30, 1e30)`,
      [token.id],
    );
    const { id } = await server.user();
    expect(usedIn(await add(id, 2 ** 53 - 1))).toEqual({ maxAddedPerDay: 2 ** 53 - 1 });
    expect(refusal(await add(id, 1))).toMatchObject({ code: 'TOKEN_LIMIT', used: 2 ** 53 - 1 });
  });
});

describe('applyPoints by a token with limits', () => {
  it('has a result for each change, and tells the limits as after the last one', async ({ server }) => {
    const [one, other] = [await server.user(), await server.user()];
    const { token } = await limited(server, { maxAddedPerDay: 100, maxAddedPerUserPerDay: 70 });
    const operations = [
      { add: { user: { id: one.id }, points: 70 } },
      { add: { user: { id: one.id }, points: 1 } },
      { add: { user: { id: other.id }, points: 31 } },
      { add: { user: { id: other.id }, points: 30 } },
    ];
    const response = await server.send(token, ApplyPointsDocument, { input: { operations } });
    const { results } = response.data.applyPoints;
    expect(results.map(({ payload, error }) => payload?.points ?? [error?.code, error?.limit, error?.used])).toEqual([
      70,
      ['TOKEN_LIMIT', 'maxAddedPerUserPerDay', 70],
      ['TOKEN_LIMIT', 'maxAddedPerDay', 70],
      30,
    ]);
    expect(results[2]?.error).toMatchObject({ effect: 'NONE', max: 100, retryAfterSeconds: expect.any(Number) });
    expect(usedIn(response)).toEqual({ maxAddedPerDay: 100, maxAddedPerUserPerDay: 30 });
  });

  it('says nothing of limits to a token without daily ones', async ({ server }) => {
    const { id } = await server.user();
    const operations = [{ add: { user: { id }, points: 1 } }];
    const unlimited = await server.token(POINTS);
    const { extensions } = await server.send(unlimited, ApplyPointsDocument, { input: { operations } });
    expect(extensions).toBeUndefined();
  });
});

describe('resolvePoints by a token with limits', () => {
  it('is bounded by none, and tells them', async ({ server }) => {
    const { id } = await server.user();
    const { token, add } = await limited(server, { maxAddedPerDay: 10, maxPointsPerChange: 10 });
    await add(id, 10, 'k');
    const response = await server.send(token, ResolvePointsDocument, { input: { user: { id }, idempotencyKey: 'k' } });
    expect(response.data.resolvePoints.result.payload).toMatchObject({ replayed: true, points: 10 });
    expect(usedIn(response)).toEqual({ maxAddedPerDay: 10 });
  });
});
