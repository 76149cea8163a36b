import { eq, sql } from 'drizzle-orm';
import type { PreparedDatabase } from '../database/connect.js';
import { createReadByKey, isAnyKey } from '../database/read-by-key.js';
import { tokenCounters, tokens } from './table.js';
import type { Token } from './token.js';

/** What was added and spent with a token on one day, over all users. */
export interface UsedToday {
  /** When the day began, in UTC. */
  readonly day: Date;
  /** Null: more than 2^53-1. */
  readonly added: number | null;
  /** Null: more than 2^53-1. */
  readonly spent: number | null;
}

/**
 * Creates a read of what was added and spent with tokens today; concurrent reads share a statement. Null for a token without
 * a limit for a day over all users, of which nothing is counted.
 */
export function createUsedToday(database: PreparedDatabase): (token: Token) => Promise<UsedToday | null> {
  const countersOf = createReadByKey(database, {
    name: 'token_counters',
    select: database
      .select(columns)
      .from(tokens)
      .leftJoin(tokenCounters, eq(tokenCounters.rootId, tokens.id))
      .where(isAnyKey(tokens.id)),
    keyOf: ({ rootId }) => rootId,
  });
  return async ({ rootId, maxAddedPerDay, maxSpentPerDay }) => {
    if (maxAddedPerDay === null && maxSpentPerDay === null) return null;
    const counters = await countersOf(rootId);
    if (counters === undefined) throw new Error('A token was deleted, which no code does.');
    const { day, isToday, added, spent } = counters;
    return isToday ? { day, added: exact(added), spent: exact(spent) } : { day, added: 0, spent: 0 };
  };
}

const today = sql`(now() at time zone 'UTC')::date`;

const columns = {
  rootId: tokens.id,
  // A day that was counted stays until the clock has passed it: decide_limited_change.
  day: sql`greatest(${tokenCounters.day}, ${today})::timestamp at time zone 'UTC'`.mapWith(tokens.issuedAt),
  isToday: sql<boolean>`coalesce(${tokenCounters.day} >= ${today}, false)`,
  added: tokenCounters.added,
  spent: tokenCounters.spent,
};

/** A whole number as PostgreSQL writes it; null where a number cannot hold it. */
function exact(counted: string | null): number | null {
  const points = Number(counted ?? 0);
  return points > Number.MAX_SAFE_INTEGER ? null : points;
}
