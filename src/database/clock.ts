import { sql } from 'drizzle-orm';
import type { Database } from './connect.js';

/** The database's clock, by which rows are dated, to the millisecond below. */
export async function readClock(database: Database): Promise<Date> {
  const { rows } = await database.execute<{ milliseconds: number }>(
    sql`select floor(extract(epoch from now()) * 1000)::float8 as milliseconds`,
  );
  const [row] = rows;
  if (row === undefined) throw new Error('The database returned no time.');
  return new Date(row.milliseconds);
}
