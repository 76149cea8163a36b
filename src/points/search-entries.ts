/** Lists the entries of all users, newest first. The key of a list is the user id and the sequence. */
import { and, desc, eq, gte, inArray, lt, type SQL, sql } from 'drizzle-orm';
import type { Database } from '../database/connect.js';
import { countUpTo, MAX_COUNT } from '../database/filtered-list.js';
import { type PageRequest, page, rowsOf, type SearchPage } from '../database/page.js';
import { type Entry, entryColumns } from './entry.js';
import { type EntryFilter, isSearch } from './entry-filter.js';
import { entries } from './table.js';

type EntriesRequest = PageRequest<[userId: string, sequence: number]>;

/**
 * How many entries a page examines: few at first, since a filter that many entries pass fills it from these. Among ten
 * million entries 500 take 10 ms of the database, 5,000 take 45 ms.
 */
const EXAMINED = [500, 5_000] as const;

/** How many entries a count examines: some 0.5 s of the database. */
const MAX_COUNTED = 100_000;

const NEWEST_FIRST = sql`${entries.recordedAt} desc, ${entries.userId} desc, ${entries.sequence} desc`;
const OLDEST_FIRST = sql`${entries.recordedAt}, ${entries.userId}, ${entries.sequence}`;

/** A page of the entries that a filter selects. It may end before it is full: see {@link SearchPage}. */
export async function listEntries(
  database: Database,
  request: EntriesRequest,
  filter: EntryFilter,
): Promise<SearchPage<Entry, [string, number]>> {
  if (!isSearch(filter)) return await listNext(database, request, filter);
  const [few, many] = EXAMINED;
  const near = await search(database, request, filter, few);
  return near.searchedTo === undefined ? near : await search(database, request, filter, many);
}

/** The number of entries that a filter selects, up to 10,000, among the newest 100,000 of its period or with its reference. */
export async function countEntries(database: Database, filter: EntryFilter): Promise<number> {
  const examined = select(filter, { after: undefined, max: isSearch(filter) ? MAX_COUNTED : MAX_COUNT });
  return await countUpTo(database, sql`select from (${examined}) as ${entries} where ${isFound(filter) ?? sql`true`}`);
}

async function listNext(database: Database, { first, after }: EntriesRequest, filter: EntryFilter) {
  const rows = await database
    .select(entryColumns)
    .from(rowsOf(entries, select(filter, { after, max: first + 1 })))
    .orderBy(NEWEST_FIRST);
  return page(rows, first);
}

/** Examines up to `max` entries. */
async function search(
  database: Database,
  { first, after }: EntriesRequest,
  filter: EntryFilter,
  max: number,
): Promise<SearchPage<Entry, [string, number]>> {
  // The last one examined is a row of its own, if there may be more.
  const rows = await database
    .select({ row: entryColumns, isFound: sql<boolean>`is_found` })
    .from(
      rowsOf(
        entries,
        sql`with examined as materialized (${select(filter, { after, max })})
          (select *, true as is_found from examined as ${entries} where ${isFound(filter)} order by ${NEWEST_FIRST} limit ${first + 1})
          union all
          (select *, false from examined as ${entries} where (select count(*) from examined) = ${max} order by ${OLDEST_FIRST} limit 1)`,
      ),
    )
    .orderBy(desc(sql`is_found`), NEWEST_FIRST);
  const found = rows.filter(({ isFound }) => isFound).map(({ row }) => row);
  const last = rows.find(({ isFound }) => !isFound)?.row;
  if (found.length > first || last === undefined) return page(found, first);
  return { rows: found, hasNextPage: true, searchedTo: [last.userId, last.sequence] };
}

/** Selects up to `max` entries, newest first: those with the reference of a filter, or of all; in its period. */
function select(
  { reference, since, until }: EntryFilter,
  { after, max }: { readonly after: EntriesRequest['after']; readonly max: number },
): SQL {
  const [userId, sequence] = after ?? [null, null];
  if (reference === undefined) {
    return sql`select * from entries_between(${max}, ${userId}, ${sequence}, ${since ?? null}, ${until ?? null})`;
  }
  const { recordedAt } = entries;
  const cursorTime = sql`(select e.created_at from ${entries} e where e.user_id = ${userId}::uuid and e.sequence = ${sequence}::integer)`;
  const isNext = sql`(${recordedAt}, ${entries.userId}, ${entries.sequence}) < (${cursorTime}, ${userId}::uuid, ${sequence}::integer)`;
  const isWanted = and(
    eq(entries.reference, reference),
    after === undefined ? undefined : isNext,
    since === undefined ? undefined : gte(recordedAt, since),
    until === undefined ? undefined : lt(recordedAt, until),
  );
  return sql`select * from ${entries} where ${isWanted} order by ${NEWEST_FIRST} limit ${max}`;
}

/** What is examined one by one. */
function isFound({ kinds, tokenId, ownerId }: EntryFilter): SQL | undefined {
  return and(
    kinds === undefined ? undefined : inArray(entries.kind, [...kinds]),
    tokenId === undefined ? undefined : eq(entries.tokenId, tokenId),
    ownerId === undefined ? undefined : eq(entries.ownerId, ownerId),
  );
}
