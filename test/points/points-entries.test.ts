import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Answer, type IssuedToken, startServer, type TestServer } from '../support/server.js';
import { ADD } from './documents.js';
import { refusal } from './ledger.js';

const ENTRIES = /* GraphQL */ `
  query ($first: Int, $after: String) {
    pointsEntries(first: $first, after: $after) {
      totalCount
      nodes { id }
      edges { cursor node { id user { username } } }
      pageInfo { hasNextPage hasPreviousPage startCursor endCursor }
    }
  }
`;
const cursor = (...key: unknown[]) => Buffer.from(JSON.stringify(key)).toString('base64url');

describe('Query.pointsEntries', () => {
  let server: TestServer;
  let token: IssuedToken;
  beforeAll(async () => {
    server = await startServer();
    token = await server.everything();
  });
  afterAll(() => server.close());

  const page = async (variables: object) => {
    const { data }: Answer = await server.send(token, ENTRIES, variables);
    return data.pointsEntries;
  };
  const idsOf = ({ nodes }: { nodes: { id: string }[] }) => nodes.map(({ id }) => id);
  const walk = async (first: number): Promise<string[]> => {
    const ids: string[] = [];
    for (let after: string | null = null; ; ) {
      const { nodes, pageInfo } = await page({ first, after });
      ids.push(...idsOf({ nodes }));
      if (!pageInfo.hasNextPage) return ids;
      after = pageInfo.endCursor;
    }
  };
  const keptIds = async () =>
    (
      await server.database.query(
        "select user_id || '.' || sequence as id from entries order by created_at desc, user_id desc, sequence desc",
      )
    ).map(({ id }) => id);

  it('is empty where nothing was ever added', async () => {
    expect(await page({})).toMatchObject({
      totalCount: 0,
      nodes: [],
      pageInfo: { hasNextPage: false, endCursor: null },
    });
  });

  it('lists everybody’s entries newest first, and what is written meanwhile moves none to another page', async () => {
    const users = [await server.user(), await server.user()];
    const add = async (points: number) => {
      for (const { id } of users) await server.send(token, ADD, { input: { user: { id }, points } });
    };
    for (let points = 1; points <= 4; points++) await add(points);
    const before = await keptIds();
    expect(before).toHaveLength(8);

    const first = await page({ first: 3 });
    expect(first).toMatchObject({ totalCount: 8, pageInfo: { hasNextPage: true, hasPreviousPage: false } });
    expect(first.pageInfo.endCursor).toBe(first.edges[2].cursor);
    expect(first.edges[0].node.user.username).toBe(users[1]?.username);
    await add(5);
    const second = await page({ first: 3, after: first.pageInfo.endCursor });
    await add(6);
    const third = await page({ first: 3, after: second.pageInfo.endCursor });

    expect([first, second, third].flatMap(idsOf)).toEqual(before);
    expect(third).toMatchObject({ totalCount: 12, pageInfo: { hasNextPage: false, hasPreviousPage: true } });
  });

  it('is the same list whether entries came one in a year or thousands in a moment', async () => {
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
    const kept = await keptIds();
    expect(kept.length).toBeGreaterThan(10_300);
    expect(await walk(100)).toEqual(kept);
  }, 60_000);

  it('ends behind the oldest entry, and behind one that nobody wrote', async () => {
    const [oldest] = await server.database.query('select user_id, sequence from entries order by created_at limit 1');
    for (const after of [
      cursor(oldest?.['user_id'], oldest?.['sequence']),
      cursor('00000000-0000-7000-8000-000000000000', 1),
    ]) {
      expect(await page({ after })).toMatchObject({ nodes: [], pageInfo: { hasNextPage: false } });
    }
  });

  it.each([
    ['a page of nothing', { first: 0 }, 'first'],
    ['a page of 101', { first: 101 }, 'first'],
    ['a cursor that is none', { after: 'x' }, 'after'],
    ['a cursor of a user’s history', { after: cursor(7) }, 'after'],
    [
      'a cursor with a sequence that no entry can have',
      { after: cursor('00000000-0000-7000-8000-000000000000', 2 ** 31) },
      'after',
    ],
  ])('refuses %s', async (_what, variables, field) => {
    expect(refusal(await server.send(token, ENTRIES, variables))).toMatchObject({ code: 'BAD_USER_INPUT', field });
  });
});
