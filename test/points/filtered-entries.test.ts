import { describe, expect } from 'vitest';
import {
  AddPointsDocument,
  FilteredEntriesDocument,
  type FilteredEntriesQueryVariables,
  type PointsEntryFilter,
  RevokeTokenDocument,
  SpendPointsDocument,
} from '../operations/generated.js';
import { it } from '../support/fixtures.js';
import type { Credential, IssuedToken, TestServer } from '../support/server.js';
import { refusal } from './ledger.js';

let token: IssuedToken;
it.beforeAll(async ({ server }) => {
  token = await server.everything();
});

const send = (server: TestServer, variables: FilteredEntriesQueryVariables, by: Credential = token) =>
  server.send(by, FilteredEntriesDocument, variables);
const list = async (server: TestServer, variables: FilteredEntriesQueryVariables) =>
  (await send(server, variables)).data.pointsEntries;
const idsOf = ({ nodes }: { nodes: { id: string }[] }) => nodes.map(({ id }) => id);

/** All pages: the ids of each. */
async function walk(server: TestServer, variables: FilteredEntriesQueryVariables): Promise<string[][]> {
  const pages: string[][] = [];
  for (let after: string | null = null; ; ) {
    const page: Awaited<ReturnType<typeof list>> = await list(server, { ...variables, after });
    pages.push(idsOf(page));
    if (!page.pageInfo.hasNextPage) return pages;
    after = page.pageInfo.endCursor ?? expect.fail('A page with a next one has no end.');
  }
}

const change = async (
  server: TestServer,
  document: typeof AddPointsDocument | typeof SpendPointsDocument,
  { by = token, ...input }: { by?: IssuedToken; id: string; points: number; reference?: string },
) => {
  const { id, ...rest } = input;
  return (await server.send(by, document, { input: { user: { id }, ...rest } })).data.change.entry.id;
};

/** Writes entries of a user past the ledger, one a second from `start` on; the first is spent. */
async function fill({ database }: TestServer, id: string, start: string, count: number): Promise<void> {
  await database.query(
    `insert into entries (user_id, sequence, kind, delta, balance_after, owner_id, created_at)
     select $1, n, case n when 1 then 'SPEND' else 'ADD' end, case n when 1 then -1 else 1 end, n, $1,
            $2::timestamptz + (n - 1) * interval '1 second' from generate_series(1, $3::int) n`,
    [id, start, count],
  );
}

describe('Query.pointsEntries with a filter', () => {
  it('returns the entries of a reference, newest first', async ({ server }) => {
    const [ann, bob] = [await server.user(), await server.user()];
    const other = await server.everything();
    const reference = 'order 4711';
    const ids = [
      await change(server, AddPointsDocument, { id: ann.id, points: 5, reference }),
      await change(server, SpendPointsDocument, { id: ann.id, points: 3, reference, by: other }),
      await change(server, AddPointsDocument, { id: bob.id, points: 1, reference }),
    ];
    await change(server, AddPointsDocument, { id: bob.id, points: 1, reference: 'order 47' });
    const found = async (filter: PointsEntryFilter) => {
      const page = await list(server, { filter });
      expect(page.totalCount).toBe(page.nodes.length);
      return idsOf(page).map((id) => ids.indexOf(id));
    };
    expect(await found({ reference })).toEqual([2, 1, 0]);
    expect(await found({ reference, kinds: ['ADD'] })).toEqual([2, 0]);
    expect(await found({ reference, token: other.id })).toEqual([1]);
    expect(await found({ reference, by: { id: token.owner.id } })).toEqual([2, 0]);
    expect(await found({ reference, by: { username: 'no_such_user' } })).toEqual([]);
    expect(await found({ reference, token: 'none' })).toEqual([]);
    expect(await found({ reference, until: '2024-01-01T00:00:00Z' })).toEqual([]);
    expect(await found({ reference, since: '2024-01-01T00:00:00Z' })).toEqual([2, 1, 0]);
    expect(await found({ reference: 'ORDER 4711' })).toEqual([]);
    expect((await walk(server, { first: 1, filter: { reference } })).flat()).toEqual([...ids].reverse());
    expect((await walk(server, { first: 1, filter: { reference, kinds: ['ADD'] } })).flat()).toEqual([ids[2], ids[0]]);
  });

  it('returns the entries that were written in a period, its end excluded', async ({ server }) => {
    const { id } = await server.user();
    await fill(server, id, '2024-03-01T00:00:00Z', 4);
    const at = (second: number) => `2024-03-01T00:00:0${second}.000Z`;
    const found = async (since: number, until: number) =>
      (await walk(server, { first: 1, filter: { since: at(since), until: at(until) } })).flat();
    expect(await found(1, 3)).toEqual([`${id}.3`, `${id}.2`]);
    expect(await found(0, 9)).toEqual([4, 3, 2, 1].map((sequence) => `${id}.${sequence}`));
    expect(await found(2, 2)).toEqual([]);
    const until = await list(server, { filter: { until: at(2) } });
    expect({ ids: idsOf(until), totalCount: until.totalCount }).toEqual({
      ids: [`${id}.2`, `${id}.1`],
      totalCount: 2,
    });
    expect((await list(server, { filter: { since: '2999-01-01T00:00:00Z' } })).nodes).toEqual([]);
    expect(await list(server, { filter: {} })).toEqual(await list(server, {}));
  });

  it('ends a page after 5,000 entries, and continues after the last one that it examined', async ({ server }) => {
    const { id } = await server.user();
    await fill(server, id, '2023-03-01T00:00:00Z', 12_000);
    const period = { since: '2023-03-01T00:00:00Z', until: '2023-04-01T00:00:00Z' };
    const rare: PointsEntryFilter = { ...period, kinds: ['SPEND'] };
    expect(await walk(server, { filter: rare })).toEqual([[], [], [`${id}.1`]]);
    expect((await list(server, { filter: rare })).totalCount).toBe(1);
    const frequent = await list(server, { first: 100, filter: { ...period, kinds: ['ADD'] } });
    expect(frequent).toMatchObject({ totalCount: 10_000, pageInfo: { hasNextPage: true } });
    expect(idsOf(frequent).slice(0, 2)).toEqual([`${id}.12000`, `${id}.11999`]);
    expect((await list(server, { filter: period })).totalCount).toBe(10_000);
  }, 60_000);

  const month = { since: '2024-01-01T00:00:00Z', until: '2024-02-01T00:00:00Z' };
  it.for<[what: string, filter: PointsEntryFilter, field: string]>([
    ['kinds without a period', { kinds: ['ADD'] }, 'filter.kinds'],
    ['kinds in a period without an end', { kinds: ['ADD'], since: month.since }, 'filter.kinds'],
    ['a token in 32 days', { token: 'x', ...month, until: '2024-02-01T00:00:00.001Z' }, 'filter.token'],
    ['a maker without a start', { by: { username: 'admin' }, until: month.until }, 'filter.by'],
    ['no kind', { kinds: [], reference: 'r' }, 'filter.kinds'],
    ['an end before the start', { since: month.until, until: month.since }, 'filter.until'],
    ['an empty reference', { reference: '' }, 'filter.reference'],
    ['a reference with NUL', { reference: 'a\0b' }, 'filter.reference'],
  ])('refuses %s', async ([_what, filter, field], { server }) => {
    expect(refusal(await send(server, { filter }))).toMatchObject({ code: 'BAD_USER_INPUT', field });
  });

  it('accepts kinds, a token and a maker in 31 days', async ({ server }) => {
    const filter: PointsEntryFilter = { ...month, kinds: ['ADD'], token: token.id, by: { id: token.owner.id } };
    expect(await list(server, { filter })).toMatchObject({ totalCount: 0, nodes: [], pageInfo: { endCursor: null } });
  });

  it('refuses the cursor of another filter', async ({ server }) => {
    const { id } = await server.user();
    await fill(server, id, '2022-03-01T00:00:00Z', 2);
    const period = { since: '2022-01-01T00:00:00Z', until: '2022-04-01T00:00:00Z' };
    const { pageInfo } = await list(server, { first: 1, filter: period });
    const after = pageInfo.endCursor;
    for (const filter of [{ since: period.since }, null]) {
      expect(refusal(await send(server, { filter, after }))).toMatchObject({ code: 'BAD_USER_INPUT', field: 'after' });
    }
  });

  it('needs points:read, tokens:read for a token, and users:read for a maker', async ({ server }) => {
    const reader = await server.token(['points:read']);
    const reference = 'a reference';
    expect((await send(server, { filter: { reference } }, reader)).errors).toBeUndefined();
    for (const [filter, coordinate, missing] of [
      [{ reference, token: token.id }, 'PointsEntryFilter.token', 'TOKENS_READ'],
      [{ reference, by: { username: 'admin' } }, 'PointsEntryFilter.by', 'USERS_READ'],
    ] as const) {
      expect(refusal(await send(server, { filter }, reader))).toMatchObject({
        code: 'FORBIDDEN',
        coordinate,
        missingScopes: [missing],
      });
    }
    expect(refusal(await send(server, { filter: { reference } }, await server.session()))).toMatchObject({
      code: 'FORBIDDEN',
      missingScopes: ['POINTS_READ'],
    });
    expect((await server.send(undefined, FilteredEntriesDocument, { filter: { reference } })).status).toBe(401);
    await server.send(token, RevokeTokenDocument, { input: { id: reader.id } });
    expect(refusal(await send(server, { filter: { reference } }, reader))).toMatchObject({ reason: 'TOKEN_REVOKED' });
  });
});
