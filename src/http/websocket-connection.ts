import { CloseCode, type ConnectionInitMessage, type Message, MessageType, stringifyMessage } from 'graphql-ws';
import type { RawData, WebSocket } from 'ws';
import { asAuthorizations, authenticate, bearerOf, parseBearer, type VerifyBearer } from '../auth/authenticate.js';
import { ANONYMOUS, type Principal } from '../auth/principal.js';
import type { Rejection } from '../auth/rejection.js';
import { CONFIRMED } from '../auth/request-credential.js';
import type { Config } from '../config.js';
import { translateError } from '../graphql/format-error.js';
import { KEY_OF_CONNECTION } from '../graphql/idempotency-header.js';
import { refusalOf } from '../throttles/errors.js';
import { CLIENT_IDLE, GOING_AWAY, TRY_AGAIN_LATER } from './close-codes.js';
import type { UnsentResponses } from './unsent-responses.js';
import { checkCredential, scopesOf } from './websocket-credential.js';
import {
  type ClientMessage,
  credentialParameters,
  DIFFERING_CREDENTIALS,
  distinct,
  MALFORMED_CREDENTIAL,
  parametersNamed,
  parseMessage,
  type Subscribe,
  type UpgradeHeaders,
} from './websocket-message.js';
import {
  type OperationConnection,
  type OperationOptions,
  TOO_MANY_OPERATIONS,
  WebSocketOperation,
} from './websocket-operation.js';

export interface ConnectionOptions extends OperationOptions {
  readonly verify: VerifyBearer;
  readonly unsent: UnsentResponses;
  /** Operations at the same time. */
  readonly maxOperations: number;
  /** Identifies the connection in the log. */
  readonly connectionId: string;
  /** The client's address in its canonical form; null: unknown. */
  readonly address: string | null;
  /** The network of that address. */
  readonly network: string;
  /** What the networks of a token are compared with: see `RequestOptions`. */
  readonly provenAddress: string | null;
  /** Whether the limits allow the client to stay, now that its credential was verified. */
  readonly mayStay: () => boolean;
  readonly upgrade: UpgradeHeaders;
  readonly transports: Pick<Config['transports'], 'jwtScheme' | 'apiTokenHeader'>;
}

/** Bytes that the client has not read yet. Above this its messages are not read either. */
const MAX_UNSENT_BYTES = 1_000_000;

/** Characters of an operation's id, which every message about it repeats. Clients send a UUID or a number. */
const MAX_ID_LENGTH = 128;

/** Characters of a ping whose payload the pong returns. The protocol has payloads be optional. */
const MAX_PING_LENGTH = 1_000;

/** How long a client has to close a connection that the server is closing. */
const CLOSING_MS = 3_000;

/**
 * One connection of the protocol graphql-transport-ws. Its credential is verified at `connection_init`, before each
 * operation, before each event is sent, and whenever `review` is called.
 */
export class WebSocketConnection {
  readonly #socket: WebSocket;
  readonly #options: ConnectionOptions;
  readonly #operations = new Map<string, WebSocketOperation>();
  /** Whether the client sent `Idempotency-Key`, in the upgrade request or in the parameters. */
  #hasIdempotencyKey: boolean;
  /** The credentials that the client sent; undefined before its `connection_init`. */
  #authorizations: readonly string[] | undefined;
  /** The close reason, should they be malformed. */
  #malformedReason = MALFORMED_CREDENTIAL;
  #principal: Principal | undefined;
  /** The decisions on subscriptions that are made again. */
  #decisions: Promise<void> | undefined;
  /** The operations whose work has not ended. */
  #running = 0;
  /** When the last operation ended, or the connection was opened, by the clock of `performance`. */
  #idleSince = performance.now();
  #isReviewing = false;
  #isDraining = false;
  #isClosed = false;

  /** What operations see of this connection. */
  readonly #operationConnection: OperationConnection;

  constructor(socket: WebSocket, options: ConnectionOptions) {
    this.#socket = socket;
    this.#options = options;
    this.#hasIdempotencyKey = options.upgrade.hasIdempotencyKey;
    const hasKey = () => this.#hasIdempotencyKey;
    const principal = () => this.#principal ?? ANONYMOUS;
    this.#operationConnection = {
      address: options.address,
      network: options.network,
      provenAddress: options.provenAddress,
      get idempotencyHeader() {
        return hasKey() ? KEY_OF_CONNECTION : undefined;
      },
      credential: {
        ...CONFIRMED, // it is verified before each operation
        get principal() {
          return principal();
        },
        verify: () => this.#verify(),
      },
      send: (message) => this.#send(message),
    };
  }

  /** Undefined until the credential has been verified. */
  get principal(): Principal | undefined {
    return this.#principal;
  }

  /** Whether the client has sent `connection_init`. */
  get isInitialised(): boolean {
    return this.#authorizations !== undefined;
  }

  get isClosed(): boolean {
    return this.#isClosed;
  }

  /** Handles a message of the client. */
  receive(data: RawData, isBinary: boolean): void {
    if (this.#isClosed) return;
    const text = String(data);
    const message = isBinary ? undefined : parseMessage(text);
    if (message === undefined) this.close(CloseCode.BadRequest, 'Invalid message received');
    else this.#handle(message, text.length <= MAX_PING_LENGTH).catch((error: unknown) => this.#fail(error));
  }

  /** Verifies the credential again, also while the client does nothing. */
  async review(): Promise<void> {
    if (this.#principal === undefined || this.#principal.kind === 'ANONYMOUS' || this.#isReviewing) return;
    this.#isReviewing = true;
    await this.#verify().catch(() => {}); // while it cannot be verified nothing is sent either
    this.#isReviewing = false;
  }

  /** Closes the connection if its client has no credential and no operation has run for so many milliseconds. */
  closeIfIdle(maxMs: number): void {
    if (this.#principal?.kind !== 'ANONYMOUS' || this.#running > 0) return;
    if (performance.now() - this.#idleSince >= maxMs) this.close(CLIENT_IDLE, 'No credential and no operation');
  }

  /** Ends subscriptions, and closes the connection when its other operations have ended. */
  drain(): void {
    this.#isDraining = true;
    for (const operation of this.#operations.values()) operation.drain();
    this.#closeIfDrained();
  }

  /** Ends every operation and closes the connection. Only the first call has an effect. */
  close(code: number, reason: string): void {
    if (this.#isClosed) return;
    this.#isClosed = true;
    for (const operation of this.#operations.values()) operation.end();
    this.#socket.resume(); // to receive the client's close frame
    this.#socket.close(code, reason);
    setTimeout(() => this.#socket.terminate(), CLOSING_MS).unref();
  }

  async #handle(message: ClientMessage, isShort: boolean): Promise<void> {
    switch (message.type) {
      case MessageType.ConnectionInit:
        return await this.#initialise(message);
      case MessageType.Ping:
        return await this.#send({
          type: MessageType.Pong,
          ...(isShort && message.payload && { payload: message.payload }),
        });
      case MessageType.Pong:
        return;
      case MessageType.Subscribe:
        return await this.#subscribe(message);
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
    const sources = [payload, payload?.['headers']];
    if (sources.some((source) => parametersNamed('idempotency-key', source).length > 0)) this.#hasIdempotencyKey = true;
    const { upgrade: sent, transports } = this.#options;
    const [parameters = [], headers = [], upgrade = []] = [...sources.map(credentialParameters), sent.credentials].map(
      (credentials) => asAuthorizations(credentials, transports),
    );
    this.#authorizations = distinct([parameters, headers, upgrade]);
    // The fault is the header's where the parameters alone would do.
    if (bearerOf(distinct([parameters, headers])) !== undefined) this.#malformedReason = DIFFERING_CREDENTIALS;
    const principal = await authenticate(parseBearer(this.#authorizations), this.#options.verify);
    const { services, network, mayStay } = this.#options;
    // Operations are counted one by one; a client that guesses at credentials never comes to have one.
    const count = principal.kind === 'REJECTED' ? services.throttles.countRejection(principal, network) : undefined;
    const refusal = refusalOf(count);
    if (refusal !== undefined) throw refusal;
    if (!(await this.#accept(principal))) return;
    if (!mayStay()) return this.close(TRY_AGAIN_LATER, 'Too many connections of this client');
    await this.#send({ type: MessageType.ConnectionAck });
  }

  async #subscribe(message: Subscribe): Promise<void> {
    if (this.#principal === undefined) return this.close(CloseCode.Unauthorized, 'Unauthorized');
    if (message.id.length > MAX_ID_LENGTH) return this.close(CloseCode.BadRequest, 'Invalid message received');
    if (this.#operations.has(message.id))
      return this.close(CloseCode.SubscriberAlreadyExists, 'Subscriber already exists');
    if (this.#isClosed || this.#isDraining) return;
    if (this.#running >= this.#options.maxOperations) {
      return await this.#send({ type: MessageType.Error, id: message.id, payload: TOO_MANY_OPERATIONS.errors });
    }
    const operation = new WebSocketOperation(message, this.#operationConnection, this.#options);
    this.#operations.set(message.id, operation);
    this.#running++;
    await operation.process();
    // The client may have completed it, and have reused the id.
    if (this.#operations.get(message.id) === operation) this.#operations.delete(message.id);
    this.#closeIfDrained();
    await operation.workEnded;
    this.#running--;
    this.#idleSince = performance.now();
  }

  /** Verifies the credential. One that is rejected, or not allowed from here, ends the connection. */
  async #verify(): Promise<Principal | Rejection> {
    const verified = await authenticate(parseBearer(this.#authorizations ?? []), this.#options.verify);
    await this.#accept(verified);
    return verified;
  }

  /** Returns whether the connection stays open. */
  async #accept(verified: Principal | Rejection): Promise<boolean> {
    if (this.#isClosed) return false;
    const { provenAddress } = this.#options;
    const decision = checkCredential(verified, { provenAddress, malformedReason: this.#malformedReason });
    if (decision.kind === 'REFUSED') {
      this.close(decision.code, decision.reason);
      return false;
    }
    const known = this.#principal;
    this.#principal = decision.principal;
    if (known !== undefined && scopesOf(known) !== scopesOf(decision.principal)) this.#decisions = this.#decideAgain();
    await this.#decisions;
    return !this.#isClosed;
  }

  /** Decides again on all subscriptions. Those that are denied now end with the denial, and the connection closes. */
  async #decideAgain(): Promise<void> {
    const running = [...this.#operations.values()].filter((operation) => operation.isSubscription);
    const denied = await Promise.all(running.map((operation) => operation.isDeniedNow()));
    if (denied.includes(true)) this.close(CloseCode.Forbidden, 'A subscription is no longer allowed.');
  }

  /** Resolves when the message was written to the network. While the client does not read, its messages are not read. */
  #send(message: Message): Promise<void> {
    const socket = this.#socket;
    return new Promise((resolve) => {
      const text = stringifyMessage(message);
      const { unsent, network } = this.#options;
      const release = unsent.hold({ network, bytes: Buffer.byteLength(text) }, () => socket.terminate());
      socket.send(text, () => {
        release();
        if (socket.isPaused && socket.bufferedAmount < MAX_UNSENT_BYTES) socket.resume();
        resolve(); // also where it failed: the socket closes then
      });
      if (socket.bufferedAmount >= MAX_UNSENT_BYTES) socket.pause();
    });
  }

  #closeIfDrained(): void {
    if (this.#isDraining && this.#operations.size === 0) this.close(GOING_AWAY, 'Going away');
  }

  #fail(error: unknown): void {
    const { extensions, unexpected } = translateError(error);
    const { connectionId, log } = this.#options;
    if (unexpected !== undefined)
      log.error(
        { event: 'websocket_unexpected_error', connectionId, err: unexpected },
        'unexpected error on a WebSocket',
      );
    if (extensions['code'] === 'INTERNAL_SERVER_ERROR')
      this.close(CloseCode.InternalServerError, 'Internal server error');
    else this.close(TRY_AGAIN_LATER, 'Try again later');
  }
}
