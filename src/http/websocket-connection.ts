import {
  CloseCode,
  type ConnectionInitMessage,
  type Message,
  MessageType,
  type SubscribeMessage,
  stringifyMessage,
  validateMessage,
} from 'graphql-ws';
import type { RawData, WebSocket } from 'ws';
import { parseAddress } from '../auth/actor.js';
import { authenticate, type VerifyBearer } from '../auth/authenticate.js';
import { ANONYMOUS, type Principal } from '../auth/principal.js';
import type { Rejection } from '../auth/rejection.js';
import type { ErrorCode } from '../errors.js';
import { translateError } from '../graphql/format-error.js';
import { refusalOf } from '../throttles/errors.js';
import { isRecord, withoutEmptyParameters } from './graphql-request.js';
import { type OperationOptions, WebSocketOperation } from './websocket-operation.js';

export interface ConnectionOptions extends OperationOptions {
  readonly verify: VerifyBearer;
  /** How many operations run at once. */
  readonly mostOperations: number;
  /** Names the connection in the log. */
  readonly connectionId: string;
  /** The client's address, as the server gives it. */
  readonly address: string;
  /** Whether there is room for the client, now that its credential was judged. */
  readonly mayStay: () => boolean;
  /** The `Authorization` headers of the upgrade request. Browsers cannot send one; other clients can. */
  readonly upgradeAuthorizations: readonly string[];
}

/** So many bytes may wait for a client to take them; above that it is not listened to either. */
const MOST_UNSENT_BYTES = 1_000_000;

/** RFC 6455, section 7.4.1. */
export const GOING_AWAY = 1001;
/** From IANA's registry of close codes. */
export const TRY_AGAIN_LATER = 1013;
/** The protocol's code for a client that lets the server wait. */
const CLIENT_IDLE = CloseCode.ConnectionInitialisationTimeout;

/**
 * One client, after the protocol graphql-transport-ws. Its credential is judged when it comes, before each operation,
 * before each event is sent, and whenever `review` is called: what it is worth now is what counts.
 */
export class WebSocketConnection {
  readonly #socket: WebSocket;
  readonly #options: ConnectionOptions;
  readonly #operations = new Map<string, WebSocketOperation>();
  /** The credentials that the client sent; undefined before its `connection_init`. */
  #authorizations: readonly string[] | undefined;
  #principal: Principal | undefined;
  #judgement: Promise<void> | undefined;
  #running = 0;
  /** When the last operation ended, or the connection began, by the clock of `performance`. */
  #idleSince = performance.now();
  #isReviewing = false;
  #isDraining = false;
  #isClosed = false;

  constructor(socket: WebSocket, options: ConnectionOptions) {
    this.#socket = socket;
    this.#options = options;
  }

  /** Who the client is, once the credential was judged. */
  get principal(): Principal | undefined {
    return this.#principal;
  }

  /** Whether the client has said who it is. */
  get isInitialised(): boolean {
    return this.#authorizations !== undefined;
  }

  get isClosed(): boolean {
    return this.#isClosed;
  }

  /** Takes what the client sent. */
  receive(data: RawData, isBinary: boolean): void {
    if (this.#isClosed) return;
    const message = isBinary ? undefined : parse(String(data));
    if (message === undefined) this.close(CloseCode.BadRequest, 'Invalid message received');
    else this.#take(message).catch((error: unknown) => this.#fail(error));
  }

  /** Judges the credential again, for when nothing happens that would have it judged. */
  async review(): Promise<void> {
    if (this.#principal === undefined || this.#principal.kind === 'ANONYMOUS' || this.#isReviewing) return;
    this.#isReviewing = true;
    await this.#confirm().catch(() => {}); // while nobody can say what it is worth, nothing is sent either
    this.#isReviewing = false;
  }

  /** Closes the connection if its client has no credential and no operation has run for so many milliseconds. */
  closeIfIdle(maxMs: number): void {
    if (this.#principal?.kind !== 'ANONYMOUS' || this.#running > 0) return;
    if (performance.now() - this.#idleSince >= maxMs) this.close(CLIENT_IDLE, 'No credential and no operation');
  }

  /** Ends what would never end, answers what is in flight, and says goodbye. */
  drain(): void {
    this.#isDraining = true;
    for (const operation of this.#operations.values()) operation.drain();
    this.#closeIfDrained();
  }

  /** Ends everything. The first close is the one that counts. */
  close(code: number, reason: string): void {
    if (this.#isClosed) return;
    this.#isClosed = true;
    for (const operation of this.#operations.values()) operation.end();
    this.#socket.resume(); // to hear the client say goodbye
    this.#socket.close(code, reason);
  }

  async #take(message: Message): Promise<void> {
    switch (message.type) {
      case MessageType.ConnectionInit:
        return await this.#initialise(message);
      case MessageType.Ping:
        return await this.#send({ type: MessageType.Pong, ...(message.payload && { payload: message.payload }) });
      case MessageType.Pong:
        return;
      case MessageType.Subscribe:
        return await this.#perform(message);
      case MessageType.Complete:
        this.#operations.get(message.id)?.end();
        this.#operations.delete(message.id);
        return;
      default:
        return this.close(CloseCode.BadRequest, 'Invalid message received');
    }
  }

  async #initialise({ payload }: ConnectionInitMessage): Promise<void> {
    if (this.isInitialised) {
      return this.close(CloseCode.TooManyInitialisationRequests, 'Too many initialisation requests');
    }
    this.#authorizations = distinct([
      authorizationsOf(payload),
      authorizationsOf(payload?.['headers']),
      this.#options.upgradeAuthorizations,
    ]);
    const principal = await authenticate(this.#authorizations, this.#options.verify);
    const { services, address, mayStay } = this.#options;
    // Operations are counted one by one; a client that guesses at credentials never comes to have one.
    const count = principal.kind === 'REJECTED' ? services.throttles.countRejection(parseAddress(address)) : undefined;
    const refusal = refusalOf(count);
    if (refusal !== undefined) throw refusal;
    if (!(await this.#accept(principal))) return;
    if (!mayStay()) return this.close(TRY_AGAIN_LATER, 'Too many connections without a credential');
    await this.#send({ type: MessageType.ConnectionAck });
  }

  async #perform(asked: SubscribeMessage): Promise<void> {
    if (this.#principal === undefined) return this.close(CloseCode.Unauthorized, 'Unauthorized');
    if (this.#operations.has(asked.id))
      return this.close(CloseCode.SubscriberAlreadyExists, 'Subscriber already exists');
    if (this.#isClosed || this.#isDraining) return;
    if (this.#running >= this.#options.mostOperations) {
      return await this.#send({ type: MessageType.Error, id: asked.id, payload: TOO_MANY });
    }
    const line = {
      address: this.#options.address,
      principal: () => this.#principal ?? ANONYMOUS,
      confirm: () => this.#confirm(),
      send: (message: Message) => this.#send(message),
    };
    const operation = new WebSocketOperation(asked, line, this.#options);
    this.#operations.set(asked.id, operation);
    this.#running++;
    await operation.run();
    this.#running--;
    this.#idleSince = performance.now();
    // The client may have completed it, and have used the id again.
    if (this.#operations.get(asked.id) === operation) this.#operations.delete(asked.id);
    this.#closeIfDrained();
  }

  /** Finds out what the credential is worth. If it does not count, everything ends. */
  async #confirm(): Promise<Principal | Rejection> {
    const verified = await authenticate(this.#authorizations ?? [], this.#options.verify);
    await this.#accept(verified);
    return verified;
  }

  /** Answers whether the connection goes on. */
  async #accept(principal: Principal | Rejection): Promise<boolean> {
    if (this.#isClosed) return false;
    if (principal.kind === 'REJECTED') {
      const { fault, message } = principal;
      const code = fault === 'TOKEN_EXPIRED' ? CloseCode.Forbidden : CloseCode.Unauthorized;
      this.close(code, fault === 'MALFORMED' ? MALFORMED : message);
      return false;
    }
    const known = this.#principal;
    this.#principal = principal;
    if (known !== undefined && scopesOf(known) !== scopesOf(principal)) this.#judgement = this.#judgeAgain();
    await this.#judgement;
    return !this.#isClosed;
  }

  /** Whoever may do less now is told which subscriptions end by that; for all else the client may come again. */
  async #judgeAgain(): Promise<void> {
    const running = [...this.#operations.values()].filter((operation) => operation.isSubscription);
    const denied = await Promise.all(running.map((operation) => operation.judgeAgain()));
    if (denied.includes(true)) this.close(CloseCode.Forbidden, 'You may not go on with what you began.');
  }

  /** Resolves when the message was handed over to the network. A client that does not take it is not listened to. */
  #send(message: Message): Promise<void> {
    const socket = this.#socket;
    return new Promise((resolve) => {
      socket.send(stringifyMessage(message), () => {
        if (socket.isPaused && socket.bufferedAmount < MOST_UNSENT_BYTES) socket.resume();
        resolve(); // whether or not it got away: what becomes of the connection is told by its end
      });
      if (socket.bufferedAmount >= MOST_UNSENT_BYTES) socket.pause();
    });
  }

  #closeIfDrained(): void {
    if (this.#isDraining && this.#running === 0) this.close(GOING_AWAY, 'Going away');
  }

  #fail(error: unknown): void {
    const { extensions, unforeseen } = translateError(error);
    const { connectionId, log } = this.#options;
    if (unforeseen !== undefined) log.error({ connectionId, err: unforeseen }, 'a WebSocket met an unforeseen error');
    if (extensions['code'] === 'INTERNAL_SERVER_ERROR')
      this.close(CloseCode.InternalServerError, 'Internal server error');
    else this.close(TRY_AGAIN_LATER, 'Try again later');
  }
}

const TOO_MANY = [
  {
    message: 'This connection has as many operations under way as it may. Wait until one is answered.',
    extensions: { code: 'OVERLOADED' satisfies ErrorCode, retryAfterSeconds: 1 },
  },
];

function parse(text: string): Message | undefined {
  try {
    const message: unknown = JSON.parse(text);
    return validateMessage(
      isOperation(message) ? { ...message, payload: withoutEmptyParameters(message.payload) } : message,
    );
  } catch {
    return undefined;
  }
}

function isOperation(message: unknown): message is { readonly payload: Record<string, unknown> } {
  return isRecord(message) && message['type'] === MessageType.Subscribe && isRecord(message['payload']);
}

/** A close reason has at most 123 bytes (RFC 6455, section 5.5). */
const MALFORMED = 'Send one token, as "Bearer <token>", in connectionParams.authorization.';

/** Every value of `authorization`, in any case. One that is no text is malformed, as an empty text is. */
function authorizationsOf(parameters: unknown): string[] {
  return Object.entries(isRecord(parameters) ? parameters : {})
    .filter(([name, value]) => name.toLowerCase() === 'authorization' && value != null)
    .map(([, value]) => (typeof value === 'string' ? value : ''));
}

/** The different credentials of all sources. A source that has two is malformed even where they are equal: both count. */
function distinct(sources: readonly (readonly string[])[]): string[] {
  const all = sources.flat();
  return sources.some(({ length }) => length > 1) ? all : [...new Set(all)];
}

function scopesOf(principal: Principal): string {
  return principal.kind === 'ANONYMOUS' ? '' : principal.scopes.join();
}
