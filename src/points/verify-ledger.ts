import { type SQL, sql } from 'drizzle-orm';
import { MAX } from 'uuid';
import type { Database } from '../database/connect.js';
import { NOBODY } from '../input.js';
import { type EntryRef, MOST_SEQUENCE } from './entry.js';
import { MOST_POINTS } from './table.js';

/** What a sound ledger never does, in words. */
const RULES = {
  BALANCE_DIFFERS: 'the balance is not what the last entry left',
  BALANCE_MISSING: 'the entries are those of nobody who has a balance',
  SEQUENCE_BROKEN: 'the sequence does not follow the one before',
  CHAIN_BROKEN: 'the balance afterwards is not the one before with the delta',
  BALANCE_IMPOSSIBLE: 'the balance afterwards is negative or too large',
  DELTA_WRONG: 'the delta does not go the way of the kind',
  REVERSAL_WRONG: 'it does not take back exactly what an earlier entry added or spent',
  REVERSED_TWICE: 'another reversal takes back the same entry',
  KEY_TWICE: 'another entry has the same idempotency key',
  KEY_REFUSED: 'something was refused under the same idempotency key',
} as const;

/** Something that a sound ledger cannot hold. */
export interface Fault {
  readonly userId: string;
  /** The entry that is wrong; null: the balance is. */
  readonly sequence: number | null;
  readonly rule: keyof typeof RULES;
}

/** Says in a sentence what is wrong. */
export function describeFault({ userId, sequence, rule }: Fault): string {
  return `${sequence === null ? 'Balance' : `Entry ${sequence}`} of ${userId}: ${RULES[rule]}.`;
}

/** What was found in a stretch of the ledger. */
export interface Finding {
  /** How many balances were compared with their last entry. */
  readonly users: number;
  /** How many entries were recomputed. */
  readonly entries: number;
  readonly faults: readonly Fault[];
  /** Where to go on; undefined: that was all. */
  readonly next: Place | undefined;
}

/** Where a check is: before the balances of a slice of users, or, up to the last of them, among their entries. */
export type Place =
  | { readonly at: 'BALANCES'; readonly behind: EntryRef; readonly end: string }
  | { readonly at: 'ENTRIES'; readonly behind: EntryRef; readonly end: string; readonly sliceEnd: string };

/** Where the check of the whole ledger begins. */
export const WHOLE_LEDGER: Place = { at: 'BALANCES', behind: { userId: NOBODY, sequence: 0 }, end: MAX };

/** Where the check of one user's ledger begins. */
export function ledgerOf(userId: string): Place {
  return { at: 'BALANCES', behind: { userId, sequence: 0 }, end: userId };
}

/** A few dozen milliseconds of the database's time. */
const MOST_BALANCES = 1_000;
const MOST_ENTRIES = 2_000;

/**
 * Checks a bounded stretch of the ledger by one statement, which shows one moment: others write meanwhile. That every
 * entry follows from the one before, from 0 points on, and that the balance is the last, makes it the sum of them all.
 */
export async function checkSome(database: Database, place: Place): Promise<Finding> {
  return place.at === 'BALANCES' ? await checkBalances(database, place) : await checkEntries(database, place);
}

async function checkBalances(database: Database, { behind, end }: Place): Promise<Finding> {
  const { count, last, faults } = await check(
    database,
    sql`select b.user_id, null::integer as sequence,
               case when (b.points, b.sequence) <> (coalesce(l.balance_after, 0), coalesce(l.sequence, 0))
                    then 'BALANCE_DIFFERS' end as rule
          from (select * from balances
                 where user_id >= ${behind.userId} and (user_id > ${behind.userId} or ${behind.sequence}::integer = 0)
                   and user_id <= ${end}
                 order by user_id limit ${MOST_BALANCES}) b
          left join lateral (select e.sequence, e.balance_after from entries e where e.user_id = b.user_id
                              order by e.sequence desc limit 1) l on true`,
  );
  const sliceEnd = count === MOST_BALANCES && last !== undefined ? last.userId : end;
  return { users: count, entries: 0, faults, next: { at: 'ENTRIES', behind, end, sliceEnd } };
}

async function checkEntries(database: Database, place: Extract<Place, { at: 'ENTRIES' }>): Promise<Finding> {
  const { behind, end, sliceEnd } = place;
  const { count, last, faults } = await check(
    database,
    sql`select * from (
          select e.user_id, e.sequence, ${brokenRule} as rule
            from (select * from entries
                   where (user_id, sequence) >= (${behind.userId}::uuid, ${behind.sequence}::integer)
                     and user_id <= ${sliceEnd}
                   order by user_id, sequence limit ${MOST_ENTRIES + 1}) e
          window ledger as (partition by e.user_id order by e.sequence)
        ) recomputed
        -- The entry to go on behind was checked before: it is there for the next to follow from.
        where (user_id, sequence) > (${behind.userId}::uuid, ${behind.sequence}::integer)`,
  );
  const checked = { users: 0, entries: count, faults };
  if (count >= MOST_ENTRIES && last !== undefined) return { ...checked, next: { ...place, behind: last } };
  if (sliceEnd === end) return { ...checked, next: undefined };
  return { ...checked, next: { at: 'BALANCES', behind: { userId: sliceEnd, sequence: MOST_SEQUENCE }, end } };
}

/** The first rule that an entry breaks, if any, which stands among others of its user. */
const brokenRule = sql`case
  when not exists (select from balances b where b.user_id = e.user_id) then 'BALANCE_MISSING'
  when e.sequence <> coalesce(lag(e.sequence) over ledger, 0) + 1 then 'SEQUENCE_BROKEN'
  when e.balance_after <> coalesce(lag(e.balance_after) over ledger, 0) + e.delta then 'CHAIN_BROKEN'
  when e.balance_after not between 0 and ${sql.raw(String(MOST_POINTS))} then 'BALANCE_IMPOSSIBLE'
  when e.delta = 0 or (e.kind = 'ADD' and e.delta < 0) or (e.kind = 'SPEND' and e.delta > 0) then 'DELTA_WRONG'
  when (e.kind = 'REVERSAL') <> (e.reverses is not null) or e.reverses is not null and not exists (
    select from entries o where o.user_id = e.user_id and o.sequence = e.reverses
       and o.sequence < e.sequence and o.kind <> 'REVERSAL' and o.delta = -e.delta) then 'REVERSAL_WRONG'
  when e.reverses is not null and exists (
    select from entries o where o.user_id = e.user_id and o.reverses = e.reverses and o.sequence <> e.sequence)
    then 'REVERSED_TWICE'
  when e.idempotency_key is not null and exists (
    select from entries o where o.user_id = e.user_id and o.owner_id = e.owner_id
       and o.idempotency_key = e.idempotency_key and o.sequence <> e.sequence) then 'KEY_TWICE'
  when e.idempotency_key is not null and exists (
    select from refusals r where r.user_id = e.user_id and r.owner_id = e.owner_id
       and r.idempotency_key = e.idempotency_key) then 'KEY_REFUSED'
end`;

/** Counts what was checked, by user and sequence, and reads no more of it than what is wrong and the last. */
async function check(database: Database, checked: SQL) {
  const { rows } = await database.execute<Checked>(sql`
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

interface Checked extends Record<string, unknown> {
  readonly user_id: string;
  readonly sequence: number | null;
  readonly rule: Fault['rule'] | null;
  readonly number: number;
}
