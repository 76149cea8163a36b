/**
 * A client of Scrip for Node 20 and later and for browsers. It has no dependencies.
 *
 * ```ts
 * const client = createClient({ url: 'https://points.example.com/graphql', credential: 'scrip_app_…' });
 * const outcome = await client.spend({ user: { username: 'bob' }, points: 3, idempotencyKey: 'order-1' });
 * ```
 */
import { asCredential, type Credential, postAs } from './credential.js';
import { type FollowedEntry, type FollowOptions, follow } from './follow.js';
import {
  AddPointsDocument,
  type AddPointsInput,
  BalanceDocument,
  type HeldPointsFragment,
  type HoldPointsInput,
  SpendPointsDocument,
  type SpendPointsInput,
  TransferPointsDocument,
  type TransferPointsInput,
  type UserBy,
} from './generated.js';
import { type Endpoint, postUntilFinal } from './post.js';
import { errorIn } from './response.js';
import { thrownFor } from './response-error.js';
import { type Keyed, type NotApplied, type Send, type Settled, settle } from './settle.js';
import type { SocketConstructor } from './websocket.js';
import { type Work, withHold } from './with-hold.js';

export type { Credential } from './credential.js';
export type { FollowedEntry, FollowOptions } from './follow.js';
export type {
  AddPointsInput,
  CredentialsInput,
  HeldPointsFragment as HeldPoints,
  HoldPointsInput,
  SpendPointsInput,
  TransferPointsInput,
  UserBy,
} from './generated.js';
export type { Endpoint } from './post.js';
export type { Response } from './response.js';
export {
  ApiError,
  type ErrorDetails,
  isRefusal,
  isRetryable,
  type ResponseError,
  retryDelay,
  Unavailable,
} from './response-error.js';
export { createSession, LoggedOut, type Session, type SessionOptions } from './session.js';
export type { Keyed, NotApplied, Send } from './settle.js';
export type { SessionStorage } from './stored-pair.js';
export type { TypedDocument } from './typed-document.js';
export type { Socket, SocketConstructor } from './websocket.js';
export type { Work } from './with-hold.js';

export interface ClientOptions extends Endpoint {
  /** The secret of an app token, or the session of a user. Without it, requests are anonymous. */
  readonly credential?: string | Credential | undefined;
  /** For `follow`. Default: the global `WebSocket`, which Node.js 20 lacks: pass that of the package `ws` there. */
  readonly WebSocket?: SocketConstructor;
  /** How long a change is sent again while its outcome is uncertain, and then how long its outcome is asked for. Default 15. */
  readonly retrySeconds?: number;
}

/** The result of a change of points. */
export type Outcome = Applied | NotApplied;

export interface Applied {
  readonly kind: 'APPLIED';
  /** The balance of the user after the change; of a transfer, that of the user who gave. */
  readonly points: number;
  /** The entry in the ledger. `follow` with its sequence as `after` continues from here. */
  readonly entry: { readonly id: string; readonly sequence: number };
  /** Whether the change was made by an earlier request with the same idempotency key. */
  readonly replayed: boolean;
}

export interface Balance {
  readonly points: number;
  /** The points that are not held. */
  readonly available: number;
  /** Of the last entry; 0: there is none. */
  readonly sequence: number;
}

/**
 * Changes are sent again with the same idempotency key while their outcome is uncertain, so that they have one effect. Create
 * the key when the user decides, and keep it until you have the outcome. They throw Unavailable where no certain response
 * arrived within `retrySeconds`: try again later, with the same key. They throw ApiError where the API did not run the request,
 * for example because the token was revoked. With a session, every method can throw LoggedOut.
 */
export interface Client {
  add(input: Keyed<AddPointsInput>): Promise<Outcome>;
  spend(input: Keyed<SpendPointsInput>): Promise<Outcome>;
  transfer(input: Keyed<TransferPointsInput>): Promise<Outcome>;
  /**
   * Holds points, runs `work`, and takes as many points as it returns. If it throws, the points are released. Called again with
   * the same key, it continues with the same hold. If the hold has ended, it does not run the work, and returns what was taken.
   * A key has at most 247 characters here.
   */
  withHold(input: Keyed<HoldPointsInput>, work: (hold: HeldPointsFragment) => Promise<number>): Promise<Work>;
  /** The balance of a user; undefined: there is no such user. @throws ApiError, Unavailable. */
  balance(user: UserBy): Promise<Balance | undefined>;
  /**
   * Every entry of a user after a sequence, once and in order. Connects again when the connection is lost, and renews the
   * session. @throws ApiError.
   */
  follow(user: UserBy, options?: FollowOptions): AsyncGenerator<FollowedEntry, void>;
  /** Sends any operation once. The result has what the server responded, errors included. */
  readonly send: Send;
}

export function createClient(options: ClientOptions): Client {
  const { retrySeconds = 15 } = options;
  const credential = asCredential(options.credential);
  const sendWith =
    (isRepeatable: boolean): Send =>
    (document, variables) =>
      postAs(options, credential, { document, variables, isRepeatable });
  const send = sendWith(true);
  const sender = { send, retrySeconds };
  return {
    send: sendWith(false),
    add: async (input) => outcomeOf(await settle(sender, { user: input.user, document: AddPointsDocument, input })),
    spend: async (input) => outcomeOf(await settle(sender, { user: input.user, document: SpendPointsDocument, input })),
    transfer: async (input) =>
      outcomeOf(await settle(sender, { user: input.from, document: TransferPointsDocument, input })),
    withHold: (input, work) => withHold(sender, input, work),
    balance: async (user) => {
      const response = await postUntilFinal(() => send(BalanceDocument, { user }), retrySeconds);
      if (response.data?.user === null && response.errors === undefined) return undefined;
      const { points, pointsAvailable: available, pointsHistory } = response.data?.user ?? {};
      if (points == null || available == null || pointsHistory == null) throw thrownFor(errorIn(response));
      const [last] = pointsHistory.nodes;
      return { points: last?.balanceAfter ?? points, available, sequence: last?.sequence ?? 0 };
    },
    follow: (user, followOptions) => {
      const WebSocket = options.WebSocket ?? globalThis.WebSocket;
      if (WebSocket === undefined) {
        throw new TypeError('There is no global WebSocket. Pass the WebSocket of the package ws to createClient.');
      }
      return follow({ url: options.url, WebSocket, credential }, user, followOptions);
    },
  };
}

function outcomeOf(settled: Settled): Outcome {
  if (settled.kind === 'REFUSED') return settled;
  const { points, entry, replayed = false } = settled.result;
  if (points === undefined || entry === undefined) throw new Error('The response has no balance.');
  return { kind: 'APPLIED', points, entry, replayed };
}
