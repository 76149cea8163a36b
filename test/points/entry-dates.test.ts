import { randomUUID } from 'node:crypto';
import { afterAll, describe, expect } from 'vitest';
import { PointsEntryNotesDocument } from '../operations/generated.js';
import { it } from '../support/fixtures.js';
import { type ApplyOneBy, openSession, type SentOperation, type Session } from '../support/postgres-session.js';
import type { TestServer } from '../support/server.js';
import { keptLedger } from './ledger.js';

const ownerId = randomUUID();
const FUNCTIONS: readonly ApplyOneBy[] = ['change_points', 'apply_changes'];

const sessions = new Map<ApplyOneBy, Session>();
it.beforeAll(async ({ server }) => {
  for (const name of FUNCTIONS) sessions.set(name, await openSession(server.database, name));
});
afterAll(async () => {
  for (const session of sessions.values()) await session.end();
});

async function apply(by: ApplyOneBy, ...operations: SentOperation[]) {
  return (await sessions.get(by)?.apply(operations, 0)) ?? [];
}

const add = (userId: string, rest: Partial<SentOperation> = {}): SentOperation => ({
  kind: 'ADD',
  userId,
  points: 5,
  ownerId,
  ...rest,
});

/** The times of an entry, as the API shows them. */
async function timesOf(server: TestServer, id: string) {
  const { data } = await server.send(await server.everything(), PointsEntryNotesDocument, { id });
  const { createdAt = '', recordedAt = '' } = data.pointsEntry ?? {};
  return { createdAt: String(createdAt), recordedAt: String(recordedAt) };
}

describe.each(FUNCTIONS)('The date of an entry, with %s', (by) => {
  it('is the time of writing, shown as both `createdAt` and `recordedAt`', async ({ server }) => {
    const { id } = await server.user();
    await apply(by, add(id));
    const { createdAt, recordedAt } = await timesOf(server, `${id}.1`);
    expect(createdAt).toBe(recordedAt);
    expect(Math.abs(Date.parse(createdAt) - Date.now())).toBeLessThan(60_000);
  });

  it('is the given one for an imported change, which is recorded now', async ({ server }) => {
    const { id } = await server.user();
    const [imported] = await apply(by, add(id, { effectiveAt: '2020-02-03T04:05:06.789Z', idempotencyKey: 'k' }));
    expect(imported).toMatchObject({ outcome: 'APPLIED', replayed: false });
    const { createdAt, recordedAt } = await timesOf(server, `${id}.1`);
    expect(createdAt).toBe('2020-02-03T04:05:06.789Z');
    expect(Date.parse(recordedAt)).toBeGreaterThan(Date.parse('2026-01-01'));
    const [replay] = await apply(by, add(id, { effectiveAt: '1999-01-01T00:00:00Z', idempotencyKey: 'k' }));
    expect(replay?.entry).toMatchObject({ effective_at: imported?.entry?.effective_at });
  });

  it('may equal that of the last entry, and is refused before it or in the future', async ({ server }) => {
    const { id } = await server.user();
    const dated = (effectiveAt: string) => add(id, { effectiveAt, idempotencyKey: randomUUID() });
    const outcomes = [];
    for (const date of [
      '2020-01-02T00:00:00Z',
      '2020-01-02T00:00:00Z',
      '2020-01-01T23:59:59.999999Z',
      '2100-01-01T00:00:00Z',
    ])
      outcomes.push(...(await apply(by, dated(date))));
    expect(outcomes.map(({ outcome }) => outcome)).toEqual(['APPLIED', 'APPLIED', 'DATE_REFUSED', 'DATE_REFUSED']);
    const [now, late] = [...(await apply(by, add(id))), ...(await apply(by, dated('2020-01-03T00:00:00Z')))];
    expect([now?.outcome, late?.outcome]).toEqual(['APPLIED', 'DATE_REFUSED']);
    expect((await keptLedger(server, id)).deltas).toEqual([5, 5, 5]);
  });

  it('may be the one that the API shows for the last entry, which has microseconds', async ({ server }) => {
    const { id } = await server.user();
    await apply(by, add(id));
    const { createdAt } = await timesOf(server, `${id}.1`);
    const [same] = await apply(by, add(id, { effectiveAt: createdAt, idempotencyKey: 'k' }));
    expect(same?.outcome).toBe('APPLIED');
    expect((await timesOf(server, `${id}.2`)).createdAt).toBe(createdAt);
    const [order] = await server.database.query(
      `select bool_and(made >= before) as ascends from (
         select coalesce(effective_at, created_at) as made, lag(created_at) over (order by sequence) as before
           from entries where user_id = $1) dated where before is not null`,
      [id],
    );
    expect(order).toEqual({ ascends: true });
  });

  it('is compared with the last entry, also where an earlier release wrote it', async ({ server }) => {
    const { id } = await server.user();
    await apply(by, add(id));
    await server.database.query('update balances set last_entry_at = null where user_id = $1', [id]);
    const [outcome] = await apply(by, add(id, { effectiveAt: '2020-01-01T00:00:00Z' }));
    expect(outcome?.outcome).toBe('DATE_REFUSED');
  });

  it('is not before the last entry that an earlier release wrote', async ({ server }) => {
    const { id } = await server.user();
    await server.database.query(
      `insert into entries (user_id, sequence, kind, delta, balance_after, owner_id, created_at)
       values ($1, 1, 'ADD', 1, 1, $1, '2100-01-01')`,
      [id],
    );
    await server.database.query('update balances set points = 1, sequence = 1 where user_id = $1', [id]);
    const [next] = await apply(by, add(id));
    expect(new Date(next?.entry?.created_at ?? 0).toISOString()).toBe('2100-01-01T00:00:00.000Z');
  });

  it('that is ahead of the clock expires no token', async ({ server }) => {
    const { id } = await server.user();
    const token = await server.token(['points:add']);
    await server.database.query(`update tokens set expires_at = now() + interval '1 day' where id = $1`, [token.id]);
    await server.database.query(`update balances set last_entry_at = '2100-01-01' where user_id = $1`, [id]);
    const [outcome] = await apply(by, add(id, { tokenId: token.id, ownerId: token.owner.id, retried: false }));
    expect(outcome?.outcome).toBe('APPLIED');
  });
});

describe('Changes of one statement', () => {
  it('are dated in their order', async ({ server }) => {
    const { id } = await server.user();
    const outcomes = await apply(
      'apply_changes',
      add(id, { effectiveAt: '2020-01-02T00:00:00Z' }),
      add(id, { effectiveAt: '2020-01-01T00:00:00Z' }),
      add(id),
      add(id, { effectiveAt: '2020-01-03T00:00:00Z' }),
    );
    expect(outcomes.map(({ outcome }) => outcome)).toEqual(['APPLIED', 'DATE_REFUSED', 'APPLIED', 'DATE_REFUSED']);
    expect(await keptLedger(server, id)).toEqual({ points: 10, deltas: [5, 5] });
  });
});

describe('A node of an earlier release', () => {
  it('changes points by the functions that it knows, with the dates of this one', async ({ server }) => {
    const { id } = await server.user();
    const operation = JSON.stringify([{ kind: 'ADD', userId: id, points: 5, ownerId }]);
    const values = `'ADD', '${id}', null, 5, null, 'a reason', '${ownerId}', null, null, null, null, 'k', false`;
    for (const statement of [
      `select apply_change(row(${values})::points_change, 0)`,
      `select apply_change(row(${values})::points_change, 0)`,
      `select apply_changes('${operation}', 0)`,
      `select apply_points('${operation}', 0)`,
    ])
      await server.database.query(statement);
    expect(await keptLedger(server, id)).toEqual({ points: 15, deltas: [5, 5, 5] });
    const [balance] = await server.database.query(
      'select last_entry_at = (select max(created_at) from entries where user_id = $1) as same from balances where user_id = $1',
      [id],
    );
    expect(balance).toEqual({ same: true });
  });
});
