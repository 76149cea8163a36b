import { eq, sql } from 'drizzle-orm';
import type { Actor } from '../auth/actor.js';
import { CredentialEnded, ScopesMissing } from '../auth/errors.js';
import { SCOPES_OF_ROLE } from '../auth/principal.js';
import { SCOPES, type Scope } from '../auth/scope.js';
import type { Database } from '../database/connect.js';
import { sessions } from '../sessions/table.js';
import { tokens } from '../tokens/table.js';
import { users } from './table.js';

/** The field whose change a credential makes, and the scopes by which it was allowed. */
export interface Permission {
  readonly coordinate: string;
  readonly scopes: readonly Scope[];
}

/**
 * Locks the credential of a change against its end, until the transaction ends: it was alive when the change was made, or
 * the change is not made. Every operation that a credential may be needed for calls it, after it has waited for the rows
 * that it changes and before it commits. Changes of points check the credential within their own statement, and a change
 * of password by the session that it ends.
 *
 * Locks are taken in one order everywhere, so that no two transactions wait for each other: posts, then users by id
 * (`lockUsers`, with the user behind a session among them), then a balance, then tokens or sessions by id.
 *
 * @param permission undefined: the change needs no scope (`logOut`, `revokeCurrentToken`), so that no role counts and the
 *   user need not be locked.
 * @returns the scopes that the credential holds; the command line and the server itself hold all.
 * @throws CredentialEnded; ScopesMissing where the user of a session lost a scope by which the change was allowed. A scope
 *   that the user never had is not missed: the change is one of their own things.
 */
export async function requireLiveCredential(
  transaction: Database,
  { credential }: Actor,
  permission: Permission | undefined,
): Promise<readonly Scope[]> {
  switch (credential.kind) {
    case 'NONE':
      return SCOPES;
    case 'APP':
      return await scopesOfToken(transaction, credential.tokenId);
    case 'USER': {
      const role = await roleOfSession(transaction, credential.sessionId);
      const held = SCOPES_OF_ROLE[role];
      const lost = SCOPES_OF_ROLE[credential.role].filter((scope) => !held.includes(scope));
      if (permission?.scopes.some((scope) => lost.includes(scope))) {
        throw new ScopesMissing(
          permission.coordinate,
          { required: permission.scopes, held },
          (missing) => `The user's role has changed, and lacks ${missing}. Nothing was changed.`,
        );
      }
      return held;
    }
  }
}

async function scopesOfToken(transaction: Database, tokenId: string): Promise<readonly Scope[]> {
  const [token] = await transaction
    .select({
      scopes: tokens.scopes,
      revokedAt: tokens.revokedAt,
      // The clock, not the transaction's time: a rotation may have ended the token while this waited for a lock.
      isExpired: sql<boolean>`coalesce(${tokens.expiresAt} <= clock_timestamp(), false)`,
    })
    .from(tokens)
    .where(eq(tokens.id, tokenId))
    .for('share');
  if (token === undefined) throw new CredentialEnded('TOKEN_INVALID');
  if (token.revokedAt !== null) throw new CredentialEnded('TOKEN_REVOKED');
  if (token.isExpired) throw new CredentialEnded('TOKEN_EXPIRED');
  return token.scopes;
}

/** The row of the user is locked already: it is read as it stays. */
async function roleOfSession(transaction: Database, sessionId: string) {
  const [session] = await transaction
    .select({ role: users.role, endedAt: sessions.endedAt, deletedAt: users.deletedAt })
    .from(sessions)
    .innerJoin(users, eq(users.id, sessions.userId))
    .where(eq(sessions.id, sessionId))
    .for('share', { of: sessions });
  if (session === undefined) throw new CredentialEnded('TOKEN_INVALID');
  if (session.endedAt !== null || session.deletedAt !== null) throw new CredentialEnded('TOKEN_REVOKED');
  return session.role;
}
