/**
 * Bounds the memory of requests and messages that have begun and did not arrive whole: of all clients together, and of one
 * network. Each of them has a limit of its own besides, LIMIT_BODY_BYTES.
 */
import type { Socket } from 'node:net';
import type { FastifyInstance } from 'fastify';
import type { WebSocket } from 'ws';
import { parseAddress } from '../auth/actor.js';
import { networkOf } from '../auth/network.js';
import { DomainError } from '../errors.js';

/** Bodies of LIMIT_BODY_BYTES that may arrive at the same time. */
const MAX_LARGEST_BODIES = 64;
/** Those of one network. */
const MAX_LARGEST_BODIES_PER_NETWORK = 8;

/** How long a message over WebSocket may take to arrive, as a request over HTTP may. */
const MAX_MESSAGE_MS = 20_000;

/** Too much is arriving already. Nothing of the request ran. */
class TooMuchArriving extends DomainError {
  readonly code = 'OVERLOADED';

  constructor() {
    super('The server is receiving too many large requests. Retry after 1 s.', { retryAfterSeconds: 1 });
  }
}

/** The bytes that have arrived of requests and messages that are not whole. */
export class IncomingBytes {
  readonly #largestBytes: number;
  readonly #byNetwork = new Map<string, number>();
  #bytes = 0;

  /** @param largestBytes of one request: LIMIT_BODY_BYTES. */
  constructor(largestBytes: number) {
    this.#largestBytes = largestBytes;
  }

  /** Counts bytes, to be removed when their request is whole or has failed. Returns whether the limits allow them. */
  add(network: string, bytes: number): boolean {
    const ofNetwork = (this.#byNetwork.get(network) ?? 0) + bytes;
    this.#byNetwork.set(network, ofNetwork);
    this.#bytes += bytes;
    return (
      this.#bytes <= MAX_LARGEST_BODIES * this.#largestBytes &&
      ofNetwork <= MAX_LARGEST_BODIES_PER_NETWORK * this.#largestBytes
    );
  }

  remove(network: string, bytes: number): void {
    const rest = (this.#byNetwork.get(network) ?? 0) - bytes;
    if (rest > 0) this.#byNetwork.set(network, rest);
    else this.#byNetwork.delete(network);
    this.#bytes -= bytes;
  }
}

/** Counts the bodies of requests. One beyond the limits is refused, and its connection closed. */
export function countBodies(server: FastifyInstance, incoming: IncomingBytes): void {
  server.addHook('preParsing', (request, reply, payload, done) => {
    const { 'content-length': length = '0', 'transfer-encoding': encoding } = request.headers;
    if (length !== '0' || encoding !== undefined) {
      const network = networkOf(parseAddress(request.ip));
      let bytes = 0;
      let isHeld = true;
      const release = () => {
        if (isHeld) incoming.remove(network, bytes);
        isHeld = false;
      };
      payload.on('data', (chunk: Buffer) => {
        if (!isHeld) return; // what arrives after the response is dropped
        bytes += chunk.length;
        if (incoming.add(network, chunk.length)) return;
        // Only where a parser reads the body, it listens for errors; a body of GET is not read.
        if (payload.listenerCount('error') === 0) return void request.raw.socket.destroy();
        reply.header('connection', 'close');
        payload.emit('error', new TooMuchArriving());
      });
      request.raw.once('close', release);
      reply.raw.once('finish', release);
    }
    done();
  });
}

/**
 * Counts the bytes of a WebSocket that belong to no whole message yet. Where one chunk, of up to 64 KB, ends a message and
 * begins the next, the beginning is not counted.
 */
export class IncomingMessage {
  readonly #socket: WebSocket;
  readonly #incoming: IncomingBytes;
  readonly #network: string;
  #bytes = 0;
  /** When the first of them arrived, by the clock of `performance`. */
  #since = 0;

  constructor(socket: WebSocket, connection: Socket, incoming: IncomingBytes, network: string) {
    this.#socket = socket;
    this.#incoming = incoming;
    this.#network = network;
    // Before the listener of `ws`, which emits the message that a chunk completes.
    connection.prependListener('data', (chunk: Buffer) => this.#add(chunk.length));
    socket.on('message', () => this.#remove(this.#bytes));
    // Control frames may come between the frames of a message. A client's have 6 bytes beside their payload.
    socket.on('ping', (payload) => this.#remove(6 + payload.length));
    socket.on('pong', (payload) => this.#remove(6 + payload.length));
    socket.on('close', () => this.#remove(this.#bytes));
  }

  /** Ends the connection if a message has begun and is not whole after {@link MAX_MESSAGE_MS}. */
  endIfOverdue(): void {
    if (this.#bytes === 0) return;
    if (this.#socket.isPaused) this.#since = performance.now(); // then it is the server that does not read
    if (performance.now() - this.#since >= MAX_MESSAGE_MS) this.#socket.terminate();
  }

  #add(bytes: number): void {
    if (this.#bytes === 0) this.#since = performance.now();
    this.#bytes += bytes;
    if (!this.#incoming.add(this.#network, bytes)) this.#socket.terminate();
  }

  #remove(bytes: number): void {
    const removed = Math.min(bytes, this.#bytes);
    this.#bytes -= removed;
    this.#incoming.remove(this.#network, removed);
  }
}
