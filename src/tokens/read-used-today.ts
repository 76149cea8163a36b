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
 * Creates a read of what tokens have used today, of which that counts which their limits count; concurrent reads share a
 * statement. Null for a token without a limit for a day over all users, of which nothing is counted.
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
    const { day, isToday, added, spent, addedUnlimited, spentUnlimited } = counters;
    if (!isToday) return { day, added: 0, spent: 0 };
    return {
      day,
      added: difference(added, maxAddedPerDay === null ? '0' : addedUnlimited),
      spent: difference(spent, maxSpentPerDay === null ? '0' : spentUnlimited),
    };
  };
}

const today = sql`(now() at time zone 'UTC')::date`;

const columns = {
  rootId: tokens.id,
  // A day that was counted stays until the clock has passed it: count_change.
  day: sql`greatest(${tokenCounters.day}, ${today})::timestamp at time zone 'UTC'`.mapWith(tokens.issuedAt),
  isToday: sql<boolean>`coalesce(${tokenCounters.day} >= ${today}, false)`,
  added: tokenCounters.added,
  spent: tokenCounters.spent,
  addedUnlimited: tokenCounters.addedUnlimited,
  spentUnlimited: tokenCounters.spentUnlimited,
};

/** The difference of two whole numbers as PostgreSQL writes them; null where a number cannot hold it. */
function difference(total: string | null, part: string | null): number | null {
  const counted = BigInt(total ?? 0) - BigInt(part ?? 0);
  return counted > Number.MAX_SAFE_INTEGER ? null : Number(counted);
}
