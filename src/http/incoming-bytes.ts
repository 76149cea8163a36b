/**
 * Bounds the memory of requests and messages that have begun and did not arrive whole: of all clients together, and of one
 * network. Each of them has a limit of its own besides, LIMIT_BODY_BYTES.
 */
import type { Socket } from 'node:net';
import type { FastifyInstance } from 'fastify';
import type { WebSocket } from 'ws';
import { DomainError } from '../errors.js';
import { type Allocation, ClientMemory } from './client-memory.js';

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

/** @param largestBytes of one request: LIMIT_BODY_BYTES. */
export function createIncomingMemory(largestBytes: number): ClientMemory {
  return new ClientMemory({
    max: MAX_LARGEST_BODIES * largestBytes,
    maxPerNetwork: MAX_LARGEST_BODIES_PER_NETWORK * largestBytes,
  });
}

/** Counts the bodies of requests. One beyond the limits is refused, and its connection closed. */
export function countBodies(server: FastifyInstance, incoming: ClientMemory): void {
  server.addHook('preParsing', (request, reply, payload, done) => {
    const { 'content-length': length = '0', 'transfer-encoding': encoding } = request.headers;
    if (length !== '0' || encoding !== undefined) {
      const body = incoming.allocate(request.network, () => {
        // Only where a parser reads the body, it listens for errors; a body of GET is not read.
        if (payload.listenerCount('error') === 0) return void request.raw.socket.destroy();
        reply.header('connection', 'close');
        payload.emit('error', new TooMuchArriving());
      });
      payload.on('data', (chunk: Buffer) => body.grow(chunk.length));
      payload.once('end', body.free);
      request.raw.once('close', body.free);
      reply.raw.once('finish', body.free); // what arrives after the response is dropped
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
  readonly #incoming: ClientMemory;
  readonly #network: string;
  #bytes = 0;
  #allocation: Allocation | undefined;
  /** When the first of them arrived, by the clock of `performance`. */
  #since = 0;

  constructor(socket: WebSocket, connection: Socket, incoming: ClientMemory, network: string) {
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
    if (this.#bytes === 0) {
      this.#since = performance.now();
      this.#allocation = this.#incoming.allocate(this.#network, () => this.#socket.terminate());
    }
    this.#bytes += bytes;
    this.#allocation?.grow(bytes);
  }

  #remove(bytes: number): void {
    const removed = Math.min(bytes, this.#bytes);
    this.#bytes -= removed;
    if (this.#bytes === 0) this.#allocation?.free();
    else this.#allocation?.shrink(removed);
  }
}
