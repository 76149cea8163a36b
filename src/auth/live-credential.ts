import { sql } from 'drizzle-orm';
import type { Database } from '../database/connect.js';
import type { Actor, Credential } from './actor.js';
import { CredentialEnded, roleChanged } from './errors.js';
import { type Coordinate, PERMISSIONS, type Permission } from './permissions.js';
import { type Role, SCOPES_OF_ROLE } from './principal.js';
import type { Fault } from './rejection.js';
import { SCOPES, type Scope } from './scope.js';

/** A change as its credential was allowed to make it. */
export interface Change {
  readonly actor: Actor;
  /** The field that makes the change. */
  readonly coordinate: Coordinate;
  /** The owner of the changed object. Leave it out where ownership does not suffice. */
  readonly ownerId?: string | undefined;
}

/**
 * Locks the credential of a change against its end until the transaction ends: either it was alive when the change was
 * made, or the change is not made. Every transaction of a credential calls it, after it has waited for the rows that it
 * changes and before it commits. Changes of points check the credential within their own statement, by the same database
 * function; a change of password checks it by ending the session.
 *
 * Locks are taken in one order everywhere, so that no two transactions wait for each other: users by id (`lockUsers`; the
 * owner of the credential is one of them), the balance, posts, tokens by id, sessions by id, and last the advisory lock of
 * one owner, which a trigger takes where credentials end (`wait_for_changes`). A transaction that has locked a user as changed
 * takes the rest of what is theirs in any order, sessions before that last lock: all others lock the user first, but for a
 * renewal, which locks a session alone.
 *
 * @returns the scopes that the credential holds; the command line and the server itself hold all.
 * @throws CredentialEnded; ScopesMissing where the user of a session lost the role by which the change was allowed.
 */
export async function requireLiveCredential(
  transaction: Database,
  { actor, coordinate, ownerId }: Change,
): Promise<readonly Scope[]> {
  const { credential, userId } = actor;
  if (credential.kind === 'NONE') return SCOPES;
  const held = await lockCredential(transaction, credential);
  requireScopes({ by: { kind: credential.kind, userId }, coordinate, ownerId }, held);
  return held;
}

/** A change, and whose credential makes it. */
interface Allowed extends Pick<Change, 'coordinate' | 'ownerId'> {
  readonly by: { readonly kind: Credential['kind']; readonly userId: string | null };
}

/**
 * Requires of a credential that is alive what its change needed when it was allowed.
 *
 * @param held the scopes that the credential holds now.
 * @throws ScopesMissing where the user of a session lost the role by which the change was allowed.
 */
export function requireScopes({ by, coordinate, ownerId }: Allowed, held: readonly Scope[]): void {
  const { scopes: required, anyScopes, isOpenToOwner }: Permission = PERMISSIONS[coordinate];
  const isOwn = isOpenToOwner && by.kind === 'USER' && ownerId !== undefined && ownerId === by.userId;
  const missingAny = anyScopes.some((scope) => held.includes(scope)) ? [] : anyScopes;
  if (isOwn || (missingAny.length === 0 && required.every((scope) => held.includes(scope)))) return;
  throw roleChanged(coordinate, { required, held, missingAny });
}

/** A row of `lock_credential`: a token has scopes, a session the role of its user. */
interface CredentialState extends Record<string, unknown> {
  readonly fault: Fault | null;
  readonly scopes: readonly Scope[] | null;
  readonly role: Role | null;
}

async function lockCredential(
  transaction: Database,
  credential: Exclude<Credential, { readonly kind: 'NONE' }>,
): Promise<readonly Scope[]> {
  const tokenId = credential.kind === 'APP' ? credential.tokenId : null;
  const sessionId = credential.kind === 'USER' ? credential.sessionId : null;
  const { rows } = await transaction.execute<CredentialState>(
    sql`select fault, scopes, role from lock_credential(${tokenId}::uuid, ${sessionId}::uuid)`,
  );
  const [state] = rows;
  if (state === undefined) throw new CredentialEnded('TOKEN_INVALID');
  if (state.fault !== null) throw new CredentialEnded(state.fault);
  return state.role === null ? (state.scopes ?? []) : SCOPES_OF_ROLE[state.role];
}
