import { type Column, type SQL, sql } from 'drizzle-orm';
import { createBatcher } from '../concurrency/batcher.js';
import type { PreparedDatabase } from './connect.js';
import { prepare, type Select } from './prepare.js';

/** Keys of one statement: few enough that it takes milliseconds. */
const MAX_BATCH = 1_000;

/** Keys that wait, of one kind of read. */
const MAX_QUEUE = 100_000;

export interface ReadByKeyOptions<Row> {
  /** Names the prepared statement; each has a name of its own. */
  readonly name: string;
  /** A select with the condition {@link isAnyKey}, or of rows that are joined with the placeholder `keys`. */
  readonly select: Select<Row>;
  /** The key by which a row is read; no two rows have the same. */
  readonly keyOf: (row: Row) => string;
}

/** Creates a read of one row by its key; concurrent reads share a statement. */
export function createReadByKey<Row>(
  database: PreparedDatabase,
  { name, select, keyOf }: ReadByKeyOptions<Row>,
): (key: string) => Promise<Row | undefined> {
  const read = prepare(database, name, select);
  return createBatcher<string, Row | undefined>({
    maxBatch: MAX_BATCH,
    maxQueue: MAX_QUEUE,
    schedule: database.$client.atEndOfTurn,
    run: async (keys) => {
      const rows = await read({ keys: [...new Set(keys)] });
      const found = new Map(rows.map((row) => [keyOf(row), row]));
      return keys.map((key) => found.get(key));
    },
  });
}

/** The condition that a column is one of the keys. */
export function isAnyKey(column: Column): SQL {
  return sql`${column} = any(${sql.placeholder('keys')}::${sql.raw(column.getSQLType())}[])`;
}

/** Creates a count of the items of a list; concurrent counts share a statement. An owner without a row has none. */
export function createReadCount(
  database: PreparedDatabase,
  options: Omit<ReadByKeyOptions<{ of: string; count: number }>, 'keyOf'>,
): (of: string) => Promise<number> {
  const read = createReadByKey(database, { ...options, keyOf: (row) => row.of });
  return async (of) => (await read(of))?.count ?? 0;
}

/** A row of one of many lists. */
export interface Listed<Row> {
  /** The number of its list, in the order of the requests, from 1. */
  readonly list: number;
  readonly row: Row;
}

/**
 * Creates a read of a list of rows per request; concurrent reads share a statement.
 *
 * @param read one statement for many requests, which returns the rows of all lists, each list in its order.
 */
export function createReadLists<Request, Row>(
  read: (requests: readonly Request[]) => Promise<readonly Listed<Row>[]>,
  maxBatch = MAX_BATCH,
): (request: Request) => Promise<readonly Row[]> {
  return createBatcher<Request, readonly Row[]>({
    maxBatch,
    maxQueue: MAX_QUEUE,
    run: async (requests) => {
      const lists = requests.map((): Row[] => []);
      for (const { list, row } of await read(requests)) lists[list - 1]?.push(row);
      return lists;
    },
  });
}

/** The column `list` of a select whose requests are `unnest(…) with ordinality as wanted(…, list)`. */
export const list = sql<number>`wanted.list`.mapWith(Number);
