import { describe, expect } from 'vitest';
import {
  AddPointsAndReadDocument,
  AddPointsDocument,
  DeleteUserDocument,
  LeaderboardDocument,
  type LeaderboardQueryVariables,
  PointsHistoryDocument,
  type PointsHistoryQueryVariables,
  SpendPointsDocument,
  UsersDocument,
} from '../operations/generated.js';
import { it } from '../support/fixtures.js';
import type { IssuedToken, TestServer } from '../support/server.js';
import { refusal } from './ledger.js';

/** A cursor with a name that no user can have: PostgreSQL takes no text with NUL. */
const NUL = Buffer.from(JSON.stringify([1, 'a\0b'])).toString('base64url');

let token: IssuedToken;
it.beforeAll(async ({ server }) => {
  token = await server.everything();
});

const add = (server: TestServer, id: string, points: number) =>
  server.send(token, AddPointsDocument, { input: { user: { id }, points } });
const history = async (server: TestServer, variables: PointsHistoryQueryVariables) =>
  (await server.send(token, PointsHistoryDocument, variables)).data.user.pointsHistory ??
  expect.fail('There is no history.');
const leaders = async (server: TestServer, variables: LeaderboardQueryVariables) =>
  (await server.send(token, LeaderboardDocument, variables)).data.leaderboard;
const sequences = (page: { nodes: { sequence: number }[] }) => page.nodes.map(({ sequence }) => sequence);

describe('User.points', () => {
  it('includes every change that the server has responded to', async ({ server }) => {
    const { id } = await server.user();
    for (let points = 1; points <= 10; points++) {
      await add(server, id, 1);
      expect((await server.send(token, PointsHistoryDocument, { id })).data.user.points).toBe(points);
    }
    const { data } = await server.send(token, AddPointsAndReadDocument, { input: { user: { id }, points: 5 } });
    expect(data.addPoints).toEqual({ points: 15, user: { points: 15 } });
  });

  it('and the history are readable with points:read, and to the user', async ({ server }) => {
    const [own, other] = [await server.user(), await server.user()];
    const session = await server.session(own);
    const read = (by: { secret: string }, { id }: { id: string }) => server.send(by, PointsHistoryDocument, { id });
    expect((await read(session, own)).data.user).toMatchObject({ points: 0, pointsHistory: { totalCount: 0 } });
    expect(refusal(await read(session, other))).toMatchObject({ code: 'FORBIDDEN' });
    expect(refusal(await read(await server.token(['users:read']), own))).toMatchObject({
      code: 'FORBIDDEN',
      missingScopes: ['POINTS_READ'],
    });
    expect((await read(await server.token(['users:read', 'points:read']), own)).data.user.points).toBe(0);
  });
});

describe('User.pointsHistory', () => {
  it('lists entries newest first, and new entries move none to another page', async ({ server }) => {
    const { id } = await server.user();
    for (let count = 0; count < 7; count++) await add(server, id, 1);
    const first = await history(server, { id, first: 3 });
    expect(sequences(first)).toEqual([7, 6, 5]);
    expect(first).toMatchObject({ totalCount: 7, pageInfo: { hasNextPage: true, hasPreviousPage: false } });
    expect(first.pageInfo.endCursor).toBe(first.edges[2]?.cursor);
    await add(server, id, 1);
    const second = await history(server, { id, first: 3, after: first.pageInfo.endCursor });
    expect(sequences(second)).toEqual([4, 3, 2]);
    await server.send(token, SpendPointsDocument, { input: { user: { id }, points: 8 } });
    const third = await history(server, { id, first: 3, after: second.pageInfo.endCursor });
    expect(sequences(third)).toEqual([1]);
    expect(third).toMatchObject({ totalCount: 9, pageInfo: { hasNextPage: false, hasPreviousPage: true } });
  });

  it('refuses page sizes beyond 1 to 100, and cursors that it did not return', async ({ server }) => {
    const { id } = await server.user();
    for (const first of [0, -1, 101]) {
      const response = await server.send(token, PointsHistoryDocument, { id, first });
      expect(refusal(response)).toMatchObject({ code: 'BAD_USER_INPUT', field: 'first' });
    }
    const { endCursor } = (await server.send(token, UsersDocument, { first: 1 })).data.users.pageInfo;
    expect(endCursor).toEqual(expect.any(String));
    for (const after of [
      '',
      'x',
      '!',
      endCursor,
      Buffer.from('[1.5]').toString('base64url'),
      Buffer.from('["1"]').toString('base64url'),
    ]) {
      const response = await server.send(token, PointsHistoryDocument, { id, after });
      expect(refusal(response)).toMatchObject({ code: 'BAD_USER_INPUT', field: 'after' });
    }
  });
});

describe('Query.leaderboard', () => {
  it('lists users who were not deleted by points, highest first, then by name', async ({ server }) => {
    const names = { b: 50, A: 50, c: 70, d: 0, gone: 90, E: 1 };
    for (const [username, points] of Object.entries(names)) {
      const { id } = await server.user({ username: `leader-${username}` });
      if (points > 0) await add(server, id, points * 1_000_000);
      if (username === 'gone') await server.send(token, DeleteUserDocument, { user: { id } });
    }
    const nodes: Awaited<ReturnType<typeof leaders>>['nodes'] = [];
    for (let after: string | null = null; ; ) {
      const page = await leaders(server, { first: 2, after });
      nodes.push(...page.nodes);
      after = page.pageInfo.endCursor;
      expect(page.totalCount).toBeGreaterThan(5);
      if (!page.pageInfo.hasNextPage) break;
    }
    const ranked = nodes.filter(({ username }) => username.startsWith('leader-'));
    expect(ranked.map(({ username }) => username.slice(7))).toEqual(['c', 'A', 'b', 'E', 'd']);
    expect(nodes.map(({ points }) => points)).toEqual(
      nodes.map(({ points }) => points).sort((a, b) => Number(b) - Number(a)),
    );
    expect(new Set(nodes.map(({ username }) => username))).toHaveLength(nodes.length);
  });

  it('lists each user once, also where thousands have equal points', async ({ server }) => {
    await server.database.query(`
      with crowd as (
        insert into users (id, username, role)
        select gen_random_uuid(), 'crowd-' || number, 'USER' from generate_series(1, 5200) as number returning id, username)
      insert into balances (user_id, points, sequence)
      select id, case when length(username) < 9 then 3000 + length(username) % 3 else 500 end, 0 from crowd`);
    const all = await server.database.query(`
      select username, points::float8 from users join balances on user_id = id where deleted_at is null
       order by balances.points desc, lower(username)`);
    const nodes: object[] = [];
    for (let after: string | null = null; ; ) {
      const page = await leaders(server, { first: 97, after });
      nodes.push(...page.nodes);
      after = page.pageInfo.endCursor;
      if (!page.pageInfo.hasNextPage) break;
    }
    expect(nodes).toEqual(all);
  }, 60_000);

  it('requires users:read and points:read', async ({ server }) => {
    expect((await server.send(undefined, LeaderboardDocument)).status).toBe(401);
    for (const scope of ['users:read', 'points:read'] as const) {
      expect((await server.send(await server.token([scope]), LeaderboardDocument)).status).toBe(403);
    }
    expect(
      (await server.send(await server.token(['users:read', 'points:read']), LeaderboardDocument)).errors,
    ).toBeUndefined();
  });

  it('refuses page sizes beyond 1 to 100, and cursors that it did not return', async ({ server }) => {
    for (const [change, field] of [
      [{ first: 0 }, 'first'],
      [{ first: 101 }, 'first'],
      [{ after: 'x' }, 'after'],
      [{ after: NUL }, 'after'],
    ] as const) {
      expect(refusal(await server.send(token, LeaderboardDocument, change))).toMatchObject({
        code: 'BAD_USER_INPUT',
        field,
      });
    }
  });
});
