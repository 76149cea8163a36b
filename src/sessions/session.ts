import { type SQL, sql } from 'drizzle-orm';
import type { Config } from '../config.js';
import { sessions } from './table.js';

/** A session as it may be shown. `isExpired` is by the database's clock, when it was read. */
export type Session = Omit<typeof sessions.$inferSelect, 'counter'> & { readonly isExpired: boolean };

/** The columns of a {@link Session}. */
export const sessionColumns = {
  id: sessions.id,
  userId: sessions.userId,
  createdAt: sessions.createdAt,
  renewedAt: sessions.renewedAt,
  expiresAt: sessions.expiresAt,
  endedAt: sessions.endedAt,
  isExpired: sql<boolean>`${sessions.expiresAt} <= now()`,
};

/** The state of a session. */
export type SessionState = 'ACTIVE' | 'EXPIRED' | 'ENDED';

/** A session that has both ended and expired is ENDED, which was decided. */
export function sessionState({ endedAt, isExpired }: Session): SessionState {
  if (endedAt !== null) return 'ENDED';
  return isExpired ? 'EXPIRED' : 'ACTIVE';
}

/** When a session that began at `createdAt` ends, unless it is renewed again. */
export function endOfSession(createdAt: SQL, { idleDays, absoluteDays }: Config['sessions']): SQL {
  const idle = sql`now() + ${hours(idleDays)}`;
  return absoluteDays === 0 ? idle : sql`least(${idle}, ${createdAt} + ${hours(absoluteDays)})`;
}

/** In hours: a day of PostgreSQL is one of its time zone, and can have 23 of them. */
function hours(days: number): SQL {
  return sql`make_interval(hours => ${24 * days}::int)`;
}
