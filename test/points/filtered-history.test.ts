import { describe, expect } from 'vitest';
import {
  AddPointsDocument,
  FilteredHistoryDocument,
  type FilteredHistoryQueryVariables,
  type PointsEntryFilter,
  ReversePointsDocument,
  SpendPointsDocument,
} from '../operations/generated.js';
import { it } from '../support/fixtures.js';
import type { Credential, IssuedToken, TestServer } from '../support/server.js';
import { importChanges } from './dated-changes.js';
import { refusal } from './ledger.js';

let token: IssuedToken;
it.beforeAll(async ({ server }) => {
  token = await server.everything();
});

const send = (server: TestServer, variables: FilteredHistoryQueryVariables, by: Credential = token) =>
  server.send(by, FilteredHistoryDocument, variables);
const history = async (server: TestServer, variables: FilteredHistoryQueryVariables) =>
  (await send(server, variables)).data.user.pointsHistory ?? expect.fail('There is no history.');
const found = async (server: TestServer, id: string, filter: PointsEntryFilter) => {
  const { nodes, totalCount } = await history(server, { id, filter });
  expect(totalCount).toBe(nodes.length);
  return nodes.map(({ sequence }) => sequence);
};

/** Writes entries past the ledger: the `every`-th is spent. */
async function fill({ database }: TestServer, id: string, count: number, every: number): Promise<void> {
  await database.query(
    `insert into entries (user_id, sequence, kind, delta, balance_after, owner_id)
     select $1, n, case when n % $3 = 0 then 'SPEND' else 'ADD' end, case when n % $3 = 0 then -1 else 1 end, 1, $1
       from generate_series(1, $2::int) n`,
    [id, count, every],
  );
  await database.query('update balances set sequence = $2 where user_id = $1', [id, count]);
}

describe('User.pointsHistory with a filter', () => {
  it('returns the entries of some kinds, of a reference, of a token and of a maker', async ({ server }) => {
    const { id } = await server.user();
    const other = await server.everything();
    const user = { id };
    const { data } = await server.send(token, AddPointsDocument, { input: { user, points: 9, reference: 'order 1' } });
    await server.send(other, AddPointsDocument, { input: { user, points: 9 } });
    await server.send(other, SpendPointsDocument, { input: { user, points: 9, reference: 'order 1' } });
    await server.send(token, ReversePointsDocument, { input: { entryId: data.change.entry.id } });
    expect(await found(server, id, { kinds: ['SPEND', 'REVERSAL', 'SPEND'] })).toEqual([4, 3]);
    expect(await found(server, id, { reference: 'order 1' })).toEqual([3, 1]);
    expect(await found(server, id, { reference: 'Order 1' })).toEqual([]);
    expect(await found(server, id, { token: other.id })).toEqual([3, 2]);
    expect(await found(server, id, { by: { username: token.owner.username } })).toEqual([4, 1]);
    expect(await found(server, id, { by: { id: other.owner.id }, kinds: ['ADD'] })).toEqual([2]);
    expect(await found(server, id, {})).toEqual([4, 3, 2, 1]);
    expect(await found(server, id, { kinds: null, since: null })).toEqual([4, 3, 2, 1]);
    expect(await found(server, id, { token: 'none' })).toEqual([]);
    expect(await found(server, id, { by: { username: 'no_such_user' } })).toEqual([]);
  });

  it('returns the entries of a period by the times of their changes', async ({ server }) => {
    const { id } = await server.user();
    const times = ['2024-01-01T00:00:00Z', '2024-02-01T00:00:00Z', '2024-02-01T00:00:00Z', '2024-03-01T00:00:00Z'];
    await importChanges(
      server,
      id,
      times.map((time, index) => [time, index === 2 ? -1 : 2]),
    );
    const [january = '', february = '', , march = ''] = times;
    expect(await found(server, id, { since: january, until: march })).toEqual([3, 2, 1]);
    expect(await found(server, id, { since: february })).toEqual([4, 3, 2]);
    expect(await found(server, id, { until: february })).toEqual([1]);
    expect(await found(server, id, { since: february, until: february })).toEqual([]);
    expect(await found(server, id, { until: january })).toEqual([]);
    expect(await found(server, id, { since: '2999-01-01T00:00:00Z' })).toEqual([]);
    expect(await found(server, id, { since: february, kinds: ['SPEND'] })).toEqual([3]);
    const first = await history(server, { id, first: 2, filter: { since: february } });
    const second = await history(server, {
      id,
      first: 2,
      filter: { since: february },
      after: first.pageInfo.endCursor,
    });
    expect([first.pageInfo.hasNextPage, second.nodes, second.pageInfo.hasNextPage]).toEqual([
      true,
      [{ sequence: 2 }],
      false,
    ]);
  });

  it('ends a page after 5,000 entries, and continues after the last one that it examined', async ({ server }) => {
    const { id } = await server.user();
    await fill(server, id, 12_000, 11_000);
    const filter = { kinds: ['SPEND'] } satisfies PointsEntryFilter;
    const pages: unknown[] = [];
    for (let after: string | null = null; ; ) {
      const { nodes, pageInfo }: Awaited<ReturnType<typeof history>> = await history(server, { id, filter, after });
      pages.push(nodes.map(({ sequence }) => sequence));
      after = pageInfo.endCursor;
      if (!pageInfo.hasNextPage) break;
      expect(after).toEqual(expect.any(String));
    }
    expect(pages).toEqual([[11_000], [], []]);
    const other = await history(server, { id, filter: { kinds: ['ADD'] } });
    expect(other).toMatchObject({ totalCount: 10_000, pageInfo: { hasNextPage: true } });
    expect(other.nodes).toHaveLength(20);
    expect((await history(server, { id, filter: { since: '2024-01-01T00:00:00Z' } })).totalCount).toBe(10_000);
  });

  it('refuses the cursor of another filter, and of the history without one', async ({ server }) => {
    const { id } = await server.user();
    await fill(server, id, 3, 2);
    const { pageInfo } = await history(server, { id, first: 1, filter: { kinds: ['ADD'] } });
    const after = pageInfo.endCursor;
    expect(after).toEqual(expect.any(String));
    for (const filter of [{ kinds: ['SPEND'] } satisfies PointsEntryFilter, null]) {
      expect(refusal(await send(server, { id, filter, after }))).toMatchObject({ field: 'after' });
    }
  });

  it.for<[what: string, filter: PointsEntryFilter, field: string]>([
    ['no kind', { kinds: [] }, 'filter.kinds'],
    ['an end before the start', { since: '2024-01-02T00:00:00Z', until: '2024-01-01T00:00:00Z' }, 'filter.until'],
    ['an empty reference', { reference: '' }, 'filter.reference'],
    ['a reference of 101 characters', { reference: 'r'.repeat(101) }, 'filter.reference'],
    ['a reference with NUL', { reference: 'a\0b' }, 'filter.reference'],
    ['a malformed issuer', { by: { external: { issuer: 'A B', id: '1' } } }, 'filter.by.external.issuer'],
  ])('refuses %s', async ([_what, filter, field], { server }) => {
    const { id } = await server.user();
    expect(refusal(await send(server, { id, filter }))).toMatchObject({ code: 'BAD_USER_INPUT', field });
  });

  it('is for the user too, except what needs a scope', async ({ server }) => {
    const own = await server.session();
    const { id } = own.user;
    await server.send(token, AddPointsDocument, { input: { user: { id }, points: 1, reference: 'mine' } });
    const { data } = await send(server, { id, filter: { reference: 'mine', kinds: ['ADD'] } }, own);
    expect(data.user.pointsHistory).toMatchObject({ totalCount: 1, nodes: [{ sequence: 1 }] });
    expect(refusal(await send(server, { id, filter: { token: token.id } }, own))).toMatchObject({
      code: 'FORBIDDEN',
      coordinate: 'PointsEntryFilter.token',
      missingScopes: ['TOKENS_READ'],
    });
    const other = await server.session();
    expect(refusal(await send(server, { id, filter: { kinds: ['ADD'] } }, other))).toMatchObject({
      code: 'FORBIDDEN',
    });
  });
});
