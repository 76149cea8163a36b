import { describe, expect } from 'vitest';
import {
  AvailablePointsDocument,
  HoldsOfUserDocument,
  type HoldsOfUserQueryVariables,
  PointsHoldDocument,
  PointsHoldsDocument,
  type PointsHoldsQueryVariables,
} from '../../operations/generated.js';
import { it } from '../../support/fixtures.js';
import type { Credential, IssuedToken, TestServer } from '../../support/server.js';
import { changesBy } from '../changes-by.js';
import { refusal } from '../ledger.js';
import { expire } from './kept-holds.js';

let token: IssuedToken;
it.beforeAll(async ({ server }) => {
  token = await server.everything();
});

const held = async (server: TestServer, id: string, reference: string) =>
  (await changesBy(server, token).hold(id, 1, { reference, idempotencyKey: `key of ${reference}` })).data.change.hold
    .id;

/** A user with four holds of 1 of 10 points, one in each state. The one that has expired is not marked. */
async function userWithHolds(server: TestServer, prefix: string) {
  const user = await server.user();
  const { add, capture, release } = changesBy(server, token);
  await add(user.id, 10);
  const ids = {
    CAPTURED: await held(server, user.id, `${prefix} 1`),
    RELEASED: await held(server, user.id, `${prefix} 2`),
    HELD: await held(server, user.id, `${prefix} 3`),
    EXPIRED: await held(server, user.id, `${prefix} 4`),
  };
  await capture(ids.CAPTURED);
  await release(ids.RELEASED);
  await expire(server, ids.EXPIRED);
  return { user, ids };
}

const ofUser = async (server: TestServer, variables: HoldsOfUserQueryVariables) =>
  (await server.send(token, HoldsOfUserDocument, variables)).data.user.pointsHolds ?? expect.fail('There is no list.');
const ofAll = async (server: TestServer, variables: PointsHoldsQueryVariables) =>
  (await server.send(token, PointsHoldsDocument, variables)).data.pointsHolds;
const idsIn = ({ nodes }: { nodes: readonly { id: string }[] }) => nodes.map(({ id }) => id);
const available = async (server: TestServer, id: string, by: Credential = token) =>
  (await server.send(by, AvailablePointsDocument, { id })).data.user;

describe('Query.pointsHold', () => {
  it('returns a hold, who made it, with which token and under which key', async ({ server }) => {
    const { user, ids } = await userWithHolds(server, 'one');
    const { data } = await server.send(token, PointsHoldDocument, { id: ids.HELD });
    expect(data.pointsHold).toMatchObject({
      ...{ id: ids.HELD, state: 'HELD', points: 1, captured: null, endedAt: null, entry: null, reference: 'one 3' },
      ...{ user: { id: user.id }, by: { id: token.owner.id }, token: { id: token.id }, idempotencyKey: 'key of one 3' },
    });
    const admin = await server.session(await server.user({ role: 'ADMIN' }));
    const own = (await changesBy(server, admin).hold(user.id, 1)).data.change.hold.id;
    const inSession = await server.send(admin, PointsHoldDocument, { id: own });
    expect(inSession.data.pointsHold).toMatchObject({
      ...{ by: { id: admin.user.id }, token: null, idempotencyKey: null },
    });
  });

  it('tells that a hold has expired as soon as it has, with the time at which it did', async ({ server }) => {
    const { ids } = await userWithHolds(server, 'expired');
    const { data } = await server.send(token, PointsHoldDocument, { id: ids.EXPIRED });
    expect(data.pointsHold).toMatchObject({ state: 'EXPIRED', endedAt: data.pointsHold.expiresAt, captured: null });
    expect(
      await server.database.query(`select state from holds where user_id::text || '.h' || number = $1`, [ids.EXPIRED]),
    ).toEqual([{ state: 'HELD' }]);
  });

  it('returns null where there is no such hold', async ({ server }) => {
    const { user } = await userWithHolds(server, 'none');
    for (const id of [`${user.id}.h5`, `${user.id}.1`, `${user.id}.h0`, user.id, '', '\0']) {
      const { data, errors } = await server.send(token, PointsHoldDocument, { id });
      expect({ id, errors, hold: data.pointsHold }).toEqual({ id, errors: undefined, hold: null });
    }
  });

  it('is for points:read and for the user of the hold', async ({ server }) => {
    const { user, ids } = await userWithHolds(server, 'read');
    const query = 'query ($id: ID!) { pointsHold(id: $id) { points state entry { delta } user { username } } }';
    const read = (by: Credential, id = ids.CAPTURED) => server.send(by, query, { id });
    const gone = await server.token(['points:read', 'users:read']);
    await server.database.query('update tokens set revoked_at = now() where id = $1', [gone.id]);
    const found = {
      pointsHold: { points: 1, state: 'CAPTURED', entry: { delta: -1 }, user: { username: user.username } },
    };
    expect((await read(await server.session(user))).data).toEqual(found);
    expect((await read(await server.token(['points:read', 'users:read']))).data).toEqual(found);
    for (const [by, status] of [
      [undefined, 401],
      [gone, 401],
      [await server.session(), 403],
      [await server.token(['points:spend', 'users:read'], user), 403],
    ] as const) {
      expect((await read(by)).status).toBe(status);
      expect((await read(by, 'no id')).status).toBe(status);
    }
  });
});

describe('User.pointsHolds', () => {
  it('lists the holds of a user, newest first, and tells of expired ones that they are', async ({ server }) => {
    const { user, ids } = await userWithHolds(server, 'user');
    const { nodes, totalCount, pageInfo } = await ofUser(server, { id: user.id });
    expect(nodes.map(({ id, state }) => [id, state])).toEqual([
      [ids.EXPIRED, 'EXPIRED'],
      [ids.HELD, 'HELD'],
      [ids.RELEASED, 'RELEASED'],
      [ids.CAPTURED, 'CAPTURED'],
    ]);
    expect(nodes[0]?.endedAt).toBe(nodes[0]?.expiresAt);
    expect({ totalCount, hasNextPage: pageInfo.hasNextPage }).toEqual({ totalCount: 4, hasNextPage: false });
  });

  it('lists those in one state; an expired hold is not HELD, and is EXPIRED once it is marked', async ({ server }) => {
    const { user, ids } = await userWithHolds(server, 'state');
    for (const state of ['HELD', 'CAPTURED', 'RELEASED'] as const) {
      const list = await ofUser(server, { id: user.id, state });
      expect([idsIn(list), list.totalCount]).toEqual([[ids[state]], 1]);
    }
    await changesBy(server, token).add(user.id, 1);
    const list = await ofUser(server, { id: user.id, state: 'EXPIRED' });
    expect([idsIn(list), list.totalCount]).toEqual([[ids.EXPIRED], 1]);
    expect((await ofUser(server, { id: user.id, state: 'HELD' })).totalCount).toBe(1);
  });

  it('is read page by page', async ({ server }) => {
    const { user, ids } = await userWithHolds(server, 'pages');
    const first = await ofUser(server, { id: user.id, first: 3 });
    expect([idsIn(first), first.totalCount, first.pageInfo.hasNextPage]).toEqual([
      [ids.EXPIRED, ids.HELD, ids.RELEASED],
      4,
      true,
    ]);
    const second = await ofUser(server, { id: user.id, first: 3, after: first.pageInfo.endCursor });
    expect([idsIn(second), second.pageInfo.hasNextPage]).toEqual([[ids.CAPTURED], false]);
    const open = await held(server, user.id, 'pages 5');
    const ofState = await ofUser(server, { id: user.id, first: 1, state: 'HELD' });
    const rest = await ofUser(server, { id: user.id, state: 'HELD', after: ofState.pageInfo.endCursor });
    expect([idsIn(ofState), idsIn(rest)]).toEqual([[open], [ids.HELD]]);
  });

  it('refuses the cursor of another list, and a page that is too large', async ({ server }) => {
    const [one, other] = [await userWithHolds(server, 'cursor a'), await userWithHolds(server, 'cursor b')];
    const { endCursor } = (await ofUser(server, { id: one.user.id, first: 1 })).pageInfo;
    for (const variables of [
      { id: other.user.id, after: endCursor },
      { id: one.user.id, after: endCursor, state: 'HELD' as const },
      { id: one.user.id, after: (await ofAll(server, { first: 1 })).pageInfo.endCursor },
      { id: one.user.id, after: 'nonsense' },
    ]) {
      const refused = refusal(await server.send(token, HoldsOfUserDocument, variables));
      expect(refused).toMatchObject({ code: 'BAD_USER_INPUT', field: 'after' });
    }
    for (const first of [0, 101]) {
      const refused = refusal(await server.send(token, HoldsOfUserDocument, { id: one.user.id, first }));
      expect(refused).toMatchObject({ code: 'BAD_USER_INPUT', field: 'first' });
    }
  });

  it('is for points:read and for the user', async ({ server }) => {
    const { user } = await userWithHolds(server, 'own');
    const other = await server.session();
    const read = (by: Credential) => server.send(by, HoldsOfUserDocument, { id: user.id });
    expect((await read(await server.session(user))).data.user.pointsHolds).toMatchObject({ totalCount: 4 });
    expect((await read(await server.token(['users:read', 'points:read']))).errors).toBeUndefined();
    expect((await read(await server.token(['users:read', 'points:spend']))).status).toBe(403);
    expect(refusal(await read(other))).toMatchObject({ code: 'FORBIDDEN', coordinate: 'User.pointsHolds' });
    expect((await read(undefined)).status).toBe(401);
  });
});

describe('User.pointsAvailable', () => {
  it('is what the user has without what is held, and counts expired holds as available at once', async ({ server }) => {
    const { user } = await userWithHolds(server, 'available');
    expect(await available(server, user.id)).toEqual({ points: 9, pointsAvailable: 8 });
    const { id } = await server.user();
    expect(await available(server, id)).toEqual({ points: 0, pointsAvailable: 0 });
  });

  it('is for points:read and for the user', async ({ server }) => {
    const { user } = await userWithHolds(server, 'seen');
    const read = (by: Credential) => server.send(by, AvailablePointsDocument, { id: user.id });
    expect((await read(await server.session(user))).data.user.pointsAvailable).toBe(8);
    expect((await read(await server.token(['users:read']))).status).toBe(403);
    expect(refusal(await read(await server.session()))).toMatchObject({ code: 'FORBIDDEN' });
  });
});

describe('Query.pointsHolds', () => {
  it('lists the holds of all users, newest first, by state and by reference', async ({ server }) => {
    const [one, other] = [await userWithHolds(server, 'all a'), await userWithHolds(server, 'all b')];
    expect(idsIn(await ofAll(server, { first: 1, state: 'HELD' }))).toEqual([other.ids.HELD]);
    const shared = [await held(server, one.user.id, 'shared'), await held(server, other.user.id, 'shared')];
    const list = await ofAll(server, { reference: 'shared' });
    expect([idsIn(list), list.totalCount]).toEqual([shared.toReversed(), 2]);
    await changesBy(server, token).release(shared[0] ?? '');
    const released = await ofAll(server, { reference: 'shared', state: 'RELEASED' });
    expect([idsIn(released), released.totalCount]).toEqual([[shared[0]], 1]);
    expect(idsIn(await ofAll(server, { reference: 'Shared' }))).toEqual([]);
    const expired = await ofAll(server, { reference: 'all a 4' });
    expect(expired.nodes).toMatchObject([{ id: one.ids.EXPIRED, state: 'EXPIRED' }]);
    expect(await ofAll(server, { reference: 'all a 4', state: 'HELD' })).toMatchObject({ nodes: [], totalCount: 0 });
  });

  it('is read page by page, and counts all of them', async ({ server }) => {
    const users = [await userWithHolds(server, 'walk'), await userWithHolds(server, 'walk')];
    const [{ count } = { count: 0 }] = await server.database.query('select count(*)::int as count from holds');
    const seen: string[] = [];
    for (let after: string | null | undefined, isLast = false; !isLast; ) {
      const { nodes, pageInfo, totalCount } = await ofAll(server, { first: 3, after: after ?? null });
      expect(totalCount).toBe(count);
      seen.push(...nodes.map(({ id }) => id));
      after = pageInfo.endCursor;
      isLast = !pageInfo.hasNextPage;
    }
    expect(seen).toHaveLength(Number(count));
    expect(new Set(seen).size).toBe(Number(count));
    for (const { ids } of users) expect(seen).toEqual(expect.arrayContaining(Object.values(ids)));
  });

  it('refuses a bad reference and the cursor of another list', async ({ server }) => {
    await userWithHolds(server, 'bad');
    const { endCursor } = (await ofAll(server, { first: 1 })).pageInfo;
    for (const [field, variables] of [
      ['reference', { reference: '' }],
      ['reference', { reference: 'r'.repeat(101) }],
      ['after', { after: endCursor, reference: 'bad 1' }],
      ['after', { after: endCursor, state: 'HELD' as const }],
      ['first', { first: 101 }],
    ] as const) {
      const refused = refusal(await server.send(token, PointsHoldsDocument, variables));
      expect(refused).toMatchObject({ code: 'BAD_USER_INPUT', field });
    }
  });

  it('is for points:read alone', async ({ server }) => {
    const read = (by: Credential) => server.send(by, PointsHoldsDocument, {});
    const gone = await server.token(['points:read']);
    await server.database.query('update tokens set revoked_at = now() where id = $1', [gone.id]);
    expect((await read(await server.token(['points:read']))).errors).toBeUndefined();
    expect((await read(undefined)).status).toBe(401);
    expect((await read(gone)).status).toBe(401);
    expect((await read(await server.session())).status).toBe(403);
    expect((await read(await server.token(['points:spend', 'users:read']))).status).toBe(403);
  });
});
