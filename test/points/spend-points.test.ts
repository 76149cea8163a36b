import { describe, expect } from 'vitest';
import { AddPointsDocument, SpendPointsDocument, type UserBy } from '../operations/generated.js';
import { it } from '../support/fixtures.js';
import type { IssuedToken, TestServer } from '../support/server.js';
import { keptLedger, refusal } from './ledger.js';

let spender: IssuedToken;
let adder: IssuedToken;
it.beforeAll(async ({ server }) => {
  spender = await server.token(['points:spend']);
  adder = await server.token(['points:add']);
});

async function userWith(server: TestServer, points: number) {
  const user = await server.user();
  await server.send(adder, AddPointsDocument, { input: { user: { id: user.id }, points } });
  return user;
}

describe('Mutation.spendPoints', () => {
  it('spends points, down to a balance of 0', async ({ server }) => {
    const { id, username } = await userWith(server, 7);
    const { data } = await server.send(spender, SpendPointsDocument, {
      input: { user: { username }, points: 7, reason: 'a hat' },
    });
    expect(data.change).toMatchObject({
      message: `Successfully spent 7 points of ${username}`,
      points: 0,
      replayed: false,
      entry: { id: `${id}.2`, kind: 'SPEND', delta: -7, balanceAfter: 0, sequence: 2, reason: 'a hat' },
    });
  });

  it('refuses more points than the user has, says how many these are, and spends none', async ({ server }) => {
    const { id } = await userWith(server, 7);
    const response = await server.send(spender, SpendPointsDocument, { input: { user: { id }, points: 8 } });
    expect(response.status).toBe(200);
    expect(refusal(response)).toEqual({
      code: 'INSUFFICIENT_POINTS',
      available: 7,
      needed: 8,
      held: 0,
      effect: 'NONE',
      replayed: false,
    });
    expect(await keptLedger(server, id)).toEqual({ points: 7, deltas: [7] });
  });

  it('makes exactly forty of a hundred concurrent changes where the points suffice for forty', async ({ server }) => {
    const { id } = await userWith(server, 40 * 3 + 2);
    const responses = await Promise.all(
      Array.from({ length: 100 }, () =>
        server.send(spender, SpendPointsDocument, { input: { user: { id }, points: 3 } }),
      ),
    );
    const refused = responses.map(refusal).filter((extensions) => extensions !== undefined);
    expect(refused).toHaveLength(60);
    for (const extensions of refused) expect(extensions).toMatchObject({ code: 'INSUFFICIENT_POINTS', available: 2 });
    expect(await keptLedger(server, id)).toEqual({ points: 2, deltas: [122, ...Array(40).fill(-3)] });
  });

  it('is allowed to users for their own points, and for no others', async ({ server }) => {
    const [own, other] = [await userWith(server, 5), await userWith(server, 5)];
    const session = await server.session(own);
    const spend = (user: UserBy) => server.send(session, SpendPointsDocument, { input: { user, points: 1 } });
    expect((await spend({ id: own.id })).data.change.points).toBe(4);
    expect((await spend({ username: own.username.toUpperCase() })).data.change.points).toBe(3);
    expect((await spend({ id: other.id })).status).toBe(403);
    expect((await spend({ username: other.username })).status).toBe(403);
    expect((await keptLedger(server, other.id)).points).toBe(5);
  });

  it('is denied without a credential, without the scope, also to an app token of the user, and after it was revoked', async ({
    server,
  }) => {
    const user = await userWith(server, 5);
    const input = { user: { id: user.id }, points: 1 };
    const [others, gone] = [
      await server.token(['points:add', 'points:read'], user),
      await server.token(['points:spend']),
    ];
    await server.database.query('update tokens set revoked_at = now() where id = $1', [gone.id]);
    expect((await server.send(undefined, SpendPointsDocument, { input })).status).toBe(401);
    expect((await server.send(gone, SpendPointsDocument, { input })).status).toBe(401);
    expect((await server.send(others, SpendPointsDocument, { input })).status).toBe(403);
    expect((await keptLedger(server, user.id)).points).toBe(5);
  });

  it('refuses bad input, and changes nothing', async ({ server }) => {
    const { id } = await userWith(server, 5);
    for (const change of [{ points: 0 }, { reason: 'r'.repeat(501) }, { idempotencyKey: '' }]) {
      const response = await server.send(spender, SpendPointsDocument, {
        input: { user: { id }, points: 1, ...change },
      });
      expect(refusal(response)).toMatchObject({ code: 'BAD_USER_INPUT', effect: 'NONE' });
    }
    const unknown = await server.send(spender, SpendPointsDocument, {
      input: { user: { username: 'nobody' }, points: 1 },
    });
    expect(refusal(unknown)).toMatchObject({ code: 'USER_NOT_FOUND', effect: 'NONE' });
    expect((await keptLedger(server, id)).deltas).toEqual([5]);
  });
});
