import { sql } from 'drizzle-orm';
import type { Database } from '../database/connect.js';
import type { Actor, Credential } from './actor.js';
import { CredentialChanged, CredentialEnded, roleChanged, TokenLimited } from './errors.js';
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
  /**
   * The coordinate by which the change gives access to others, which a token with limits, networks or documents may not; null:
   * none. By default `coordinate`, if the field always does.
   */
  readonly delegation?: DelegatingCoordinate | null | undefined;
  /** An input field of the change that has a rule of its own. */
  readonly input?: Coordinate | undefined;
}

/** The fields and input fields that give access to others, as the delegations of the policy. */
export type DelegatingCoordinate =
  | (typeof DELEGATING_FIELDS)[number]
  | 'CreateUserInput.password'
  | 'CreateUserInput.role'
  | 'UpdateUserInput.role';

const DELEGATING_FIELDS = [
  'Mutation.issueToken',
  'Mutation.updateToken',
  'Mutation.resumeToken',
  'Mutation.rotateToken',
  'Mutation.setPassword',
  'Mutation.createWebhook',
  'Mutation.updateWebhook',
  'Mutation.rotateWebhookKey',
  'Mutation.pauseWebhook',
  'Mutation.resumeWebhook',
  'Mutation.testWebhook',
  'Mutation.redeliverWebhook',
  'Mutation.deleteWebhook',
] as const;

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
 * @throws CredentialEnded; ScopesMissing where the user of a session lost the role by which the change was allowed;
 *   TokenLimited; CredentialChanged where a token has other scopes or networks than those by which it was allowed.
 */
export async function requireLiveCredential(transaction: Database, change: Change): Promise<readonly Scope[]> {
  const { actor, coordinate, ownerId, input } = change;
  const { credential, userId } = actor;
  if (credential.kind === 'NONE') return SCOPES;
  const { held, terms, isRestricted } = await lockCredential(transaction, credential);
  const by = { kind: credential.kind, userId };
  requireScopes({ by, coordinate, ownerId }, held);
  if (input !== undefined) requireScopes({ by, coordinate: input }, held);
  const delegation = delegationOf(change);
  if (isRestricted && delegation !== null) throw new TokenLimited(delegation, PERMISSIONS[coordinate].scopes);
  if (credential.kind === 'APP' && terms !== credential.storedTerms) throw new CredentialChanged();
  return held;
}

function delegationOf({ coordinate, delegation }: Change): DelegatingCoordinate | null {
  if (delegation !== undefined) return delegation;
  return DELEGATING_FIELDS.find((field) => field === coordinate) ?? null;
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
  /** Of a token; see `AppPrincipal.storedTerms`. */
  readonly terms: string | null;
  /** Whether a token has limits, networks or documents. */
  readonly is_restricted: boolean;
}

/** A credential that is alive, under its lock. */
interface LiveCredential {
  readonly held: readonly Scope[];
  readonly terms: string | null;
  readonly isRestricted: boolean;
}

async function lockCredential(
  transaction: Database,
  credential: Exclude<Credential, { readonly kind: 'NONE' }>,
): Promise<LiveCredential> {
  const tokenId = credential.kind === 'APP' ? credential.tokenId : null;
  const sessionId = credential.kind === 'USER' ? credential.sessionId : null;
  const { rows } = await transaction.execute<CredentialState>(
    sql`select fault, scopes, role, terms, is_restricted from lock_credential(${tokenId}::uuid, ${sessionId}::uuid, true)`,
  );
  const [state] = rows;
  if (state === undefined) throw new CredentialEnded('TOKEN_INVALID');
  if (state.fault !== null) throw new CredentialEnded(state.fault);
  const held = state.role === null ? (state.scopes ?? []) : SCOPES_OF_ROLE[state.role];
  return { held, terms: state.terms, isRestricted: state.is_restricted };
}
