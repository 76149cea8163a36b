import { describe, expect } from 'vitest';
import { DeleteUserDocument, PointsHoldDocument } from '../../operations/generated.js';
import { it } from '../../support/fixtures.js';
import type { IssuedToken, TestServer } from '../../support/server.js';
import { changesBy } from '../changes-by.js';
import { keptLedger, refusal } from '../ledger.js';
import { expire, keptHolds } from './kept-holds.js';

let token: IssuedToken;
it.beforeAll(async ({ server }) => {
  token = await server.everything();
});

/** A user with 10 points, 6 of which are held. */
async function userWithHold(server: TestServer) {
  const user = await server.user();
  const { add, hold } = changesBy(server, token);
  await add(user.id, 10);
  return { ...user, hold: (await hold(user.id, 6, { reason: 'an image' })).data.change.hold.id };
}

const read = async (server: TestServer, id: string) =>
  (await server.send(token, PointsHoldDocument, { id })).data.pointsHold;

describe('Mutation.releaseHold', () => {
  it('makes the points of a hold available again, and writes no entry', async ({ server }) => {
    const { id, username, hold } = await userWithHold(server);
    const { data } = await changesBy(server, token).release(hold);
    expect(data.change).toMatchObject({
      message: `Successfully released 6 points of ${username}`,
      available: 10,
      replayed: false,
      user: { id },
      hold: { id: hold, points: 6, state: 'RELEASED', captured: null, reason: 'an image' },
    });
    expect(await read(server, hold)).toMatchObject({ ...data.change.hold, entry: null });
    expect(data.change.hold.endedAt).not.toBeNull();
    expect(await keptLedger(server, id)).toEqual({ points: 10, deltas: [10] });
    expect(await keptHolds(server, id)).toBe(0);
  });

  it('leaves the other holds of the user as they are', async ({ server }) => {
    const { id, hold: first } = await userWithHold(server);
    const { hold, release } = changesBy(server, token);
    const second = (await hold(id, 3)).data.change.hold.id;
    expect((await release(first)).data.change.available).toBe(7);
    expect((await read(server, second))?.state).toBe('HELD');
    expect(await keptHolds(server, id)).toBe(3);
  });

  it('is refused for a hold that has ended, and says how', async ({ server }) => {
    const [one, two, three] = [await userWithHold(server), await userWithHold(server), await userWithHold(server)];
    const { capture, release } = changesBy(server, token);
    await capture(one.hold);
    await release(two.hold);
    await expire(server, three.hold);
    for (const [hold, state] of [
      [one.hold, 'CAPTURED'],
      [two.hold, 'RELEASED'],
      [three.hold, 'EXPIRED'],
    ] as const) {
      expect(refusal(await release(hold))).toEqual({ code: 'HOLD_ENDED', state, effect: 'NONE', replayed: false });
    }
  });

  it('is refused with HOLD_NOT_FOUND for an id that no hold has', async ({ server }) => {
    const { id } = await userWithHold(server);
    for (const hold of ['', 'x', id, `${id}.1`, `${id}.h0`, `${id}.h2`, `${id}.h99999999999`]) {
      expect(refusal(await changesBy(server, token).release(hold))).toEqual({
        ...{ code: 'HOLD_NOT_FOUND', effect: 'NONE', replayed: false },
      });
    }
    expect(await keptHolds(server, id)).toBe(6);
  });

  it('is denied without a credential, without the scope, after the token was revoked, and to the user', async ({
    server,
  }) => {
    const { hold, ...user } = await userWithHold(server);
    const gone = await server.token(['points:spend']);
    await server.database.query('update tokens set revoked_at = now() where id = $1', [gone.id]);
    const others = await server.token(['points:add', 'points:transfer', 'points:reverse']);
    expect((await changesBy(server, undefined).release(hold)).status).toBe(401);
    expect((await changesBy(server, gone).release(hold)).status).toBe(401);
    expect((await changesBy(server, others).release(hold)).status).toBe(403);
    expect((await changesBy(server, await server.session(user)).release(hold)).status).toBe(403);
    expect(await keptHolds(server, user.id)).toBe(6);
    const spender = await server.token(['points:spend']);
    expect((await changesBy(server, spender).release(hold)).data.change.available).toBe(10);
  });

  it('refuses bad input, and releases nothing', async ({ server }) => {
    const { id, hold } = await userWithHold(server);
    const { release } = changesBy(server, token);
    for (const key of ['\0', 'k'.repeat(256)]) {
      expect(refusal(await release(hold, key))).toMatchObject({
        ...{ code: 'BAD_USER_INPUT', field: 'input.idempotencyKey', effect: 'NONE' },
      });
    }
    expect(await keptHolds(server, id)).toBe(6);
  });
});

describe('Mutation.deleteUser', () => {
  it('releases the open holds of the user, and tells of an expired one that it expired', async ({ server }) => {
    const { id, hold: open } = await userWithHold(server);
    const { hold, capture, release } = changesBy(server, token);
    const expired = (await hold(id, 1)).data.change.hold.id;
    await expire(server, expired);
    const { errors } = await server.send(token, DeleteUserDocument, { user: { id } });
    expect(errors).toBeUndefined();
    expect(await read(server, open)).toMatchObject({ state: 'RELEASED', user: { id } });
    const { state, endedAt, expiresAt } = (await read(server, expired)) ?? {};
    expect({ state, endedAt }).toEqual({ state: 'EXPIRED', endedAt: expiresAt });
    expect(await keptHolds(server, id)).toBe(0);
    for (const response of [await capture(open), await release(open), await hold(id, 1)]) {
      expect(refusal(response)).toMatchObject({ code: 'USER_NOT_FOUND', effect: 'NONE' });
    }
  });
});
