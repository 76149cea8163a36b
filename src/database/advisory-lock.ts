import { sql } from 'drizzle-orm';
import type { Database } from './connect.js';

const FUNCTIONS = {
  TRANSACTION: sql.raw('pg_try_advisory_xact_lock'),
  SESSION: sql.raw('pg_try_advisory_lock'),
} as const;

/**
 * Takes an advisory lock if it is free, without waiting. A lock of a transaction ends with it; a pooler in transaction mode
 * can carry no other.
 *
 * @param key any number that no other lock uses, the same in every release, so that nodes share it.
 * @returns whether the lock was taken.
 */
export async function tryAdvisoryLock(
  database: Database,
  key: number,
  scope: keyof typeof FUNCTIONS = 'TRANSACTION',
): Promise<boolean> {
  const { rows } = await database.execute<{ locked: boolean }>(sql`select ${FUNCTIONS[scope]}(${key}) as locked`);
  return rows[0]?.locked === true;
}
