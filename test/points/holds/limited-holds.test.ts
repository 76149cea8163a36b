import { describe, expect } from 'vitest';
import type { TokenLimits } from '../../../src/tokens/limits.js';
import { it } from '../../support/fixtures.js';
import type { IssuedToken, TestResponse, TestServer } from '../../support/server.js';
import { changesBy } from '../changes-by.js';
import { keptLedger, refusal } from '../ledger.js';
import { keptHolds } from './kept-holds.js';

let everything: IssuedToken;
it.beforeAll(async ({ server }) => {
  everything = await server.everything();
});

/** Two users, of whom the first has 1,000 points, and what changes points within limits. */
async function limited(server: TestServer, limits: Partial<TokenLimits>) {
  const [one, other] = [await server.user(), await server.user()];
  const scopes = ['points:add', 'points:spend', 'points:reverse', 'points:transfer'] as const;
  const free = changesBy(server, everything);
  await free.add(one.id, 1_000);
  return { one, other, free, by: changesBy(server, await server.token(scopes, undefined, { limits })) };
}

/** What is used of each limit, as a response to a change tells it. */
function usedIn({ extensions }: TestResponse) {
  const limits = extensions?.['limits'] as { limit: string; used: number }[] | undefined;
  return limits && Object.fromEntries(limits.map(({ limit, used }) => [limit, used]));
}

const heldIn = (response: TestResponse) => response.data.change.hold.id as string;

describe('maxPointsPerChange', () => {
  it('bounds holds, captures and transfers, and the release of what was held by another token', async ({ server }) => {
    const { one, other, free, by } = await limited(server, { maxPointsPerChange: 10 });
    const [large, small] = [heldIn(await free.hold(one.id, 11)), heldIn(await by.hold(one.id, 10))];
    for (const response of [
      await by.hold(one.id, 11),
      await by.capture(large),
      await by.capture(small, { points: 11 }),
      await by.capture(large, { to: { id: other.id } }),
      await by.transfer(one.id, other.id, 11),
      await by.release(large),
    ]) {
      expect(refusal(response)).toEqual({
        ...{ code: 'TOKEN_LIMIT', limit: 'maxPointsPerChange', max: 10, effect: 'NONE', replayed: false },
      });
    }
    expect((await by.capture(large, { points: 10 })).errors).toBeUndefined();
    expect((await by.capture(small)).errors).toBeUndefined();
    expect((await by.transfer(one.id, other.id, 10)).errors).toBeUndefined();
    expect(await keptLedger(server, one.id)).toEqual({ points: 970, deltas: [1_000, -10, -10, -10] });
  });
});

describe('A limit for a day', () => {
  it.for(['maxSpentPerDay', 'maxSpentPerUserPerDay'] as const)(
    '%s counts captures and transfers of the giver as spent, and neither holds nor releases',
    async (limit, { server }) => {
      const { one, other, by } = await limited(server, { [limit]: 100 });
      const holds = [await by.hold(one.id, 90), await by.hold(one.id, 90), await by.hold(one.id, 90)];
      const [first = '', second = '', third = ''] = holds.map(heldIn);
      expect(holds.map(usedIn)).toEqual([{ [limit]: 0 }, { [limit]: 0 }, { [limit]: 0 }]);
      expect(usedIn(await by.release(third))).toEqual({ [limit]: 0 });
      expect(usedIn(await by.capture(first, { points: 30 }))).toEqual({ [limit]: 30 });
      expect(usedIn(await by.transfer(one.id, other.id, 20))).toEqual({ [limit]: 50 });
      expect(refusal(await by.capture(second))).toMatchObject({ code: 'TOKEN_LIMIT', limit, max: 100, used: 50 });
      expect(usedIn(await by.capture(second, { points: 40, to: { id: other.id } }))).toEqual({ [limit]: 90 });
      expect(refusal(await by.transfer(one.id, other.id, 11))).toMatchObject({ code: 'TOKEN_LIMIT', limit, used: 90 });
      expect(usedIn(await by.spend(one.id, 10))).toEqual({ [limit]: 100 });
      expect(await keptHolds(server, one.id)).toBe(0);
    },
  );

  it('counts what is received neither as added nor as spent', async ({ server }) => {
    const { one, other, by } = await limited(server, { maxAddedPerUserPerDay: 5, maxSpentPerUserPerDay: 100 });
    expect(usedIn(await by.transfer(one.id, other.id, 60))).toEqual({
      ...{ maxAddedPerUserPerDay: 0, maxSpentPerUserPerDay: 60 },
    });
    expect(usedIn(await by.transfer(other.id, one.id, 40))).toEqual({
      ...{ maxAddedPerUserPerDay: 0, maxSpentPerUserPerDay: 40 },
    });
    expect(refusal(await by.transfer(one.id, other.id, 41))).toMatchObject({
      limit: 'maxSpentPerUserPerDay',
      used: 60,
    });
    expect(usedIn(await by.add(other.id, 5))).toEqual({ maxAddedPerUserPerDay: 5, maxSpentPerUserPerDay: 40 });
  });

  it('counts neither a replay nor what the ledger refuses nor a reversal', async ({ server }) => {
    const { one, other, by } = await limited(server, { maxSpentPerDay: 500 });
    const held = heldIn(await by.hold(one.id, 30));
    const key = { idempotencyKey: 'k' };
    expect(usedIn(await by.capture(held, key))).toEqual({ maxSpentPerDay: 30 });
    const replay = await by.capture(held, key);
    expect([replay.data.change.replayed, usedIn(replay)]).toEqual([true, { maxSpentPerDay: 30 }]);
    const moved = await by.transfer(one.id, other.id, 20, { idempotencyKey: 't' });
    expect(usedIn(await by.transfer(one.id, other.id, 20, { idempotencyKey: 't' }))).toEqual({ maxSpentPerDay: 50 });
    const ended = await by.capture(held);
    expect([refusal(ended)?.['code'], usedIn(ended)]).toEqual(['HOLD_ENDED', { maxSpentPerDay: 50 }]);
    const poor = await by.transfer(other.id, one.id, 21);
    expect([refusal(poor)?.['code'], usedIn(poor)]).toEqual(['INSUFFICIENT_POINTS', { maxSpentPerDay: 50 }]);
    expect(usedIn(await by.reverse(moved.data.change.credit.id))).toEqual({ maxSpentPerDay: 50 });
  });

  it('stores nothing under a key where it refuses: the hold stands, and the key works later', async ({ server }) => {
    const { one, by } = await limited(server, { maxSpentPerDay: 10 });
    const held = heldIn(await by.hold(one.id, 20));
    const key = { idempotencyKey: 'k' };
    expect(refusal(await by.capture(held, key))).toMatchObject({ code: 'TOKEN_LIMIT', replayed: false });
    expect(await keptHolds(server, one.id)).toBe(20);
    expect((await by.capture(held, { ...key, points: 10 })).data.change).toMatchObject({
      replayed: false,
      points: 990,
    });
  });

  it('is exact for twenty concurrent captures and transfers', async ({ server }) => {
    const { one, other, by } = await limited(server, { maxSpentPerDay: 50 });
    const holds: string[] = [];
    for (let n = 0; n < 10; n++) holds.push(heldIn(await by.hold(one.id, 10)));
    const responses = await Promise.all(holds.flatMap((held) => [by.capture(held), by.transfer(one.id, other.id, 10)]));
    expect(responses.filter(({ errors }) => errors === undefined)).toHaveLength(5);
    for (const refused of responses.map(refusal).filter((extensions) => extensions !== undefined)) {
      expect(refused).toMatchObject({ code: 'TOKEN_LIMIT', limit: 'maxSpentPerDay', used: 50 });
    }
    expect((await keptLedger(server, one.id)).points).toBe(950);
  });
});
