import { type Actor, actorOf, type Recheck } from '../auth/actor.js';
import type { BasicCredentials } from '../auth/basic.js';
import { CredentialEnded, OperationAbandoned } from '../auth/errors.js';
import type { Jwts } from '../auth/jwt.js';
import type { Principal } from '../auth/principal.js';
import type { Rejection } from '../auth/rejection.js';
import type { Database } from '../database/connect.js';
import type { AuthorizedContext } from '../policy/policy.js';
import type { PointsFeed } from '../points/feed/points-feed.js';
import type { Ledger } from '../points/ledger.js';
import type { SessionTokens } from '../sessions/session-tokens.js';
import type { Throttles } from '../throttles/throttles.js';
import type { Passwords } from '../users/password-hash.js';
import type { HeaderKey } from './idempotency-header.js';
import type { Reads } from './reads.js';
import type { ReadRequiredScopes } from './required-scopes.js';
import type { Trace } from './trace.js';

/** What a resolver is given: who asks, and what there is to answer with. */
export interface Context extends Services, AuthorizedContext {
  readonly principal: Principal;
  /** The same for the record, with the address that the request came from. */
  readonly actor: Actor;
  /** The name and the password that came with the request, instead of those of `logIn`; undefined: none did. */
  readonly basic?: BasicCredentials | undefined;
  /** Whether the request carried a credential that has expired: it runs anonymously, and only what is public throughout. */
  readonly hasExpired?: boolean | undefined;
  /** The header `Idempotency-Key`; undefined: none was sent. */
  readonly idempotencyHeader?: HeaderKey | undefined;
  /** Names the request in the log, and to the client where something unforeseen went wrong. */
  readonly requestId: string;
  readonly trace: Trace;
  /**
   * Verifies the credential again; `principal` and `actor` are then what it is worth now. Call it on the context that a
   * resolver is given: Apollo executes with a copy of the one that was made here.
   *
   * @throws CredentialEnded, OperationAbandoned
   */
  readonly recheck: (this: CallerOfContext) => Promise<void>;
}

/** The part of a context that `recheck` renews. */
interface CallerOfContext {
  principal: Principal;
  actor: Actor;
}

/** How the credential of a request is verified, again and again. */
export interface Verification {
  readonly trace: Trace;
  /** The client's address, as the server gives it. */
  readonly address: string;
  /** What the credential is worth now. */
  readonly verify: () => Promise<Principal | Rejection>;
}

/** Makes what renews a context, and the actor of each principal. */
export function createRecheck({ trace, address, verify }: Verification) {
  const verifyNow = async (): Promise<Principal> => {
    const verified = await verify();
    if (trace.state === 'ABANDONED') throw new OperationAbandoned();
    if (verified.kind === 'REJECTED') throw new CredentialEnded(verified.fault);
    return verified;
  };
  const actorFor = (principal: Principal): Actor => actorOf(principal, { address, recheck });
  const recheck: Recheck = async () => {
    await verifyNow();
  };
  const renew: Context['recheck'] = async function () {
    this.principal = await verifyNow();
    this.actor = actorFor(this.principal);
  };
  return { actorFor, renew };
}

/** What a request over HTTP brings along. */
export interface ContextRequest
  extends Verification,
    Pick<Context, 'principal' | 'basic' | 'hasExpired' | 'idempotencyHeader' | 'requestId' | 'trace'> {}

/** Makes the context of a request. Spelt out, because V8 takes 10 µs to spread as many properties and add more. */
export function createContext(services: Services, request: ContextRequest): Context {
  const { principal } = request;
  const { actorFor, renew } = createRecheck(request);
  return {
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
    actor: actorFor(principal),
    basic: request.basic,
    hasExpired: request.hasExpired,
    idempotencyHeader: request.idempotencyHeader,
    requestId: request.requestId,
    trace: request.trace,
    recheck: renew,
  };
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
