import { describe, expect } from 'vitest';
import { HoldPointsDocument } from '../../operations/generated.js';
import { it } from '../../support/fixtures.js';
import type { IssuedToken } from '../../support/server.js';
import { changesBy } from '../changes-by.js';
import { keptLedger, refusal } from '../ledger.js';
import { expire, keptHolds } from './kept-holds.js';

let token: IssuedToken;
it.beforeAll(async ({ server }) => {
  token = await server.everything();
});

describe('Mutation.holdPoints', () => {
  it('holds points, which stay the user’s and are not available', async ({ server }) => {
    const { add, hold } = changesBy(server, token);
    const { id, username } = await server.user();
    await add(id, 10);
    const { data } = await hold({ username }, 7, {
      expiresInSeconds: 90,
      reason: 'an image',
      reference: 'job-1',
      metadata: [{ key: 'model', value: 'large' }],
    });
    expect(data.change).toEqual({
      message: `Successfully held 7 points of ${username}`,
      available: 3,
      replayed: false,
      user: { id, username },
      hold: {
        ...{ id: `${id}.h1`, points: 7, captured: null, state: 'HELD', endedAt: null },
        ...{ reason: 'an image', reference: 'job-1', metadata: [{ key: 'model', value: 'large' }] },
        ...{ createdAt: expect.any(String), expiresAt: expect.any(String) },
      },
    });
    const { createdAt, expiresAt } = data.change.hold;
    expect(Date.parse(expiresAt) - Date.parse(createdAt)).toBe(90_000);
    expect((await hold(id, 1)).data.change).toMatchObject({
      message: `Successfully held 1 point of ${username}`,
      available: 2,
      hold: { id: `${id}.h2`, reason: null, reference: null, metadata: [] },
    });
    expect(await keptLedger(server, id)).toEqual({ points: 10, deltas: [10] });
    expect(await keptHolds(server, id)).toBe(8);
  });

  it('refuses more points than are available, and says how many are held', async ({ server }) => {
    const { add, hold } = changesBy(server, token);
    const { id } = await server.user();
    await add(id, 10);
    await hold(id, 7);
    const response = await hold(id, 4);
    expect(response.status).toBe(200);
    expect(response.errors?.[0]?.message).toBe('Not enough points: 4 needed, 3 available, 7 held.');
    expect(refusal(response)).toEqual({
      ...{ code: 'INSUFFICIENT_POINTS', available: 3, needed: 4, held: 7, effect: 'NONE', replayed: false },
    });
    expect(await keptHolds(server, id)).toBe(7);
  });

  it('makes exactly ten of fifty concurrent holds of 10 where the user has 100 points', async ({ server }) => {
    const { add, hold } = changesBy(server, token);
    const { id } = await server.user();
    await add(id, 100);
    const responses = await Promise.all(Array.from({ length: 50 }, () => hold(id, 10)));
    expect(responses.filter(({ errors }) => errors === undefined)).toHaveLength(10);
    for (const refused of responses.map(refusal).filter((extensions) => extensions !== undefined)) {
      expect(refused).toMatchObject({ code: 'INSUFFICIENT_POINTS', available: 0, needed: 10, held: 100 });
    }
    expect(await keptHolds(server, id)).toBe(100);
  });

  it('makes the points of a hold available at the moment at which it expires', async ({ server }) => {
    const { add, hold, spend } = changesBy(server, token);
    const { id } = await server.user();
    await add(id, 10);
    const { data } = await hold(id, 10, { expiresInSeconds: 1 });
    expect(refusal(await spend(id, 1))).toMatchObject({ code: 'INSUFFICIENT_POINTS', available: 0, held: 10 });
    await server.database.query(
      `select pg_sleep(extract(epoch from expires_at - clock_timestamp())) from holds where user_id = $1`,
      [id],
    );
    expect((await hold(id, 10)).data.change).toMatchObject({ available: 0, hold: { id: `${id}.h2` } });
    expect(
      await server.database.query(
        'select state, ended_at = expires_at as "isInTime" from holds where user_id = $1 and number = 1',
        [id],
      ),
    ).toEqual([{ state: 'EXPIRED', isInTime: true }]);
    expect(data.change.hold.state).toBe('HELD');
    expect(await keptHolds(server, id)).toBe(10);
  });

  it('keeps points from being spent, and the entry that added them from being reversed', async ({ server }) => {
    const { add, hold, spend, reverse } = changesBy(server, token);
    const user = await server.user();
    const added = (await add(user.id, 10)).data.change.entry.id;
    await hold(user.id, 4);
    const refused = { code: 'INSUFFICIENT_POINTS', available: 6, held: 4, effect: 'NONE', replayed: false };
    for (const by of [token, await server.session(user)]) {
      expect(refusal(await changesBy(server, by).spend(user.id, 7))).toEqual({ ...refused, needed: 7 });
    }
    expect(refusal(await reverse(added))).toEqual({ ...refused, needed: 10 });
    expect((await spend(user.id, 6)).data.change.points).toBe(4);
    expect(await keptLedger(server, user.id)).toEqual({ points: 4, deltas: [10, -6] });
  });

  it('counts as held only the holds that have not expired', async ({ server }) => {
    const { add, hold } = changesBy(server, token);
    const { id } = await server.user();
    await add(id, 10);
    const expired = (await hold(id, 4)).data.change.hold.id;
    await hold(id, 5);
    await expire(server, expired);
    expect(refusal(await hold(id, 6))).toMatchObject({ available: 5, needed: 6, held: 5 });
    expect(await keptHolds(server, id)).toBe(5);
  });

  it('refuses the 1,001st open hold with HOLD_LIMIT, records nothing, and takes it once one has ended', async ({
    server,
  }) => {
    const { add, hold, release } = changesBy(server, token);
    const { id } = await server.user();
    await add(id, 2_000);
    await server.database.query(
      `insert into holds (user_id, number, points, state, created_at, expires_at, owner_id)
       select $1, n, 1, 'HELD', now(), now() + interval '1 day', $2 from generate_series(1, 999) n`,
      [id, token.owner.id],
    );
    await server.database.query(
      `update balances set held = 999, last_hold = 999,
         holds_until = (select min(expires_at) from holds where user_id = $1) where user_id = $1`,
      [id],
    );
    expect((await hold(id, 1)).data.change).toMatchObject({ available: 1_000, hold: { id: `${id}.h1000` } });
    const refused = await hold(id, 1, { idempotencyKey: 'one more' });
    expect(refusal(refused)).toEqual({ code: 'HOLD_LIMIT', effect: 'NONE', replayed: false });
    await release(`${id}.h500`);
    expect((await hold(id, 1, { idempotencyKey: 'one more' })).data.change.replayed).toBe(false);
    expect(refusal(await hold(id, 1))).toMatchObject({ code: 'HOLD_LIMIT' });
    await expire(server, `${id}.h7`);
    expect((await hold(id, 1)).data.change.hold.id).toBe(`${id}.h1002`);
    expect(await keptHolds(server, id)).toBe(1_000);
  });

  it('is denied without a credential, without the scope, after the token was revoked, and to the user', async ({
    server,
  }) => {
    const user = await server.user();
    await changesBy(server, token).add(user.id, 5);
    const gone = await server.token(['points:spend']);
    await server.database.query('update tokens set revoked_at = now() where id = $1', [gone.id]);
    const others = await server.token(['points:add', 'points:read', 'points:transfer'], user);
    expect((await changesBy(server, undefined).hold(user.id, 1)).status).toBe(401);
    expect((await changesBy(server, gone).hold(user.id, 1)).status).toBe(401);
    for (const by of [others, await server.session(user)]) {
      const denied = await changesBy(server, by).hold(user.id, 1);
      expect(denied.status).toBe(403);
      expect(refusal(denied)).toMatchObject({ coordinate: 'Mutation.holdPoints', missingScopes: ['POINTS_SPEND'] });
    }
    expect(await keptHolds(server, user.id)).toBe(0);
  });

  it('is allowed with points:spend alone, and in the session of an administrator', async ({ server }) => {
    const { id } = await server.user();
    await changesBy(server, token).add(id, 5);
    const spender = await server.token(['points:spend']);
    const admin = await server.session(await server.user({ role: 'ADMIN' }));
    expect((await changesBy(server, spender).hold(id, 1)).data.change.available).toBe(4);
    expect((await changesBy(server, admin).hold(id, 1)).data.change.available).toBe(3);
  });

  it('refuses bad input, and holds nothing', async ({ server }) => {
    const { add, hold } = changesBy(server, token);
    const { id } = await server.user();
    await add(id, 5);
    for (const [field, more] of [
      ['input.points', { points: 0 }],
      ['input.expiresInSeconds', { expiresInSeconds: 0 }],
      ['input.expiresInSeconds', { expiresInSeconds: -1 }],
      ['input.expiresInSeconds', { expiresInSeconds: 2_592_001 }],
      ['input.reason', { reason: 'r'.repeat(501) }],
      ['input.reference', { reference: 'r'.repeat(101) }],
      ['input.metadata.0.key', { metadata: [{ key: 'A', value: '' }] }],
      ['input.idempotencyKey', { idempotencyKey: '' }],
    ] as const) {
      expect(refusal(await hold(id, 1, more as object))).toMatchObject({
        code: 'BAD_USER_INPUT',
        field,
        effect: 'NONE',
      });
    }
    for (const more of [{ points: -1 }, { points: 1.5 }, { points: 2 ** 53 }, { expiresInSeconds: 1.5 }]) {
      const input = { user: { id }, points: 1, expiresInSeconds: 60, ...more };
      expect((await server.send(token, HoldPointsDocument, { input })).status).toBe(400);
    }
    expect(refusal(await hold({ username: 'nobody' }, 1))).toEqual({
      ...{ code: 'USER_NOT_FOUND', effect: 'NONE', replayed: false },
    });
    expect((await hold(id, 1, { expiresInSeconds: 2_592_000 })).data.change.available).toBe(4);
    expect(await keptHolds(server, id)).toBe(1);
  });
});
