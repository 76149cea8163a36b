import { eq, sql } from 'drizzle-orm';
import { type AccessClaims, untimely } from '../auth/jwt.js';
import { SCOPES_OF_ROLE, type UserPrincipal } from '../auth/principal.js';
import { REJECTIONS, type Rejection } from '../auth/rejection.js';
import { createLane } from '../concurrency/batcher.js';
import type { PooledDatabase } from '../database/connect.js';
import { prepare } from '../database/prepare.js';
import { seconds } from '../database/seconds.js';
import { users } from '../users/table.js';
import { sessions } from './table.js';

/**
 * Makes the check of an access token whose signature has been verified: one look-up of the session and its user, those
 * of one turn of the event loop in one statement. Nothing is remembered between requests: whoever logged out, was
 * deleted or got another role is treated so from the next one on. The database's clock says whether the token's time is over.
 */
export function createVerifySession(
  database: PooledDatabase,
): (claims: AccessClaims) => Promise<UserPrincipal | Rejection> {
  const readRows = prepare(
    database,
    'sessions_to_verify',
    database
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
      .where(sql`${sessions.id} = any(${sql.placeholder('ids')}::uuid[])`),
  );

  const find = createLane({
    maxBatch: 1_000,
    maxQueue: 10_000,
    run: async (ids: readonly string[]) => {
      const rows = await readRows({ ids: [...new Set(ids)] });
      const found = new Map(rows.map((row) => [row.id, row]));
      return ids.map((id) => found.get(id));
    },
  });

  return async (claims) => {
    const session = await find(claims.sid);
    if (session === undefined || session.userId !== claims.sub) return REJECTIONS.TOKEN_INVALID;
    if (session.isEnded) return REJECTIONS.TOKEN_REVOKED;
    const fault = untimely(claims, session.now);
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
