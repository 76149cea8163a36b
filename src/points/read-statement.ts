import { type SQL, sql } from 'drizzle-orm';
import { arrayOf } from '../database/array-of.js';
import type { PreparedDatabase } from '../database/connect.js';
import { prepare } from '../database/prepare.js';
import { createReadLists, list } from '../database/read-by-key.js';
import { BadUserInput } from '../errors.js';
import { DAY_MS } from './day.js';
import type { Entry } from './entry.js';
import { entries } from './table.js';

/** A period of time, whose end does not belong to it. */
export interface Period {
  readonly since: Date;
  readonly until: Date;
}

/**
 * The movements of a user's points in a period: `opening + added - spent + reversed = closing`. Points that were received
 * count as added, and points that were given as spent. A sum is null where a JavaScript number does not carry it exactly.
 */
export interface PointsStatement extends Period {
  /** The balance at the start. */
  readonly opening: number;
  readonly added: number | null;
  readonly spent: number | null;
  /** The sum of the reversals; negative where more was taken than given back. */
  readonly reversed: number | null;
  /** The balance at the end. */
  readonly closing: number;
  /** The number of entries. */
  readonly entries: number;
  /** The sequence of the last entry before the period; 0: there is none. */
  readonly sequenceBefore: number;
}

const MAX_DAYS = 366;

/** The entries that a statement sums; a query sums those of up to {@link MAX_BATCH} statements. */
const MAX_ENTRIES = 200_000;

/** @throws BadUserInput for an end before the start, and for more than 366 days. */
export function parsePeriod({ since, until }: Period): Period {
  if (until < since) throw new BadUserInput('until', '`until` must not be before `since`.');
  if (until.getTime() - since.getTime() > MAX_DAYS * DAY_MS) {
    throw new BadUserInput('until', `\`until\` must be at most ${MAX_DAYS} days after \`since\`.`);
  }
  return { since, until };
}

interface StatementRequest extends Period {
  readonly userId: string;
}

/** Statements of one query, which reads the entries of each period. */
const MAX_BATCH = 10;

/**
 * Creates a read of statements, each as of one moment; concurrent reads share a query. It throws BadUserInput for a period
 * with more than 200,000 entries, which are not summed.
 */
export function createStatementOf(database: PreparedDatabase): (request: StatementRequest) => Promise<PointsStatement> {
  const read = prepare(database, 'points_statements', selectStatements(database));
  const readLists = createReadLists<StatementRequest, Row>(
    (requests) =>
      read({
        users: requests.map(({ userId }) => userId),
        since: requests.map(({ since }) => since),
        until: requests.map(({ until }) => until),
      }),
    MAX_BATCH,
  );
  return async (request) => {
    const [row] = await readLists(request);
    if (row === undefined) throw new Error('The database returned no statement.');
    return toStatement(request, row);
  };
}

interface Row extends Pick<PointsStatement, 'opening' | 'closing' | 'entries' | 'sequenceBefore'> {
  /** Any integer. */
  readonly added: bigint;
  readonly spent: bigint;
  readonly reversed: bigint;
}

/** The entries of a period are those with the sequences above `before`, up to `last`. */
function selectStatements(database: PreparedDatabase) {
  const balanceAt = (sequence: SQL) =>
    sql<number>`coalesce((select ${entries.balanceAfter} from ${entries}
      where ${entries.userId} = wanted.user_id and ${entries.sequence} = ${sequence}), 0)`.mapWith(Number);
  const movement = (...kinds: readonly Entry['kind'][]) =>
    sql`coalesce(sum(${entries.delta})
      filter (where ${entries.kind} in (${sql.raw(kinds.map((kind) => `'${kind}'`).join(', '))})), 0)`;
  return (
    database
      .select({
        list,
        row: {
          sequenceBefore: sql<number>`period.before`.mapWith(Number),
          opening: balanceAt(sql`period.before`),
          closing: balanceAt(sql`period.last`),
          entries: sql<number>`period.last - period.before`.mapWith(Number),
          added: sql<bigint>`movements.added`.mapWith(BigInt),
          spent: sql<bigint>`movements.spent`.mapWith(BigInt),
          reversed: sql<bigint>`movements.reversed`.mapWith(BigInt),
        },
      })
      .from(
        sql`unnest(${arrayOf('users', 'uuid')}, ${arrayOf('since', 'timestamptz')}, ${arrayOf('until', 'timestamptz')})
          with ordinality as wanted(user_id, since, until, list)`,
      )
      // OFFSET 0: each sequence is looked up once.
      .crossJoinLateral(
        sql`(select sequence_before(wanted.user_id, wanted.since) as before,
          sequence_before(wanted.user_id, wanted.until) as last offset 0) as period`,
      )
      // The number of entries is compared once, before any of them is read.
      .crossJoinLateral(
        sql`(select ${movement('ADD', 'TRANSFER_IN')} as added, -${movement('SPEND', 'TRANSFER_OUT')} as spent,
            ${movement('REVERSAL')} as reversed from ${entries}
          where ${entries.userId} = wanted.user_id and ${entries.sequence} > period.before
            and ${entries.sequence} <= period.last
            and period.last - period.before <= ${sql.raw(String(MAX_ENTRIES))}) as movements`,
      )
  );
}

/** @throws BadUserInput for too many entries; Error where they do not lead from the first balance to the last. */
function toStatement({ since, until }: Period, { added, spent, reversed, ...row }: Row): PointsStatement {
  if (row.entries > MAX_ENTRIES) {
    throw new BadUserInput(
      'until',
      `The period has ${row.entries} entries, but a statement covers at most ${MAX_ENTRIES}. Choose a shorter period.`,
    );
  }
  if (BigInt(row.opening) + added - spent + reversed !== BigInt(row.closing)) {
    throw new Error('The entries of a statement do not lead from its opening to its closing balance.');
  }
  return { since, until, ...row, added: exact(added), spent: exact(spent), reversed: exact(reversed) };
}

/** null: a JavaScript number does not carry it exactly. */
function exact(sum: bigint): number | null {
  const number = Number(sum);
  return Number.isSafeInteger(number) ? number : null;
}
