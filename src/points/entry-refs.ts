import { type SQL, sql } from 'drizzle-orm';
import type { EntryRef } from './entry.js';

/** The references that a prepared statement reads by, as rows `wanted(user_id, sequence, list)`; see {@link refValues}. */
export function wantedRefs(): SQL {
  return sql`unnest(${sql.placeholder('users')}::uuid[], ${sql.placeholder('sequences')}::int[])
    with ordinality as wanted(user_id, sequence, list)`;
}

/** The values of the placeholders of {@link wantedRefs}. */
export function refValues(refs: readonly EntryRef[]): { users: string[]; sequences: number[] } {
  return { users: refs.map(({ userId }) => userId), sequences: refs.map(({ sequence }) => sequence) };
}
