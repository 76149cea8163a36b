import { type Column, desc, getTableName, type SQL, Subquery, sql } from 'drizzle-orm';
import type { PgTable } from 'drizzle-orm/pg-core';
import { arrayOf } from './array-of.js';
import { createReadLists, type Listed, list } from './read-by-key.js';

/** A page of a list that is read by key: the items after `after`, in the list's order. */
export interface PageRequest<Key> {
  /** Number of items, 1–100. */
  readonly first: number;
  /** The key of the item before the page; undefined: the page is the first one. */
  readonly after: Key | undefined;
}

/** One page. */
export interface Page<Row> {
  readonly rows: readonly Row[];
  readonly hasNextPage: boolean;
}

/** A page of a search that examines a limited number of items, and so may end before the page is full. */
export interface SearchPage<Row, Key> extends Page<Row> {
  /** The key of the last item examined, after which the search continues; undefined: the page ends with its last row. */
  readonly searchedTo?: Key | undefined;
}

/** Makes a page of what was read with a limit of `first + 1`: one row more says that there is a next page. */
export function page<Row>(rows: readonly Row[], first: number): Page<Row> {
  return { rows: rows.slice(0, first), hasNextPage: rows.length > first };
}

/** A page of one of many lists of a kind: the posts of an author, the entries of a user. */
export interface ListRequest<Key extends readonly unknown[]> extends PageRequest<Key> {
  /** The owner of the list. */
  readonly of: string;
}

/** The placeholders of a statement that reads pages of many lists, one element per request. */
interface PageValues<Key> extends Record<string, unknown> {
  readonly of: string[];
  /** The key before the page; null: from the start. */
  readonly after: (Key | null)[];
  readonly limit: number[];
}

/**
 * Creates a read of pages of many lists of a kind: the parents of a GraphQL list share a statement.
 *
 * @param read runs the statement, a select from {@link pagesOf} or one like it.
 */
export function createReadPages<Row, Key>(
  read: (values: PageValues<Key>) => Promise<Listed<Row>[]>,
): (request: ListRequest<[Key]>) => Promise<Page<Row>> {
  const readLists = createReadLists<ListRequest<[Key]>, Row>((requests) =>
    read({
      of: requests.map((request) => request.of),
      after: requests.map((request) => request.after?.[0] ?? null),
      limit: requests.map((request) => request.first + 1),
    }),
  );
  return async (request) => page(await readLists(request), request.first);
}

/**
 * The parts of a select of pages of many lists, each in the descending order of its key:
 * `select({ list, row }).from(requests).crossJoinLateral(rows).orderBy(...order)`.
 *
 * @param of the column with the owner of the list; `key` the one that orders it.
 */
export function pagesOf(table: PgTable, { of, key }: { readonly of: Column; readonly key: Column }) {
  return {
    requests: sql`unnest(${arrayOf('of', of.getSQLType())}, ${arrayOf('after', key.getSQLType())}, ${arrayOf('limit', 'int')})
      with ordinality as wanted(list_of, after, max_rows, list)`,
    rows: rowsOf(
      table,
      sql`select * from ${table}
        where ${of} = wanted.list_of and (wanted.after is null or ${key} < wanted.after)
        order by ${key} desc limit wanted.max_rows`,
    ),
    order: [list, desc(key)] as const,
  };
}

/** Some rows of a table as a lateral join, under the table's own name, so that its columns can be selected as usual. */
export function rowsOf(table: PgTable, query: SQL): Subquery {
  return new Subquery(query, {}, getTableName(table));
}
