import { type Actor, actorOf, type Recheck } from '../auth/actor.js';
import { isFromAllowedNetwork } from '../auth/allowed-networks.js';
import type { BasicCredentials } from '../auth/basic.js';
import { CredentialEnded, NetworkNotAllowed, OperationAbandoned } from '../auth/errors.js';
import type { Principal } from '../auth/principal.js';
import type { RequestCredential } from '../auth/request-credential.js';
import type { DailyLimit } from '../points/daily-limit.js';
import type { AuthorizedContext } from '../policy/policy.js';
import type { HeaderKey } from './idempotency-header.js';
import type { OperationRun } from './operation-run.js';
import { ResponseBudget } from './response-budget.js';
import type { Services } from './services.js';
import type { Trace } from './trace.js';

/** What resolvers are given, whichever transport the operation came by. */
export interface Context extends AuthorizedContext {
  readonly services: Services;
  readonly request: RequestContext;
  readonly response: ResponseBudget;
}

export interface RequestOptions {
  /** Identifies the request in the log, and to the client where an unexpected error occurred. */
  readonly id: string;
  /** GET runs queries only, and subscriptions run over WebSocket only. */
  readonly method: 'GET' | 'POST' | 'WEBSOCKET';
  /** The client's address in its canonical form; null: unknown. */
  readonly address: string | null;
  /** The network of that address. */
  readonly network: string;
  /** What the networks of a token are compared with: the address, or null where it may be another's. */
  readonly provenAddress: string | null;
  readonly credential: RequestCredential;
  /** What the `Authorization` header held instead of a valid token. In both cases the operation runs anonymously. */
  readonly instead?: { readonly kind: 'EXPIRED' } | BasicCredentials | undefined;
  /** The header `Idempotency-Key`; undefined: none was sent. */
  readonly idempotencyHeader?: HeaderKey | undefined;
  readonly run: OperationRun;
  readonly trace: Trace;
  /** Of a subscription that is decided again: the users it follows. */
  readonly followed?: FollowedUsers;
}

/**
 * The ids of the users that a subscription named when it began, by lower-case name. A name may change hands while it runs;
 * whom it follows, and whether that is the caller, does not.
 */
export type FollowedUsers = Map<string, string>;

/** One request: where it came from, its credential, and how far it has come. */
export class RequestContext {
  readonly id: string;
  readonly method: RequestOptions['method'];
  readonly network: string;
  readonly instead: RequestOptions['instead'];
  readonly idempotencyHeader: HeaderKey | undefined;
  readonly run: OperationRun;
  readonly trace: Trace;
  readonly followed: FollowedUsers;
  /** The daily limits of the app token after the last change of points; undefined: it has none, or changed none. */
  dailyLimits: readonly DailyLimit[] | undefined;
  readonly #address: string | null;
  readonly #provenAddress: string | null;
  readonly #credential: RequestCredential;

  constructor(options: RequestOptions) {
    this.id = options.id;
    this.method = options.method;
    this.network = options.network;
    this.instead = options.instead;
    this.idempotencyHeader = options.idempotencyHeader;
    this.run = options.run;
    this.trace = options.trace;
    this.followed = options.followed ?? new Map();
    this.#address = options.address;
    this.#provenAddress = options.provenAddress;
    this.#credential = options.credential;
  }

  get principal(): Principal {
    return this.#credential.principal;
  }

  /** Whether the principal may send requests from where this one came from. */
  get isFromAllowedNetwork(): boolean {
    return isFromAllowedNetwork(this.principal, this.#provenAddress);
  }

  /** The principal as it is recorded, with the client's address. It keeps the scopes and the role of this moment. */
  get actor(): Actor {
    return actorOf(this.principal, { address: this.#address, network: this.network, recheck: this.recheck });
  }

  /**
   * Verifies the credential again. Where it still counts, `principal` is what it is worth now.
   *
   * @throws CredentialEnded; NetworkNotAllowed; OperationAbandoned where the response was sent already.
   */
  readonly recheck: Recheck = async () => {
    const verified = await this.#credential.verify();
    if (this.run.isAbandoned) throw new OperationAbandoned();
    if (verified.kind === 'REJECTED') throw new CredentialEnded(verified.fault);
    if (!isFromAllowedNetwork(verified, this.#provenAddress)) throw new NetworkNotAllowed();
  };

  /** See {@link RequestCredential.ask}. */
  askCredential(): void {
    this.#credential.ask();
  }

  /** See {@link RequestCredential.confirm}. */
  confirmCredential(): Promise<boolean> {
    return this.#credential.confirm();
  }

  /** See {@link RequestCredential.keepOutcome}. */
  keepOutcome(): void {
    this.#credential.keepOutcome();
  }
}

/** Creates the context of one request, for HTTP and WebSocket. */
export function createContext(services: Services, options: RequestOptions): Context {
  const response = new ResponseBudget(services.limits.responseBytes);
  return { services, request: new RequestContext(options), response };
}
