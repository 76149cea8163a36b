/** The leaderboard against a plain ORDER BY, on random balances. */
import fc from 'fast-check';
import { describe, expect } from 'vitest';
import { LeaderboardDocument, type LeaderboardQuery, type LeaderboardQueryVariables } from '../operations/generated.js';
import { it } from '../support/fixtures.js';
import type { IssuedToken, TestServer } from '../support/server.js';

/** So many users with the same small number of points are read in the order of names, and never sorted. */
const CROWD = 5_100;

const MAX_POINTS = 2 ** 53 - 1;

type Leaderboard = NonNullable<LeaderboardQuery['leaderboard']>;

/** Some users: each has points, and may be deleted. */
type Balances = readonly { readonly points: number; readonly isDeleted: boolean }[];

let token: IssuedToken;
it.beforeAll(async ({ server }) => {
  token = await server.everything();
});

const leaders = async (server: TestServer, variables: LeaderboardQueryVariables): Promise<Leaderboard> =>
  (await server.send(token, LeaderboardDocument, variables)).data.leaderboard;

/** Every page from the first to the last. */
async function pagesOf(server: TestServer, first: number): Promise<Leaderboard[]> {
  const pages: Leaderboard[] = [];
  for (let after: string | null = null; ; ) {
    const page = await leaders(server, { first, after });
    pages.push(page);
    if (!page.pageInfo.hasNextPage) return pages;
    after = page.pageInfo.endCursor;
  }
}

const nodesOf = (pages: readonly Leaderboard[]) => pages.flatMap(({ nodes }) => nodes);

/** The same users as PostgreSQL orders them when it sorts all. */
const sorted = ({ database }: TestServer) =>
  database.query(`
    select username, points::float8 from users join balances on user_id = id where deleted_at is null
     order by balances.points desc, lower(username) collate "C"`);

/** Makes users without points, whose names differ in case and length. */
const makeUsers = ({ database }: TestServer, prefix: string, count: number) =>
  database.query(
    `with made as (
       insert into users (id, username, role)
       select gen_random_uuid(), case number % 3 when 0 then upper($1) else $1 end || number, 'USER'
         from generate_series(1, $2::integer) number returning id)
     insert into balances (user_id) select id from made`,
    [prefix, count],
  );

/** Sets the points of the users with a prefix. */
const setPoints = ({ database }: TestServer, prefix: string, points: number) =>
  database.query(`update balances set points = $2 from users where id = user_id and starts_with(lower(username), $1)`, [
    prefix,
    points,
  ]);

/** Sets the points of the users with a prefix, by their numbers, and whether they are deleted. */
async function setBalances({ database }: TestServer, prefix: string, balances: Balances): Promise<void> {
  const values = [prefix, balances.map(({ points }) => points), balances.map(({ isDeleted }) => isDeleted)];
  const wanted = `unnest($2::bigint[], $3::boolean[]) with ordinality as wanted(points, is_deleted, number)
    join users on lower(username) = $1 || number`;
  await database.query(
    `with deleted as (
       update users set deleted_at = case when is_deleted then now() end from (select id as user_id, is_deleted from ${wanted}) w
        where id = user_id)
     update balances b set points = w.points from (select id, wanted.points from ${wanted}) w where b.user_id = w.id`,
    values,
  );
}

const balances = (count: number) =>
  fc.integer({ min: 0, max: 9 }).chain((deletedTenths) =>
    fc.array(
      fc.record({
        points: fc.oneof(
          fc.constantFrom(0, 1, 2_047, 2_048, 3_000, 3_001, MAX_POINTS - 1, MAX_POINTS),
          fc.nat({ max: 50 }),
          fc.nat({ max: 5_000 }),
          fc.nat({ max: MAX_POINTS }),
        ),
        isDeleted: fc.integer({ min: 0, max: 9 }).map((tenth) => tenth < deletedTenths),
      }),
      { minLength: count, maxLength: count },
    ),
  );

describe('The leaderboard', () => {
  it('lists on its pages what a plain ORDER BY lists, whatever the balances and the page size', async ({ server }) => {
    await makeUsers(server, 'player', 40);
    await fc.assert(
      fc.asyncProperty(balances(40), fc.integer({ min: 1, max: 9 }), async (drawn, first) => {
        await setBalances(server, 'player', drawn);
        expect(nodesOf(await pagesOf(server, first))).toEqual(await sorted(server));
      }),
      { numRuns: 60 },
    );
  }, 120_000);

  it('gives requests that arrive together each its own page', async ({ server }) => {
    await makeUsers(server, 'together', 40);
    const pages = await pagesOf(server, 5);
    const requests = pages.flatMap(({ pageInfo: { endCursor: after } }) =>
      [1, 3, 3, 100].map((first) => ({ first, after })),
    );
    expect(pages.length).toBeGreaterThan(5);
    const all = await sorted(server);
    const together = await Promise.all(requests.map((request) => leaders(server, request)));
    expect(together.map(({ nodes }) => nodes)).toEqual(
      requests.map(({ first }, index) => {
        const start = 5 * (Math.floor(index / 4) + 1);
        return all.slice(start, start + first);
      }),
    );
  });

  it('lists users below thousands of deleted ones', async ({ server }) => {
    await makeUsers(server, 'gone', 2_500);
    await server.database.query(`
      update balances set points = 1000000 + 1000 * substr(username, 5)::integer from users
       where id = user_id and username ilike 'gone%'`);
    await server.database.query(`update users set deleted_at = now() where username ilike 'gone%'`);
    const all = await sorted(server);
    expect((await leaders(server, { first: 7 })).nodes).toEqual(all.slice(0, 7));
    expect(nodesOf(await pagesOf(server, 20))).toEqual(all);
  });
});

describe('Where thousands of users have the same points', () => {
  it.beforeAll(async ({ server }) => {
    await makeUsers(server, 'crowd', CROWD);
  });

  it.for([0, 500, 2_047, 2_048, 70_000])(
    'such as %i, and some are deleted, the leaderboard lists each user once',
    { timeout: 60_000 },
    async (points, { server }) => {
      await setPoints(server, 'crowd', points);
      await setBalances(server, 'crowd', [
        ...Array.from({ length: 30 }, (_, index) => ({ points: points + (index % 4), isDeleted: index % 3 === 0 })),
        ...Array.from({ length: 30 }, (_, index) => ({ points: Math.max(points - (index % 4), 0), isDeleted: false })),
      ]);
      const all = await sorted(server);
      expect(nodesOf(await pagesOf(server, 89))).toEqual(all);
      // After the name of a user with more points, the page has all names of those with fewer.
      const { endCursor: after } = (await leaders(server, { first: 7 })).pageInfo;
      expect((await leaders(server, { first: 50, after })).nodes).toEqual(all.slice(7, 57));
    },
  );
});
