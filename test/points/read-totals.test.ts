import { describe, expect } from 'vitest';
import {
  AddPointsDocument,
  PointsByDayDocument,
  PointsEntriesDocument,
  PointsTotalsDocument,
  ReversePointsDocument,
  SpendPointsDocument,
  TransferPointsDocument,
} from '../operations/generated.js';
import { it } from '../support/fixtures.js';
import type { IssuedToken, TestServer } from '../support/server.js';
import { refusal } from './ledger.js';

let token: IssuedToken;
it.beforeAll(async ({ server }) => {
  token = await server.everything();
});

const totals = async (server: TestServer) => (await server.send(token, PointsTotalsDocument)).data.pointsTotals;
const days = async (server: TestServer, first?: number) =>
  (await server.send(token, PointsByDayDocument, { first })).data.pointsByDay;

describe('Query.pointsTotals', () => {
  it('sums the points of all users, and includes every change that the server has responded to', async ({ server }) => {
    expect(await totals(server)).toEqual({ points: 0, holders: 0, entries: 0 });
    const [one, other] = [await server.user(), await server.user()];
    const input = (id: string, points: number) => ({ input: { user: { id }, points } });
    await server.send(token, AddPointsDocument, input(one.id, 5));
    await server.send(token, AddPointsDocument, input(other.id, 7));
    expect(await totals(server)).toEqual({ points: 12, holders: 2, entries: 2 });
    await server.send(token, SpendPointsDocument, input(one.id, 5));
    expect(await totals(server)).toEqual({ points: 7, holders: 1, entries: 3 });
    expect((await server.send(token, PointsEntriesDocument)).data.pointsEntries.totalCount).toBe(3);
  });
});

describe('Query.pointsByDay', () => {
  it('sums the entries of each UTC day to the microsecond, today first, and lists days without entries too', async ({
    server,
  }) => {
    const { id } = await server.user();
    await server.database.query(
      `with today as (select date_trunc('day', now(), 'UTC') as day),
            dated (at, kind, delta, reverses) as (
         select day - interval '2 days', 'ADD', 10, null::integer from today
         union all select day - interval '2 days' - interval '1 microsecond', 'ADD', 100, null from today
         union all select day - interval '1 day' - interval '1 microsecond', 'SPEND', -3, null from today
         union all select day - interval '36 hours', 'REVERSAL', -10, 1 from today
         union all select day - interval '28 days', 'ADD', 1, null from today)
       insert into entries (user_id, sequence, kind, delta, reverses, balance_after, owner_id, created_at)
       select $1, row_number() over (order by at), kind, delta, reverses, 1000, $1, at from dated`,
      [id],
    );
    const other = await server.user();
    const [today, yesterday, twoAgo, threeAgo, ...rest] = await days(server);
    const { data } = await server.send(token, AddPointsDocument, { input: { user: { id: other.id }, points: 9 } });
    await server.send(token, ReversePointsDocument, { input: { entryId: data.change.entry.id } });
    const [newer] = await days(server, 1);

    if (today === undefined) throw new Error('The list is empty.');
    expect(today.day).toMatch(/T00:00:00\.000Z$/);
    expect(Date.parse(today.day) - Date.parse(rest.at(-1)?.day ?? '')).toBe(29 * 86_400_000);
    expect(yesterday).toMatchObject({ added: 0, spent: 0, transferred: 0, reversed: 0, entries: 0 });
    expect(twoAgo).toMatchObject({ added: 10, spent: 3, reversed: -10, entries: 3 });
    expect(threeAgo).toMatchObject({ added: 100, spent: 0, entries: 1 });
    expect(rest.at(-2)).toMatchObject({ added: 1, entries: 1 });
    expect(newer).toMatchObject({
      added: Number(today.added) + 9,
      reversed: Number(today.reversed) - 9,
      entries: today.entries + 2,
    });
  });

  it('sums what was transferred apart from what was added and spent', async ({ server }) => {
    const [giver, receiver] = [await server.user(), await server.user()];
    await server.send(token, AddPointsDocument, { input: { user: { id: giver.id }, points: 10 } });
    const [before] = await days(server, 1);
    const input = { from: { id: giver.id }, to: { id: receiver.id }, points: 4 };
    const { data } = await server.send(token, TransferPointsDocument, { input });
    const [moved] = await days(server, 1);
    const transferred = Number(before?.transferred) + 4;
    expect(moved).toEqual({ ...before, transferred, entries: Number(before?.entries) + 2 });
    await server.send(token, ReversePointsDocument, { input: { entryId: data.change.debit.id } });
    expect((await days(server, 1))[0]).toEqual({ ...moved, entries: Number(before?.entries) + 4 });
  });

  it('is null, as in the totals, where a sum is beyond 2^53-1', async ({ server }) => {
    const max = Number.MAX_SAFE_INTEGER;
    const users = [await server.user(), await server.user()];
    for (const { id } of users) await server.send(token, AddPointsDocument, { input: { user: { id }, points: max } });
    expect((await days(server, 1))[0]).toMatchObject({ added: null, spent: 5 });
    expect(await totals(server)).toMatchObject({ points: null });
  });

  it.for([0, -1, 101])('refuses a list of %i days', async (first, { server }) => {
    expect(refusal(await server.send(token, PointsByDayDocument, { first }))).toMatchObject({
      code: 'BAD_USER_INPUT',
      field: 'first',
    });
  });
});
