import type { Credential } from '../../../src/auth/actor.js';
import { type Authenticated, SCOPES_OF_ROLE } from '../../../src/auth/principal.js';
import { REJECTIONS, type Rejection } from '../../../src/auth/rejection.js';
import type { Scope } from '../../../src/auth/scope.js';

/** What the database holds of the one credential that clients send. */
export interface State {
  readonly fault: 'NONE' | 'TOKEN_REVOKED' | 'TOKEN_EXPIRED';
  /** Whether it may do everything that clients ask for; otherwise only what needs no more than `users:read`. */
  readonly isPrivileged: boolean;
  /** When it ends, which a token's owner may change. */
  readonly end: 'NEVER' | 'LATER';
}

export type Kind = Authenticated['kind'];

/** What may happen to a credential, between any two steps of a request. */
export const EVENTS = {
  REVOKE: (state: State): State => ({ ...state, fault: 'TOKEN_REVOKED' }),
  /** The session is ended, the owner is deleted: the database tells neither from a revocation. */
  EXPIRE: (state: State): State => (state.fault === 'NONE' ? { ...state, fault: 'TOKEN_EXPIRED' } : state),
  /** The token has fewer scopes, or the user lost the role … */
  NARROW: (state: State): State => ({ ...state, isPrivileged: false }),
  /** … and was given it again. */
  WIDEN: (state: State): State => ({ ...state, isPrivileged: true }),
  ROTATE: (state: State): State => ({ ...state, end: 'LATER' }),
} as const;

export const OWNER_ID = '01900000-0000-7000-8000-00000000000c';

const FEW: readonly Scope[] = ['users:read'];
const MANY: readonly Scope[] = ['users:read', 'points:read', 'points:add', 'points:spend', 'posts:write'];

/** By the clock of this process neither has passed. */
const LATER = new Date(8_000_000_000_000);

/** What a look-up returns. */
export function verified(kind: Kind, state: State): Authenticated | Rejection {
  if (state.fault !== 'NONE') return REJECTIONS[state.fault];
  return principalOf(kind, state);
}

function principalOf(kind: Kind, { isPrivileged, end }: State): Authenticated {
  const common = { userId: OWNER_ID, username: 'caller' };
  if (kind === 'USER') {
    const role = isPrivileged ? 'ADMIN' : 'USER';
    return { ...common, kind, sessionId: 'a session', role, scopes: SCOPES_OF_ROLE[role], expiresAt: LATER };
  }
  const scopes = isPrivileged ? MANY : FEW;
  const expiresAt = end === 'LATER' ? LATER : null;
  return {
    ...common,
    kind,
    tokenId: 'a token',
    tokenName: 'a token',
    scopes,
    storedTerms: scopes.join(),
    restrictions: null,
    expiresAt,
  };
}

/** Whether a statement finds the credential as it was allowed: a session's expiry is not in the database. */
export function isAsAllowed(credential: Credential, state: State): boolean {
  if (credential.kind === 'NONE') return true;
  if (credential.kind === 'USER') {
    return state.fault !== 'TOKEN_REVOKED' && credential.role === (state.isPrivileged ? 'ADMIN' : 'USER');
  }
  return state.fault === 'NONE' && credential.storedTerms === (state.isPrivileged ? MANY : FEW).join();
}

/** Whether it may make a change, when the change is made. */
export function mayChange(kind: Kind, { fault, isPrivileged }: State): boolean {
  return isPrivileged && (kind === 'USER' ? fault !== 'TOKEN_REVOKED' : fault === 'NONE');
}

/** What `viewer` shows of it. */
export function viewerOf(kind: Kind, state: State) {
  const { scopes, expiresAt } = principalOf(kind, state);
  return {
    scopes: scopes.map((scope) => scope.replace(':', '_').toUpperCase()),
    expiresAt: expiresAt?.toISOString() ?? null,
  };
}
