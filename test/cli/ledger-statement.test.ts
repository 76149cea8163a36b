import { describe, expect } from 'vitest';
import { MAX_POINTS } from '../../src/points/limits.js';
import { AddPointsDocument } from '../operations/generated.js';
import { importChanges } from '../points/dated-changes.js';
import { JWT_SECRET } from '../process/program.js';
import { itWith } from '../support/server-fixture.js';
import { ledger } from './ledger.js';

const it = itWith({ JWT_SECRET });

describe('scrip ledger statement', () => {
  it('prints the entries of a month, between the balances at its start and its end', async ({ server }) => {
    const { id, username } = await server.user({ username: 'bob' });
    await importChanges(server, id, [
      ['2024-05-31T23:59:59Z', 100],
      ['2024-06-01T00:00:00Z', 30],
      ['2024-06-15T12:00:00Z', -50],
      ['2024-07-01T00:00:00Z', 1],
    ]);
    const lines = [
      'bob had 100 points at the start of 2024-06.',
      'TIME                      KIND                          DELTA           BALANCE  REFERENCE                 REASON',
      '2024-06-01T00:00:00.000Z  ADD                             +30               130',
      '2024-06-15T12:00:00.000Z  SPEND                           -50                80',
      'Added: 30, spent: 50, reversed: 0, entries: 2.',
      'bob had 80 points at the end of 2024-06.',
    ];
    const expected = { status: 0, stdout: `${lines.join('\n')}\n`, stderr: '' };
    expect(await ledger(server, 'statement', username, '--month', '2024-06')).toEqual(expected);
    expect(await ledger(server, 'statement', id, '--month', '2024-06')).toEqual(expected);
  });

  it('prints references and reasons without what would steer a terminal', async ({ server }) => {
    const token = await server.everything();
    const { id } = await server.user();
    const input = { user: { id }, points: 5, reference: 'order 7', reason: 'a \u001b[31mgift' };
    const { data } = await server.send(token, AddPointsDocument, { input });
    const month = data.change.entry.createdAt.slice(0, 7);
    const { stdout } = await ledger(server, 'statement', id, '--month', month);
    expect(stdout).toMatch(/ADD +\+5 +5 {2}order 7 +a \\u\{1b\}\[31mgift\n/);
  });

  it('has no table for a month without entries', async ({ server }) => {
    await server.user({ username: 'ann' });
    expect((await ledger(server, 'statement', 'ann', '--month', '2024-12')).stdout).toBe(
      'ann had 0 points at the start of 2024-12.\nAdded: 0, spent: 0, reversed: 0, entries: 0.\nann had 0 points at the end of 2024-12.\n',
    );
  });

  it.for(['2024-13', '2024-6', '2024', '0000-01', 'June'])('refuses the month %s', async (month, { server }) => {
    const { status, stdout, stderr } = await ledger(server, 'statement', 'admin', '--month', month);
    expect({ status, stdout }).toEqual({ status: 2, stdout: '' });
    expect(stderr).toMatch(/^scrip: .*Write a month as 2026-11\.\n$/);
  });

  it('says where a sum is not exact', async ({ server }) => {
    const { id } = await server.user();
    await server.database.query(
      `insert into entries (user_id, sequence, kind, delta, balance_after, reverses, owner_id, created_at)
       select $1, n, case when n % 2 = 1 then 'ADD' else 'REVERSAL' end, case when n % 2 = 1 then $2::bigint else -$2 end,
           case when n % 2 = 1 then $2 else 0 end, case when n % 2 = 0 then n - 1 end, $1, '2024-06-15T00:00:00Z'
         from generate_series(1, 4) n`,
      [id, MAX_POINTS],
    );
    await server.database.query('update balances set sequence = 4 where user_id = $1', [id]);
    expect((await ledger(server, 'statement', id, '--month', '2024-06')).stdout).toContain(
      'Added: more than 9007199254740991, spent: 0, reversed: beyond ±9007199254740991, entries: 4.\n',
    );
  });

  it('is refused for a month with more than 200,000 entries', async ({ server }) => {
    const { id } = await server.user();
    await server.database.query(
      `insert into entries (user_id, sequence, kind, delta, balance_after, owner_id, created_at)
       select $1, n, 'ADD', 1, n, $1, '2024-06-15T00:00:00Z' from generate_series(1, 200001) n`,
      [id],
    );
    await server.database.query('update balances set points = 200001, sequence = 200001 where user_id = $1', [id]);
    expect(await ledger(server, 'statement', id, '--month', '2024-06')).toEqual({
      status: 2,
      stdout: '',
      stderr: 'scrip: The period has 200001 entries, but a statement covers at most 200000. Choose a shorter period.\n',
    });
  });

  it('is refused for a user who does not exist', async ({ server }) => {
    expect(await ledger(server, 'statement', 'no-one', '--month', '2024-06')).toEqual({
      status: 1,
      stdout: '',
      stderr: 'scrip: There is no such user.\n',
    });
  });
});
