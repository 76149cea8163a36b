import { eq } from 'drizzle-orm';
import { ScopesMissing } from '../auth/errors.js';
import { type Change, requireLiveCredential } from '../auth/live-credential.js';
import type { Coordinate } from '../auth/permissions.js';
import type { Scope } from '../auth/scope.js';
import type { Database } from '../database/connect.js';
import { type LockedUser, lockUsers } from '../users/lock-users.js';
import { TokenNotChangeable, TokenNotFound } from './errors.js';
import { type LockedToken, lockToken } from './lock-token.js';
import { tokens } from './table.js';

/** A locked token that has neither ended nor been rotated. It may be paused. */
export interface WorkingToken {
  readonly token: LockedToken;
  readonly owner: LockedUser;
  /** The scopes that the caller's credential holds. */
  readonly held: readonly Scope[];
}

/** The field that changes a token, and its caller. */
type TokenChange = Pick<Change, 'actor' | 'coordinate' | 'delegation'>;

/**
 * Takes the locks under which a token is changed: its owner, the token, the credential.
 *
 * @throws TokenNotFound; TokenNotChangeable for a token that has ended or was rotated; CredentialEnded, ScopesMissing.
 */
export async function lockWorkingToken(transaction: Database, id: string, change: TokenChange): Promise<WorkingToken> {
  const [named] = await transaction.select({ ownerId: tokens.ownerId }).from(tokens).where(eq(tokens.id, id));
  if (named === undefined) throw new TokenNotFound();
  const users = await lockUsers(transaction, change.actor, { kept: [named.ownerId] });
  const token = await lockToken(transaction, id, change.actor);
  const held = await requireLiveCredential(transaction, change);
  const owner = users.get(named.ownerId);
  if (owner === undefined || token.hasEnded) {
    throw new TokenNotChangeable('This token has ended. Issue a new one.');
  }
  // During an overlap it still works, but its end is that of the overlap, and its successor is used.
  if (token.successorId !== null) {
    throw new TokenNotChangeable(`This token was rotated. Its successor is ${token.successorId}.`);
  }
  return { token, owner, held };
}

/**
 * Refuses to change a token with more scopes than the caller, who could give it more than they have.
 *
 * @throws ScopesMissing
 */
export function requireEachScope({ token, held }: WorkingToken, coordinate: Coordinate): void {
  if (token.scopes.every((scope) => held.includes(scope))) return;
  throw new ScopesMissing(
    coordinate,
    { required: token.scopes, held },
    (missing) => `This token has scopes that the caller lacks: ${missing}.`,
  );
}
