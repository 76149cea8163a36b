import type { Command } from 'commander';
import type { PooledDatabase } from '../database/connect.js';
import { counterpartRef } from '../points/entry.js';
import { type Hold, holdId } from '../points/holds/hold.js';
import type { LedgerEntry } from '../points/read-ledger.js';
import type { Fault, Section } from '../points/verify-ledger.js';
import { counted } from './counted.js';
import { entryCells } from './entry-cells.js';
import { findUser } from './find-user.js';
import { printable } from './printable.js';
import { createRow } from './table-row.js';
import { writeOut } from './write-out.js';

/**
 * `scrip ledger explain`: the entries of a user, one a line, with the balance recomputed after each, and what is held of the last
 * one.
 */
export function defineLedgerExplain(ledger: Command): void {
  ledger
    .command('explain')
    .description(
      "prove a user's balance from its entries, one a line, and list the open holds; exit with 1 if anything differs",
    )
    .argument('<user>', 'a name, or the id of a user who may be deleted')
    .action(async (user: string) => {
      const { withDatabase } = await import('./with-database.js');
      await withDatabase((database) => explain(database, user));
    });
}

async function explain(database: PooledDatabase, nameOrId: string): Promise<void> {
  const [{ readLedger }, { describeFault }] = await Promise.all([
    import('../points/read-ledger.js'),
    import('../points/verify-ledger.js'),
  ]);
  const { id, username } = await findUser(database, nameOrId);
  const faults = await findFaults(database, id);
  const faulty = new Set(faults.map(({ sequence }) => sequence));
  let last: LedgerEntry | undefined;
  await writeOut(row(['', 'SEQUENCE', 'TIME', 'KIND', 'DELTA', 'BALANCE', 'BY', 'WITH', 'REASON']));
  for await (const lines of readLedger(database, { userId: id })) {
    await writeOut(lines.map((line) => row([faulty.has(line.sequence) ? '!' : '', ...cells(line)])).join(''));
    last = lines.at(-1) ?? last;
  }
  const holds = await readOpenHolds(database, id);
  if (holds.length > 0) await writeOut(`\n${[HOLD_TITLES, ...holds.map(holdCells)].map(holdRow).join('')}\n`);
  for (const fault of faults) await writeOut(`${describeFault(fault)}\n`);
  if (faults.length > 0) process.exitCode = 1;
  else await writeOut(`${username} has ${balanceAfter(last, holds)}.\n`);
}

function balanceAfter({ balanceAfter, sequence } = { balanceAfter: 0, sequence: 0 }, holds: readonly Hold[]): string {
  const held = holds.reduce((sum, { points }) => sum + points, 0);
  const available = held === 0 ? '' : `: ${held} held, ${balanceAfter - held} available`;
  return `${counted(balanceAfter, 'point')} after ${counted(sequence, 'entry', 'entries')}${available}`;
}

/** More than a user can have open at a time. */
const MAX_HOLDS = 10_000;

async function readOpenHolds(database: PooledDatabase, userId: string): Promise<readonly Hold[]> {
  const { createHoldsOf } = await import('../points/holds/read-holds.js');
  const { rows } = await createHoldsOf(database)({ of: userId, first: MAX_HOLDS, after: undefined, state: 'HELD' });
  return rows;
}

async function findFaults(database: PooledDatabase, userId: string): Promise<Fault[]> {
  const { checkSection, ledgerOf } = await import('../points/verify-ledger.js');
  const found: Fault[] = [];
  for (let section: Section | undefined = ledgerOf(userId); section !== undefined; ) {
    const { faults, next } = await checkSection(database, section);
    found.push(...faults);
    section = next;
  }
  return found;
}

function cells(entry: LedgerEntry): string[] {
  const { sequence, owner, token, reason, counterpartUsername, hold, delta } = entry;
  const counterpart = counterpartRef(entry);
  const other = counterpart && `${delta < 0 ? 'to' : 'from'} ${counterpartUsername} (${counterpart.sequence})`;
  return [
    String(sequence),
    ...entryCells(entry),
    `${owner ?? 'unknown'}${token === null ? '' : ` by ${printable(token)}`}`,
    [other, hold === null ? undefined : `hold ${hold}`].filter((part) => part !== undefined).join(', '),
    printable(reason ?? ''),
  ];
}

const row = createRow([1, -8, 24, 16, -17, -16, 24, 24, 0]);

const HOLD_TITLES = ['HOLD', 'ID', 'POINTS', 'EXPIRES', 'REFERENCE', 'REASON'];

function holdCells(hold: Hold): string[] {
  const { number, points, expiresAt, reference, reason } = hold;
  const noted = [printable(reference ?? ''), printable(reason ?? '')];
  return [String(number), holdId(hold), String(points), expiresAt.toISOString(), ...noted];
}

const holdRow = createRow([-8, 40, -16, 24, 24, 0]);
