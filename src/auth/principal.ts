import { NO_ID } from '../input.js';
import type { Restrictions } from './restrictions.js';
import { SCOPES, type Scope } from './scope.js';

/** Who the server takes the caller for, by the credential of the request. */
export type Principal = Anonymous | Authenticated;

/** A request without a credential. */
export interface Anonymous {
  readonly kind: 'ANONYMOUS';
}

/** A request whose credential was verified. */
export type Authenticated = AppPrincipal | UserPrincipal;

interface Verified {
  /** The session's user, or the token's owner. */
  readonly userId: string;
  readonly username: string;
  /** In the enum's order. */
  readonly scopes: readonly Scope[];
  /** When the credential expires; null: never. */
  readonly expiresAt: Date | null;
}

/** A trusted application with an app token: it has the token's scopes and nothing more, whatever its owner's role. */
export interface AppPrincipal extends Verified {
  readonly kind: 'APP';
  readonly tokenId: string;
  readonly tokenName: string;
  /**
   * The scopes, the networks, and whether it has documents and counts requests, as the database writes them: a change
   * compares it.
   */
  readonly storedTerms: string;
  /** Null: it has no limits, networks or documents. */
  readonly restrictions: Restrictions | null;
}

/** A user with a session: holds the scopes of their role, and needs none for what is their own. */
export interface UserPrincipal extends Verified {
  readonly kind: 'USER';
  readonly sessionId: string;
  /** As it was when the credential was verified. */
  readonly role: Role;
}

export const ANONYMOUS: Anonymous = { kind: 'ANONYMOUS' };

export type Role = 'USER' | 'ADMIN';

/** The scopes of a logged-in user, by role. */
export const SCOPES_OF_ROLE: Readonly<Record<Role, readonly Scope[]>> = {
  USER: ['users:read', 'posts:read'],
  ADMIN: SCOPES,
};

/**
 * The user whose objects a statement is restricted to because the caller holds none of the scopes; undefined: not restricted.
 * The policy has decided already. This makes its rule part of the statement, so that a missed check affects no row.
 */
export function limitedTo(principal: Principal, ...scopes: readonly Scope[]): string | undefined {
  if (principal.kind === 'ANONYMOUS') return NO_ID;
  if (scopes.some((scope) => principal.scopes.includes(scope))) return undefined;
  return principal.kind === 'USER' ? principal.userId : NO_ID;
}

/** How many requests an app token, and all that it was rotated to and from, may send in a minute. */
export interface RequestLimit {
  /** The first token of its rotations. */
  readonly rootId: string;
  readonly requestsPerMinute: number;
}

/** The limit of the caller's own requests, which all nodes count together; undefined: there is none. */
export function requestLimitOf(principal: Principal): RequestLimit | undefined {
  if (principal.kind !== 'APP' || principal.restrictions === null) return undefined;
  const { rootId, requestsPerMinute } = principal.restrictions;
  return requestsPerMinute === null ? undefined : { rootId, requestsPerMinute };
}

/** The principal of a field that the policy keeps from anonymous callers. */
export function authenticated(principal: Principal): Authenticated {
  if (principal.kind === 'ANONYMOUS') throw new Error('The policy allowed an anonymous caller.');
  return principal;
}
