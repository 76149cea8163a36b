import { CloseCode } from 'graphql-ws';
import { isFromAllowedNetwork, NETWORK_NOT_ALLOWED } from '../auth/allowed-networks.js';
import type { Principal } from '../auth/principal.js';
import type { Fault, Rejection } from '../auth/rejection.js';

/** What the credential of a connection is worth: REFUSED has the connection closed. */
type CredentialDecision =
  | { readonly kind: 'ACCEPTED'; readonly principal: Principal }
  | { readonly kind: 'REFUSED'; readonly code: CloseCode; readonly reason: string };

/** After these a client may come back: with a new token of its session, or once its token is resumed. */
const TEMPORARY: ReadonlySet<Fault> = new Set<Fault>(['TOKEN_EXPIRED', 'TOKEN_PAUSED']);

/** Decides on a credential that was just verified, by where its connection comes from. */
export function checkCredential(
  verified: Principal | Rejection,
  { provenAddress, malformedReason }: { readonly provenAddress: string | null; readonly malformedReason: string },
): CredentialDecision {
  if (verified.kind === 'REJECTED') {
    const { fault, message } = verified;
    const code = TEMPORARY.has(fault) ? CloseCode.Forbidden : CloseCode.Unauthorized;
    return { kind: 'REFUSED', code, reason: fault === 'MALFORMED' ? malformedReason : message };
  }
  return isFromAllowedNetwork(verified, provenAddress)
    ? { kind: 'ACCEPTED', principal: verified }
    : { kind: 'REFUSED', code: CloseCode.Unauthorized, reason: NETWORK_NOT_ALLOWED };
}

/** The scopes of a principal, to compare. */
export function scopesOf(principal: Principal): string {
  return principal.kind === 'ANONYMOUS' ? '' : principal.scopes.join();
}
