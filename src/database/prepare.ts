import { Column, type DriverValueDecoder, DrizzleQueryError, is, Placeholder, SQL } from 'drizzle-orm';
import pg from 'pg';
import type { Statements } from './sender.js';

/** A select of Drizzle's that has not run. */
export interface Select<Row> {
  readonly _: { readonly selectedFields: object; readonly result: readonly Row[] };
  toSQL(): { readonly sql: string; readonly params: unknown[] };
}

/**
 * Prepares a select that is run often. PostgreSQL parses it once for each connection, and the reader of a row is compiled
 * once: Drizzle's own `prepare` does that for each value of each row. Rows are those that Drizzle returns, except that an
 * object which an outer join leaves empty is not null as a whole.
 *
 * It reads two members that Drizzle's types hide or do not promise: `select._.selectedFields` and `SQL.decoder`. Where an
 * upgrade changes them, test/database/prepare.test.ts fails.
 *
 * @param name names the statement; each has a name of its own.
 * @returns a function that runs it with values for its placeholders.
 */
export function prepare<Row>(
  database: { readonly $client: Statements },
  name: string,
  select: Select<Row>,
): (values: Record<string, unknown>) => Promise<Row[]> {
  const { sql: text, params } = select.toSQL();
  const statement = { name, text, types: AS_TEXT };
  const names = params.map((param) => (is(param, Placeholder) ? param.name : undefined));
  const read = readerOf(select._.selectedFields);
  return async (values) => {
    const filled = names.map((name, index) => (name === undefined ? params[index] : values[name]));
    try {
      const rows = await database.$client.send(statement, filled);
      // The reader was made of the fields that make up the type of a row.
      return rows.map((row) => read(row) as Row);
    } catch (error) {
      throw new DrizzleQueryError(text, filled, error instanceof Error ? error : undefined);
    }
  };
}

/** Dates stay text: each column decodes its own. */
const AS_TEXT: pg.CustomTypesConfig = {
  getTypeParser: (type: number, format?: 'text' | 'binary') =>
    DATES.has(type) ? (text: string) => text : pg.types.getTypeParser(type, format),
};
const { DATE, INTERVAL, TIMESTAMP, TIMESTAMPTZ } = pg.types.builtins;
const DATES: ReadonlySet<number> = new Set([DATE, INTERVAL, TIMESTAMP, TIMESTAMPTZ]);

/** Reads a row, whose values are in the order of the fields; a group of fields becomes an object in the row. */
function readerOf(fields: object): Read {
  let column = 0;
  const readGroup = (group: object): Read => {
    const parts = Object.entries(group).map(([name, field]: [string, object]) => ({ name, read: readField(field) }));
    return (row) => {
      const object: Record<string, unknown> = {};
      for (const { name, read } of parts) object[name] = read(row);
      return object;
    };
  };
  const readField = (field: object): Read => {
    const decoder = is(field, Column) ? field : is(field, SQL) ? decoderOf(field) : undefined;
    if (decoder === undefined) return readGroup(field);
    const index = column++;
    return (row) => (row[index] === null ? null : decoder.mapFromDriverValue(row[index]));
  };
  return readGroup(fields);
}

type Read = (row: readonly unknown[]) => unknown;

/** The decoder that `mapWith` has set on an expression: a member that is not in Drizzle's types. */
function decoderOf(expression: SQL): DriverValueDecoder<unknown, unknown> {
  return (expression as SQL & { readonly decoder: DriverValueDecoder<unknown, unknown> }).decoder;
}
