import { describe, expect } from 'vitest';
import { AddPointsDocument, PointsEntriesDocument } from '../operations/generated.js';
import { it } from '../support/fixtures.js';
import type { IssuedToken, TestResponse, TestServer } from '../support/server.js';
import { refusal } from './ledger.js';

const cursor = (...key: unknown[]) => Buffer.from(JSON.stringify(key)).toString('base64url');

describe('Query.pointsEntries', () => {
  let token: IssuedToken;
  it.beforeAll(async ({ server }) => {
    token = await server.everything();
  });

  const page = async (server: TestServer, variables: object) => {
    const { data }: TestResponse = await server.send(token, PointsEntriesDocument, variables);
    return data.pointsEntries;
  };
  const idsOf = ({ nodes }: { nodes: { id: string }[] }) => nodes.map(({ id }) => id);
  const walk = async (server: TestServer, first: number): Promise<string[]> => {
    const ids: string[] = [];
    for (let after: string | null = null; ; ) {
      const { nodes, pageInfo } = await page(server, { first, after });
      ids.push(...idsOf({ nodes }));
      if (!pageInfo.hasNextPage) return ids;
      after = pageInfo.endCursor;
    }
  };
  const keptIds = async (server: TestServer) =>
    (
      await server.database.query(
        "select user_id || '.' || sequence as id from entries order by created_at desc, user_id desc, sequence desc",
      )
    ).map(({ id }) => id);

  it('is empty where nothing was ever added', async ({ server }) => {
    expect(await page(server, {})).toMatchObject({
      totalCount: 0,
      nodes: [],
      pageInfo: { hasNextPage: false, endCursor: null },
    });
  });

  it('lists the entries of all users newest first, and new entries move none to another page', async ({ server }) => {
    const users = [await server.user(), await server.user()];
    const add = async (points: number) => {
      for (const { id } of users) await server.send(token, AddPointsDocument, { input: { user: { id }, points } });
    };
    for (let points = 1; points <= 4; points++) await add(points);
    const before = await keptIds(server);
    expect(before).toHaveLength(8);

    const first = await page(server, { first: 3 });
    expect(first).toMatchObject({ totalCount: 8, pageInfo: { hasNextPage: true, hasPreviousPage: false } });
    expect(first.pageInfo.endCursor).toBe(first.edges[2].cursor);
    expect(first.edges[0].node.user.username).toBe(users[1]?.username);
    await add(5);
    const second = await page(server, { first: 3, after: first.pageInfo.endCursor });
    await add(6);
    const third = await page(server, { first: 3, after: second.pageInfo.endCursor });

    expect([first, second, third].flatMap(idsOf)).toEqual(before);
    expect(third).toMatchObject({ totalCount: 12, pageInfo: { hasNextPage: false, hasPreviousPage: true } });
  });

  it('lists each entry once, whether one was written in a year or thousands in a moment', async ({ server }) => {
    const { id } = await server.user();
    await server.database.query(
      `with dated as (
         select now() - age as at from unnest(array['3 years', '1 year', '20 days', '20 days', '5 minutes']::interval[]) as age
         union all select now() - interval '9 days' from generate_series(1, 5100)
         union all select now() - interval '2 days' + number * interval '40 microseconds' from generate_series(1, 5200) as number)
       insert into entries (user_id, sequence, kind, delta, balance_after, owner_id, created_at)
       select $1, row_number() over (order by at), 'ADD', 1, row_number() over (order by at), $1, at from dated`,
      [id],
    );
    const kept = await keptIds(server);
    expect(kept.length).toBeGreaterThan(10_300);
    expect(await walk(server, 100)).toEqual(kept);
  }, 60_000);

  it('ends after the oldest entry, and after one that was never written', async ({ server }) => {
    const [oldest] = await server.database.query('select user_id, sequence from entries order by created_at limit 1');
    for (const after of [
      cursor(oldest?.['user_id'], oldest?.['sequence']),
      cursor('00000000-0000-7000-8000-000000000000', 1),
    ]) {
      expect(await page(server, { after })).toMatchObject({ nodes: [], pageInfo: { hasNextPage: false } });
    }
  });

  it.for([
    ['a page of 0 entries', { first: 0 }, 'first'],
    ['a page of 101 entries', { first: 101 }, 'first'],
    ['an invalid cursor', { after: 'x' }, 'after'],
    ['a cursor of a user’s history', { after: cursor(7) }, 'after'],
    [
      'a cursor with a sequence that no entry can have',
      { after: cursor('00000000-0000-7000-8000-000000000000', 2 ** 31) },
      'after',
    ],
  ] as const)('refuses %s', async ([_what, variables, field], { server }) => {
    expect(refusal(await server.send(token, PointsEntriesDocument, variables))).toMatchObject({
      code: 'BAD_USER_INPUT',
      field,
    });
  });
});
