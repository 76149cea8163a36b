import { type Command, InvalidArgumentError } from 'commander';
import type { PooledDatabase } from '../database/connect.js';
import { MAX_POINTS } from '../points/limits.js';
import type { LedgerEntry } from '../points/read-ledger.js';
import type { Period, PointsStatement } from '../points/read-statement.js';
import { counted } from './counted.js';
import { entryCells } from './entry-cells.js';
import { findUser } from './find-user.js';
import { printable } from './printable.js';
import { createRow } from './table-row.js';
import { writeOut } from './write-out.js';

interface Month extends Period {
  readonly name: string;
}

/** `scrip ledger statement`: the entries of a user in a month, between the balances at its start and its end. */
export function defineLedgerStatement(ledger: Command): void {
  ledger
    .command('statement')
    .description('print the entries of a user in a month of UTC, with the balance before and after, and the sums')
    .argument('<user>', 'a name, or the id of a user who may be deleted')
    .requiredOption('--month <month>', 'the month, such as 2026-11', parseMonth)
    .action(async (user: string, { month }: { readonly month: Month }) => {
      const { withDatabase } = await import('./with-database.js');
      await withDatabase((database) => printStatement(database, user, month));
    });
}

async function printStatement(database: PooledDatabase, nameOrId: string, month: Month): Promise<void> {
  const { createStatementOf } = await import('../points/read-statement.js');
  const { id, username } = await findUser(database, nameOrId);
  const { since, until } = month;
  const statement = await createStatementOf(database)({ userId: id, since, until });
  await writeOut(`${username} had ${counted(statement.opening, 'point')} at the start of ${month.name}.\n`);
  if (statement.entries > 0) await printEntries(database, id, statement);
  await writeOut(
    `Added: ${total(statement.added)}, spent: ${total(statement.spent)}, ` +
      `reversed: ${statement.reversed ?? `beyond ±${MAX_POINTS}`}, entries: ${statement.entries}.\n` +
      `${username} had ${counted(statement.closing, 'point')} at the end of ${month.name}.\n`,
  );
}

/** The entries that the statement counts, and none that was written after it was read. */
async function printEntries(database: PooledDatabase, userId: string, statement: PointsStatement): Promise<void> {
  const { readLedger } = await import('../points/read-ledger.js');
  const last = statement.sequenceBefore + statement.entries;
  await writeOut(row(['TIME', 'KIND', 'DELTA', 'BALANCE', 'REFERENCE', 'REASON']));
  for await (const entries of readLedger(database, { userId, afterSequence: statement.sequenceBefore })) {
    const own = entries.filter(({ sequence }) => sequence <= last);
    await writeOut(own.map((entry) => row(cells(entry))).join(''));
    if (own.length < entries.length) return;
  }
}

function cells(entry: LedgerEntry): string[] {
  return [...entryCells(entry), printable(entry.reference ?? ''), printable(entry.reason ?? '')];
}

const row = createRow([24, 16, -17, -16, 24, 0]);

function total(points: number | null): string {
  return points === null ? `more than ${MAX_POINTS}` : String(points);
}

function parseMonth(name: string): Month {
  const [, year, month] = /^([1-9]\d{3})-(0[1-9]|1[0-2])$/.exec(name) ?? [];
  if (year === undefined) throw new InvalidArgumentError('Write a month as 2026-11.');
  const startOf = (index: number) => new Date(Date.UTC(Number(year), index));
  return { name, since: startOf(Number(month) - 1), until: startOf(Number(month)) };
}
