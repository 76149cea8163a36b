/** Searches the entries of one user, newest first. The key of a list is the sequence. */
import { asc, desc, sql } from 'drizzle-orm';
import { arrayOf } from '../database/array-of.js';
import type { PreparedDatabase } from '../database/connect.js';
import { MAX_COUNT } from '../database/filtered-list.js';
import { type ListRequest, page, rowsOf, type SearchPage } from '../database/page.js';
import { prepare } from '../database/prepare.js';
import { createReadLists, list } from '../database/read-by-key.js';
import { type Entry, entryColumns } from './entry.js';
import { type EntryFilter, isSearch } from './entry-filter.js';
import { entries } from './table.js';

interface HistoryRequest extends ListRequest<[number]> {
  readonly filter: EntryFilter;
}

/** Reads of a user's history with a filter; concurrent ones share a statement. */
export interface HistorySearch {
  /** A page. It may end before it is full: see {@link SearchPage}. */
  readonly page: (request: HistoryRequest) => Promise<SearchPage<Entry, [number]>>;
  /** The number of entries, up to 10,000, among the newest 100,000 of the period. */
  readonly count: (userId: string, filter: EntryFilter) => Promise<number>;
}

/** How many entries a page examines. */
const MAX_EXAMINED = 5_000;

/** How many entries a count examines. */
const MAX_COUNTED = 100_000;

/** Lists of one statement, so that it examines at most 100,000 entries. */
const MAX_BATCH = 10;

export function createHistorySearch(database: PreparedDatabase): HistorySearch {
  const sequenceBefore = createSequenceBefore(database);
  const readRows = createReadRows(database);
  const readCount = createReadCount(database);

  /** The sequences of the period: those above `start`, up to `end`. */
  async function findPeriod(userId: string, { since, until }: EntryFilter) {
    const [start, end] = await Promise.all([
      since === undefined ? 0 : sequenceBefore({ userId, moment: since }),
      sequenceBefore({ userId, moment: until ?? null }),
    ]);
    return { start, end };
  }

  return {
    page: async ({ of: userId, first, after, filter }) => {
      const { start, end } = await findPeriod(userId, filter);
      const last = after === undefined ? end : Math.min(end, Math.max(after[0] - 1, 0));
      const floor = isExamined(filter) ? Math.max(start, last - MAX_EXAMINED) : start;
      const rows = await readRows({ userId, floor, last, max: first + 1, filter });
      if (rows.length > first || floor === start) return page(rows, first);
      return { rows, hasNextPage: true, searchedTo: [floor + 1] };
    },
    count: async (userId, filter) => {
      const { start, end } = await findPeriod(userId, filter);
      if (!isExamined(filter)) return Math.min(Math.max(end - start, 0), MAX_COUNT);
      const floor = Math.max(start, end - MAX_COUNTED);
      const [count = 0] = await readCount({ userId, floor, last: end, max: MAX_COUNT, filter });
      return count;
    },
  };
}

/** Whether a user's entries must be examined one by one for the filter. */
function isExamined(filter: EntryFilter): boolean {
  return isSearch(filter) || filter.reference !== undefined;
}

/** Creates a read of the sequence of a user's last entry before a moment; null: of the last one. */
function createSequenceBefore(database: PreparedDatabase) {
  const sequence = sql<number>`sequence_before(wanted.user_id, wanted.moment)`.mapWith(Number);
  const read = prepare(
    database,
    'sequences_before',
    database.select({ list, row: sequence }).from(
      sql`unnest(${arrayOf('users', 'uuid')}, ${arrayOf('moments', 'timestamptz')})
          with ordinality as wanted(user_id, moment, list)`,
    ),
  );
  const readLists = createReadLists<{ userId: string; moment: Date | null }, number>((requests) =>
    read({ users: requests.map(({ userId }) => userId), moments: requests.map(({ moment }) => moment) }),
  );
  return async (request: { userId: string; moment: Date | null }) => (await readLists(request))[0] ?? 0;
}

/** The entries of a user above the sequence `floor`, up to `last`, that match a filter: at most `max`. */
interface Range {
  readonly userId: string;
  readonly floor: number;
  readonly last: number;
  readonly max: number;
  readonly filter: EntryFilter;
}

function createReadRows(database: PreparedDatabase) {
  const select = database
    .select({ list, row: entryColumns })
    .from(wantedRanges())
    .crossJoinLateral(foundRows)
    .orderBy(asc(list), desc(entries.sequence));
  const read = prepare(database, 'history_search', select);
  return createReadLists<Range, Entry>((ranges) => read(rangeValues(ranges)), MAX_BATCH);
}

function createReadCount(database: PreparedDatabase) {
  const count = sql<number>`count(*)::integer`.mapWith(Number);
  const select = database.select({ list, row: count }).from(wantedRanges()).crossJoinLateral(foundRows).groupBy(list);
  const read = prepare(database, 'history_search_count', select);
  return createReadLists<Range, number>((ranges) => read(rangeValues(ranges)), MAX_BATCH);
}

const foundRows = rowsOf(
  entries,
  sql`select * from ${entries}
    where ${entries.userId} = wanted.user_id and ${entries.sequence} > wanted.floor and ${entries.sequence} <= wanted.last
      and (wanted.kinds is null or ${entries.kind} = any (string_to_array(wanted.kinds, ',')))
      and (wanted.token_id is null or ${entries.tokenId} = wanted.token_id)
      and (wanted.owner_id is null or ${entries.ownerId} = wanted.owner_id)
      and (wanted.reference is null or ${entries.reference} = wanted.reference)
    order by ${entries.sequence} desc limit wanted.max_rows`,
);

function wantedRanges() {
  return sql`unnest(${arrayOf('users', 'uuid')}, ${arrayOf('floors', 'int')}, ${arrayOf('lasts', 'int')}, ${arrayOf('limits', 'int')},
      ${arrayOf('kinds', 'text')}, ${arrayOf('tokens', 'uuid')}, ${arrayOf('owners', 'uuid')}, ${arrayOf('references', 'text')})
    with ordinality as wanted(user_id, floor, last, max_rows, kinds, token_id, owner_id, reference, list)`;
}

/** The values of the placeholders of {@link wantedRanges}. */
function rangeValues(ranges: readonly Range[]) {
  const filters = ranges.map(({ filter }) => filter);
  return {
    users: ranges.map(({ userId }) => userId),
    floors: ranges.map(({ floor }) => floor),
    lasts: ranges.map(({ last }) => last),
    limits: ranges.map(({ max }) => max),
    kinds: filters.map(({ kinds }) => kinds?.join(',') ?? null),
    tokens: filters.map(({ tokenId }) => tokenId ?? null),
    owners: filters.map(({ ownerId }) => ownerId ?? null),
    references: filters.map(({ reference }) => reference ?? null),
  };
}
