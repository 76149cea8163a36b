import { eq, sql } from 'drizzle-orm';
import { type AccessClaims, untimely } from '../auth/jwt.js';
import { SCOPES_OF_ROLE, type UserPrincipal } from '../auth/principal.js';
import { REJECTIONS, type Rejection } from '../auth/rejection.js';
import type { PreparedDatabase } from '../database/connect.js';
import { createReadByKey, isAnyKey } from '../database/read-by-key.js';
import { seconds } from '../database/seconds.js';
import { users } from '../users/table.js';
import { sessions } from './table.js';

/**
 * Creates the check of an access token whose signature has been verified: one look-up of the session and its user;
 * concurrent checks share a statement. Nothing is kept between requests: a log-out, a deletion or a change of role holds
 * from the next request on. The database's clock decides whether the token has expired.
 */
export function createVerifySession(
  database: PreparedDatabase,
): (claims: AccessClaims) => Promise<UserPrincipal | Rejection> {
  const find = createReadByKey(database, {
    name: 'sessions_to_verify',
    select: database
      .select({
        id: sessions.id,
        userId: users.id,
        username: users.username,
        role: users.role,
        isEnded: sql<boolean>`${sessions.endedAt} is not null or ${users.deletedAt} is not null`,
        now: seconds(sql`now()`),
      })
      .from(sessions)
      .innerJoin(users, eq(users.id, sessions.userId))
      .where(isAnyKey(sessions.id)),
    keyOf: (session) => session.id,
  });

  return async (claims) => {
    const session = await find(claims.sid);
    if (session === undefined || session.userId !== claims.sub) return REJECTIONS.TOKEN_INVALID;
    if (session.isEnded) return REJECTIONS.TOKEN_REVOKED;
    const fault = untimely(claims, session.now);
    if (fault === 'TOKEN_EXPIRED') return { ...REJECTIONS.TOKEN_EXPIRED, sessionId: session.id };
    if (fault !== undefined) return REJECTIONS[fault];
    return {
      kind: 'USER',
      sessionId: session.id,
      userId: session.userId,
      username: session.username,
      role: session.role,
      scopes: SCOPES_OF_ROLE[session.role],
      expiresAt: new Date(claims.exp * 1000),
    };
  };
}
