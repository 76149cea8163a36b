import { type Column, type SQL, sql } from 'drizzle-orm';

/** An instant of the database's as seconds since 1970, with their fractions: what JSON Web Tokens count in. */
export function seconds(instant: SQL | Column): SQL<number> {
  return sql<number>`extract(epoch from ${instant})::float8`;
}
