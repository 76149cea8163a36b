import { type Column, type SQL, sql } from 'drizzle-orm';

/**
 * The condition that a column contains a text, without regard to case; every character stands for itself. ASCII is folded
 * in any language of the database, in Turkish too; other letters as that language has them.
 */
export function contains(column: Column, text: string): SQL {
  const pattern = `%${text.replace(/[\\%_]/g, '\\$&')}%`;
  return sql`(lower(${column}) like lower(${pattern}) or lower(${column} collate "C") like lower(${pattern} collate "C"))`;
}
