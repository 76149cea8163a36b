import { type SQL, sql } from 'drizzle-orm';

/**
 * A placeholder for an array, one element per request of a statement.
 *
 * @param type the type of the elements in PostgreSQL, which becomes a part of the statement.
 */
export function arrayOf(name: string, type: string): SQL {
  return sql`${sql.placeholder(name)}::${sql.raw(type)}[]`;
}
