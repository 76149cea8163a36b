import { type Column, type SQL, sql } from 'drizzle-orm';

/** The condition that a column contains a text, without regard to case; every character stands for itself. */
export function contains(column: Column, text: string): SQL {
  return sql`lower(${column}) like lower(${`%${text.replace(/[\\%_]/g, '\\$&')}%`})`;
}
