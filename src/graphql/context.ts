import { type Actor, actorOf, type Recheck } from '../auth/actor.js';
import type { BasicCredentials } from '../auth/basic.js';
import { CredentialEnded, OperationAbandoned } from '../auth/errors.js';
import type { Jwts } from '../auth/jwt.js';
import type { Principal } from '../auth/principal.js';
import type { Rejection } from '../auth/rejection.js';
import type { Database } from '../database/connect.js';
import type { PointsFeed } from '../points/feed/points-feed.js';
import type { Ledger } from '../points/ledger.js';
import type { SessionTokens } from '../sessions/session-tokens.js';
import type { Throttles } from '../throttles/throttles.js';
import type { Passwords } from '../users/password-hash.js';
import type { Reads } from './reads.js';
import type { ReadRequiredScopes } from './required-scopes.js';
import type { Trace } from './trace.js';

/** What a resolver is given: who asks, and what there is to answer with. */
export interface Context extends Services {
  readonly principal: Principal;
  /** The same for the record, with the address that the request came from. */
  readonly actor: Actor;
  /** The name and the password that came with the request, instead of those of `logIn`; undefined: none did. */
  readonly basic?: BasicCredentials | undefined;
  /** Names the request in the log, and to the client where something unforeseen went wrong. */
  readonly requestId: string;
  readonly trace: Trace;
  /** Verifies the credential again; `principal` and `actor` are then what it is worth now. */
  readonly recheck: Recheck;
}

/** What a request over HTTP brings along. */
export interface ContextRequest extends Pick<Context, 'principal' | 'basic' | 'requestId' | 'trace'> {
  /** The client's address, as the server gives it. */
  readonly address: string;
  readonly verify: VerifyAgain;
}

/** Finds out what the credential of a request is worth now. */
export type VerifyAgain = () => Promise<Principal | Rejection>;

/** Makes the context of a request. Spelt out, because V8 takes 10 µs to spread as many properties and add more. */
export function createContext(
  services: Services,
  { principal, basic, requestId, trace, address, verify }: ContextRequest,
): Context {
  const recheck = async () => {
    const verified = await verifyAgain(context, verify);
    context.principal = verified;
    context.actor = actorOf(verified, { address, recheck });
  };
  const context: { -readonly [Key in keyof Context]: Context[Key] } = {
    database: services.database,
    reads: services.reads,
    readRequiredScopes: services.readRequiredScopes,
    ledger: services.ledger,
    pointsFeed: services.pointsFeed,
    passwords: services.passwords,
    jwts: services.jwts,
    sessionTokens: services.sessionTokens,
    throttles: services.throttles,
    principal,
    actor: actorOf(principal, { address, recheck }),
    basic,
    requestId,
    trace,
    recheck,
  };
  return context;
}

/**
 * What the credential of a running operation is worth now.
 *
 * @throws CredentialEnded, OperationAbandoned
 */
export async function verifyAgain(
  { principal, trace }: Pick<Context, 'principal' | 'trace'>,
  verify: VerifyAgain,
): Promise<Principal> {
  // An anonymous request has nothing that could end, and `verify` might give it a credential.
  const verified = principal.kind === 'ANONYMOUS' ? principal : await verify();
  if (trace.state === 'ABANDONED') throw new OperationAbandoned();
  if (verified.kind === 'REJECTED') throw new CredentialEnded(verified.fault);
  return verified;
}

/** The parts of the process that requests share. */
export interface Services {
  readonly database: Database;
  readonly reads: Reads;
  readonly readRequiredScopes: ReadRequiredScopes;
  readonly ledger: Ledger;
  readonly pointsFeed: PointsFeed;
  readonly passwords: Passwords;
  readonly jwts: Jwts;
  readonly sessionTokens: SessionTokens;
  readonly throttles: Throttles;
}
