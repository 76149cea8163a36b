import { afterAll, describe, expect } from 'vitest';
import type { Connection } from '../../src/database/connect.js';
import { createLedgerCheck } from '../../src/points/check-ledger.js';
import { type Fault, ledgerOf, type Section } from '../../src/points/verify-ledger.js';
import { AddPointsDocument, ReversePointsDocument, SpendPointsDocument } from '../operations/generated.js';
import { openPool } from '../support/database.js';
import type { IssuedToken, TestServer } from '../support/server.js';
import { itWith } from '../support/server-fixture.js';
import { checkLedger, damage } from './checked-ledger.js';

let own: Connection;
let token: IssuedToken;
const it = itWith({ METRICS_PORT: '0' });
it.beforeAll(async ({ server }) => {
  own = openPool(server.database.url);
  token = await server.everything();
});
afterAll(async () => {
  await own.close();
});

/** The damage that a test does, undone by the next. */
let bob: string;
it.beforeEach(async ({ server }) => {
  await damage(
    server,
    'truncate entries, refusals',
    'update balances set points = 0, sequence = 0, last_entry_at = null',
  );
  bob = (await server.user()).id;
  const user = { id: bob };
  await server.send(token, AddPointsDocument, { input: { user, points: 50, idempotencyKey: 'a' } });
  await server.send(token, SpendPointsDocument, { input: { user, points: 20, idempotencyKey: 'b' } });
  await server.send(token, SpendPointsDocument, { input: { user, points: 99, idempotencyKey: 'c' } });
  await server.send(token, ReversePointsDocument, { input: { entryId: `${bob}.2` } });
});

describe('The check of the ledger', () => {
  it('finds no fault in a ledger that the server wrote', async ({ server }) => {
    expect(await check()).toEqual({ users: await countBalances(server), entries: 3, faults: [] });
  });

  it.for([
    ['a balance that no entry leaves', 'update balances set points = 51 where user_id = $1', null, 'BALANCE_DIFFERS'],
    [
      'a balance with the sequence of a missing entry',
      'update balances set sequence = 4 where user_id = $1',
      null,
      'BALANCE_DIFFERS',
    ],
    [
      'a balance with another time than its last entry',
      `update balances set last_entry_at = last_entry_at - interval '1 microsecond' where user_id = $1`,
      null,
      'LAST_ENTRY_TIME_DIFFERS',
    ],
    [
      'a balance with the time of writing of an imported entry',
      `update entries set effective_at = created_at - interval '1 microsecond' where user_id = $1 and sequence = 3`,
      null,
      'LAST_ENTRY_TIME_DIFFERS',
    ],
    [
      'an imported entry dated before an entry that was not imported',
      `update entries set effective_at = '2020-01-01' where user_id = $1 and sequence = 2`,
      2,
      'IMPORTED_DATE_DECREASES',
    ],
    [
      'an imported entry dated before another imported entry',
      `update entries set effective_at = timestamptz '2020-01-03' - sequence * interval '1 day' where user_id = $1 and sequence < 3`,
      2,
      'IMPORTED_DATE_DECREASES',
    ],
    ['entries without a balance', 'delete from balances where user_id = $1', 1, 'BALANCE_MISSING'],
    ['a gap between sequences', 'delete from entries where user_id = $1 and sequence = 1', 2, 'SEQUENCE_BROKEN'],
    [
      'a delta that does not lead to its balance',
      'update entries set delta = 49 where user_id = $1 and sequence = 1',
      1,
      'CHAIN_BROKEN',
    ],
    [
      'a balance after an entry that does not follow from its delta',
      'update entries set balance_after = 31 where user_id = $1 and sequence = 2',
      2,
      'CHAIN_BROKEN',
    ],
    [
      'an addition with a negative delta',
      `update entries set kind = 'ADD' where user_id = $1 and sequence = 2`,
      2,
      'DELTA_WRONG',
    ],
    [
      'a reversal of an entry that does not exist',
      'update entries set reverses = 9 where user_id = $1 and sequence = 3',
      3,
      'REVERSAL_WRONG',
    ],
    [
      'a reversal of another amount',
      'update entries set reverses = 1 where user_id = $1 and sequence = 3',
      3,
      'REVERSAL_WRONG',
    ],
    [
      'two entries with one key',
      `update entries set idempotency_key = 'a' where user_id = $1 and sequence = 2`,
      1,
      'KEY_TWICE',
    ],
    [
      'an entry under a key that has a refusal',
      `update entries set idempotency_key = 'c' where user_id = $1 and sequence = 2`,
      2,
      'KEY_REFUSED',
    ],
  ] as const)('finds %s', async ([_, statement, sequence, rule], { server }) => {
    await damage(server, statement.replace('$1', `'${bob}'`));
    const { faults } = await check();
    expect(faults[0]).toEqual({ userId: bob, sequence, rule });
    expect((await check(ledgerOf(bob))).faults).toEqual(faults);
  });

  it('finds the time of a last entry that does not exist', async ({ server }) => {
    const { id } = await server.user();
    await damage(server, `update balances set last_entry_at = now() where user_id = '${id}'`);
    expect((await check()).faults).toEqual([{ userId: id, sequence: null, rule: 'LAST_ENTRY_TIME_DIFFERS' }]);
  });

  it('finds no fault in entries of an earlier release, whose clock has gone back', async ({ server }) => {
    await damage(
      server,
      `update entries set created_at = created_at - interval '1 hour' where user_id = '${bob}' and sequence = 2`,
      `update balances set last_entry_at = null where user_id = '${bob}'`,
    );
    expect((await check()).faults).toEqual([]);
  });

  it('finds no fault in imported entries, dated in their order', async ({ server }) => {
    await damage(
      server,
      `update entries set effective_at = timestamptz '2020-01-01' + sequence / 2 * interval '1 day' where user_id = '${bob}'`,
      `update balances set last_entry_at = '2020-01-02' where user_id = '${bob}'`,
    );
    expect((await check()).faults).toEqual([]);
  });

  it('finds an overdraft, and an entry that was reversed twice', async ({ server }) => {
    const columns = 'user_id, kind, owner_id, sequence, delta, balance_after, reverses';
    await damage(
      server,
      `insert into entries (${columns}) values ('${bob}', 'REVERSAL', '${bob}', 4, 20, 70, 2)`,
      `insert into entries (${columns}) values ('${bob}', 'SPEND', '${bob}', 5, -80, -10, null)`,
      `update balances set points = -10, sequence = 5, last_entry_at = null where user_id = '${bob}'`,
    );
    expect((await check()).faults).toEqual([
      { userId: bob, sequence: 3, rule: 'REVERSED_TWICE' },
      { userId: bob, sequence: 4, rule: 'REVERSED_TWICE' },
      { userId: bob, sequence: 5, rule: 'BALANCE_IMPOSSIBLE' },
    ]);
  });

  it('checks a ledger of many sections, which begin within a user and between users', async ({ server }) => {
    const owner = token.owner.id;
    await damage(
      server,
      `
      with made as (
        insert into users (id, username, role) select gen_random_uuid(), 'many-' || n, 'USER' from generate_series(1, 2500) n
        returning id
      ), empty as (insert into balances (user_id, points, sequence) select id, 1, 1 from made)
      insert into entries (user_id, sequence, kind, delta, balance_after, owner_id)
      select id, 1, 'ADD', 1, 1, '${owner}' from made`,
      `insert into entries (user_id, sequence, kind, delta, balance_after, owner_id)
       select '${bob}', n, 'ADD', 1, 50 + n - 3, '${owner}' from generate_series(4, 5000) n`,
      `update balances set points = 5047, sequence = 5000, last_entry_at = null where user_id = '${bob}'`,
    );
    expect(await check()).toEqual({ users: await countBalances(server), entries: 7_500, faults: [] });
    await damage(server, `update entries set balance_after = 0 where user_id = '${bob}' and sequence = 4001`);
    expect((await check()).faults.map(({ sequence }) => sequence)).toEqual([4_001, 4_002]);
  });

  it('finds no fault while entries are written', async ({ server }) => {
    const writing = Promise.all(
      Array.from({ length: 200 }, () =>
        server.send(token, AddPointsDocument, { input: { user: { id: bob }, points: 1 } }),
      ),
    );
    for (let time = 0; time < 5; time++) expect((await check()).faults).toEqual([]);
    await writing;
    expect((await check(ledgerOf(bob))).entries).toBe(203);
  });
});

describe('The check in the background', () => {
  it('is counted in the metrics: users checked, and faults found', async ({ server }) => {
    const text = await (await fetch(server.metricsUrl ?? '')).text();
    expect(text).toContain('\nscrip_ledger_faults 0\n');
    expect(text).toContain('\nscrip_ledger_checked_users_total ');
  });

  it('reports a fault until the whole ledger was checked again without it', async ({ server }) => {
    const found: Fault[] = [];
    const counts: number[] = [];
    const job = createLedgerCheck({
      onChecked: ({ faults }) => counts.push(faults),
      onFault: (fault) => found.push(fault),
    });
    const checkAll = async () => {
      counts.length = 0;
      while ((await job(own.database, 500)) === 'MORE');
      return [...counts];
    };
    expect(new Set(await checkAll())).toEqual(new Set([0]));
    await damage(server, `update balances set points = 51 where user_id = '${bob}'`);
    expect((await checkAll()).at(-1)).toBe(1);
    await damage(server, `update balances set points = 50 where user_id = '${bob}'`);
    const mended = await checkAll();
    expect(new Set(mended.slice(0, -1))).toEqual(new Set([1]));
    expect(mended.at(-1)).toBe(0);
    expect(found).toEqual([{ userId: bob, sequence: null, rule: 'BALANCE_DIFFERS' }]);
  });
});

const check = (from?: Section) => checkLedger(own.database, from);

async function countBalances(server: TestServer): Promise<number> {
  return Number((await server.database.query('select count(*) from balances'))[0]?.['count']);
}
