import { getTableName, type SQL, Subquery } from 'drizzle-orm';
import type { PgTable } from 'drizzle-orm/pg-core';
import { createLane } from '../concurrency/batcher.js';

/** A stretch of a list that is read by key: what stands behind `after`, in the list's order. */
export interface PageRequest<Key> {
  /** 1 to 100. */
  readonly first: number;
  /** The key of the item to go on behind; undefined: from the start. */
  readonly after: Key | undefined;
}

/** One page. */
export interface Page<Row> {
  readonly rows: readonly Row[];
  readonly hasNextPage: boolean;
}

/** Makes a page of what was read with a limit of `first + 1`: the one row too many says that there is more. */
export function page<Row>(rows: readonly Row[], first: number): Page<Row> {
  return { rows: rows.slice(0, first), hasNextPage: rows.length > first };
}

/** A page of one of many lists of a kind: the posts of an author, the entries of a user. */
export interface ListRequest<Key extends readonly unknown[]> extends PageRequest<Key> {
  /** Whose list. */
  readonly of: string;
}

/**
 * Reads pages of many lists of a kind in one statement: what all the parents of a GraphQL list ask for.
 *
 * @param read answers the rows of all lists, each list in its order, and with each row the number of its list, from 1.
 *   It takes columns for a `wanted` relation: whose list, the key to go on behind (null: from the start), the most rows.
 */
export function createListLane<Row, Key>(
  read: (wanted: { of: string[]; after: (Key | null)[]; most: number[] }) => Promise<{ list: number; row: Row }[]>,
): (request: ListRequest<[Key]>) => Promise<Page<Row>> {
  return createLane({
    maxBatch: 1_000,
    maxQueue: 100_000,
    run: async (requests: readonly ListRequest<[Key]>[]) => {
      const rows = await read({
        of: requests.map((request) => request.of),
        after: requests.map((request) => request.after?.[0] ?? null),
        most: requests.map((request) => request.first + 1),
      });
      const lists = requests.map((): Row[] => []);
      for (const { list, row } of rows) lists[list - 1]?.push(row);
      return requests.map(({ first }, index) => page(lists[index] ?? [], first));
    },
  });
}

/** Counts the items of many lists of a kind in one statement. */
export function createCountLane(
  read: (of: string[]) => Promise<{ of: string; count: number }[]>,
): (of: string) => Promise<number> {
  return createLane({
    maxBatch: 1_000,
    maxQueue: 100_000,
    run: async (lists: readonly string[]) => {
      const counts = new Map((await read([...new Set(lists)])).map((row) => [row.of, row.count]));
      return lists.map((of) => counts.get(of) ?? 0);
    },
  });
}

/** Some rows of a table as a lateral join, under the table's own name, so that its columns can be selected as usual. */
export function rowsOf(table: PgTable, query: SQL): Subquery {
  return new Subquery(query, {}, getTableName(table));
}
