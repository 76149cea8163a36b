import { type SQL, sql } from 'drizzle-orm';
import { MAX } from 'uuid';
import type { Database } from '../database/connect.js';
import { NO_ID } from '../input.js';
import type { EntryRef } from './entry.js';
import { MAX_SEQUENCE } from './limits.js';
import { brokenEntryRule, timeOfChange } from './verify-entries.js';
import { brokenHeldRule, brokenHoldRule } from './verify-holds.js';

/** The invariants of the ledger, each as the sentence that reports its violation. */
const RULES = {
  BALANCE_DIFFERS: 'the balance differs from the last entry',
  LAST_ENTRY_TIME_DIFFERS: 'the time of the last entry differs from that of the entry',
  BALANCE_MISSING: 'the user has entries but no balance',
  SEQUENCE_BROKEN: 'the sequence does not follow the previous one',
  CHAIN_BROKEN: 'the balance after it is not the previous one plus the delta',
  BALANCE_IMPOSSIBLE: 'the balance after it is negative or too large',
  DELTA_WRONG: 'the sign of the delta does not match the kind',
  REVERSAL_WRONG: 'it does not reverse exactly the delta of an earlier entry',
  REVERSED_TWICE: 'another reversal reverses the same entry',
  COUNTERPART_WRONG: 'it has no counterpart of the opposite delta and the matching kind that names it back',
  CAPTURE_WRONG: 'the captured hold and the entry do not name each other with the same points',
  LAST_HOLD_DIFFERS: 'the number of holds differs from that of the last hold',
  HELD_DIFFERS: 'the held points differ from the sum of the open holds',
  EXPIRY_DIFFERS: 'the time of the first expiry differs from that of the open holds',
  HOLD_NUMBER_BROKEN: 'the number does not follow the previous one',
  ENDED_LATE: 'it ended after its time',
  IMPORTED_DATE_DECREASES: 'it was imported with a date before that of the previous entry',
  KEY_TWICE: 'another change has the same idempotency key',
  KEY_REFUSED: 'a change was refused under the same idempotency key',
} as const;

/** A violation of an invariant. */
export interface Fault {
  readonly userId: string;
  /** The entry at fault; null: the balance or a hold is. */
  readonly sequence: number | null;
  /** The number of the hold at fault; absent: none is. */
  readonly hold?: number;
  readonly rule: keyof typeof RULES;
}

/** Describes a fault in a sentence. */
export function describeFault({ userId, sequence, hold, rule }: Fault): string {
  const part = sequence === null ? 'Balance' : `Entry ${sequence}`;
  return `${hold === undefined ? part : `Hold ${hold}`} of ${userId}: ${RULES[rule]}.`;
}

/** The result for a section of the ledger. */
export interface Checked {
  /** The number of balances that were compared with their last entry. */
  readonly users: number;
  /** The number of entries that were recomputed. */
  readonly entries: number;
  readonly faults: readonly Fault[];
  /** The next section; undefined: this was the last one. */
  readonly next: Section | undefined;
}

/**
 * The section to check: the balances of a slice of users, their entries, or their holds. It begins after `after`, whose sequence
 * is the number of a hold in a section of holds.
 */
export type Section =
  | { readonly at: 'BALANCES'; readonly after: EntryRef; readonly end: string }
  | SliceSection<'ENTRIES'>
  | SliceSection<'HOLDS'>;

interface SliceSection<At> {
  readonly at: At;
  readonly after: EntryRef;
  readonly end: string;
  /** The user before the slice, and its last one. */
  readonly sliceStart: EntryRef;
  readonly sliceEnd: string;
}

/** The first section of the whole ledger. */
export const WHOLE_LEDGER: Section = { at: 'BALANCES', after: { userId: NO_ID, sequence: 0 }, end: MAX };

/** The first section of one user's ledger. */
export function ledgerOf(userId: string): Section {
  return { at: 'BALANCES', after: { userId, sequence: 0 }, end: userId };
}

/** Rows of one section: some 20 ms of the database's time. */
const MAX_BALANCES = 1_000;
const MAX_ENTRIES = 2_000;
const MAX_HOLDS = 2_000;

/**
 * Checks a section of the ledger by one statement, which sees one snapshot: entries are written meanwhile. Since every
 * entry follows from the previous one, from 0 points on, and the balance from the last, it is the sum of them all. With the
 * last entries of a slice its first holds are checked, by another statement: most users have none.
 */
export async function checkSection(database: Database, section: Section): Promise<Checked> {
  if (section.at === 'BALANCES') return await checkBalances(database, section);
  if (section.at === 'HOLDS') return await checkHolds(database, section);
  const { next, ...checked } = await checkEntries(database, section);
  if (next?.at !== 'HOLDS') return { ...checked, next };
  const ofHolds = await checkHolds(database, next);
  return { ...checked, faults: [...checked.faults, ...ofHolds.faults], next: ofHolds.next };
}

async function checkBalances(database: Database, { after, end }: Section): Promise<Checked> {
  const { count, last, faults } = await check(
    database,
    sql`select b.user_id, null::integer as sequence,
               case when (b.points, b.sequence) <> (coalesce(l.balance_after, 0), coalesce(l.sequence, 0))
                    then 'BALANCE_DIFFERS'
                    -- Null: no entry, or none since earlier releases, which did not write it.
                    when b.last_entry_at is not null and b.last_entry_at is distinct from l.made_at
                    then 'LAST_ENTRY_TIME_DIFFERS'
                    else ${brokenHeldRule} end as rule
          from (select * from balances
                 where user_id >= ${after.userId} and (user_id > ${after.userId} or ${after.sequence}::integer = 0)
                   and user_id <= ${end}
                 order by user_id limit ${MAX_BALANCES}) b
          left join lateral (select e.sequence, e.balance_after, ${timeOfChange} as made_at
                               from entries e where e.user_id = b.user_id
                              order by e.sequence desc limit 1) l on true`,
  );
  const sliceEnd = count === MAX_BALANCES && last !== undefined ? last.userId : end;
  return { users: count, entries: 0, faults, next: { at: 'ENTRIES', after, end, sliceStart: after, sliceEnd } };
}

async function checkEntries(database: Database, section: Extract<Section, { at: 'ENTRIES' }>): Promise<Checked> {
  const { after, sliceEnd } = section;
  const { count, last, faults } = await check(
    database,
    sql`select * from (
          select e.user_id, e.sequence, ${brokenEntryRule} as rule
            from (select * from entries
                   where (user_id, sequence) >= (${after.userId}::uuid, ${after.sequence}::integer)
                     and user_id <= ${sliceEnd}
                   order by user_id, sequence limit ${MAX_ENTRIES + 1}) e
          window ledger as (partition by e.user_id order by e.sequence)
        ) recomputed
        -- The entry before the section was checked before: it is here for the first one to follow from.
        where (user_id, sequence) > (${after.userId}::uuid, ${after.sequence}::integer)`,
  );
  const isFull = count >= MAX_ENTRIES && last !== undefined;
  const next: Section = isFull ? { ...section, after: last } : { ...section, at: 'HOLDS', after: section.sliceStart };
  return { users: 0, entries: count, faults, next };
}

async function checkHolds(database: Database, section: SliceSection<'HOLDS'>): Promise<Checked> {
  const { after, end, sliceEnd } = section;
  const { count, last, faults } = await check(
    database,
    sql`select * from (
          select h.user_id, h.number as sequence, ${brokenHoldRule} as rule
            from (select * from holds
                   where (user_id, number) >= (${after.userId}::uuid, ${after.sequence}::integer)
                     and user_id <= ${sliceEnd}
                   order by user_id, number limit ${MAX_HOLDS + 1}) h
          window ledger as (partition by h.user_id order by h.number)
        ) recomputed
        where (user_id, sequence) > (${after.userId}::uuid, ${after.sequence}::integer)`,
  );
  const ofHolds = faults.map(({ sequence, ...fault }) => ({ ...fault, sequence: null, hold: sequence ?? 0 }));
  const checked = { users: 0, entries: 0, faults: ofHolds };
  if (count >= MAX_HOLDS && last !== undefined) return { ...checked, next: { ...section, after: last } };
  if (sliceEnd === end) return { ...checked, next: undefined };
  return { ...checked, next: { at: 'BALANCES', after: { userId: sliceEnd, sequence: MAX_SEQUENCE }, end } };
}

/** Counts the checked rows, by user and sequence, and returns only the faults and the last row. */
async function check(database: Database, checked: SQL) {
  const { rows } = await database.execute<CheckedRow>(sql`
    select user_id, sequence, rule, number from (
      select *, (row_number() over (order by user_id, sequence))::integer as number, count(*) over () as total
        from (${checked}) checked) numbered
     where rule is not null or number = total
     order by number`);
  const last = rows.at(-1);
  return {
    count: last?.number ?? 0,
    last: last && { userId: last.user_id, sequence: last.sequence ?? 0 },
    faults: rows.flatMap(({ user_id, sequence, rule }): Fault[] =>
      rule === null ? [] : [{ userId: user_id, sequence, rule }],
    ),
  };
}

interface CheckedRow extends Record<string, unknown> {
  readonly user_id: string;
  readonly sequence: number | null;
  readonly rule: Fault['rule'] | null;
  readonly number: number;
}
