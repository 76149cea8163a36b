/**
 * Bounds the memory of responses that wait for their clients to read them. Buffers of the operating system, some 4 MB for
 * each connection, are not counted: they are its own, and bounded by it.
 */
import type { FastifyInstance } from 'fastify';
import { TimeoutQueue } from '../concurrency/timeout-queue.js';
import { ClientMemory } from './client-memory.js';

/** How long a client has to read a response: 10 MB at 1.4 Mbit/s. */
const MAX_UNSENT_MS = 60_000;

/** Responses of LIMIT_RESPONSE_BYTES that may wait, of all clients together. */
const MAX_LARGEST_RESPONSES = 8;

/** The responses, over HTTP and WebSocket, that the operating system has not taken yet. */
export class UnsentResponses {
  readonly #memory: ClientMemory;
  readonly #timeouts = new TimeoutQueue(MAX_UNSENT_MS);

  /** @param largestBytes of one response: LIMIT_RESPONSE_BYTES. */
  constructor(largestBytes: number) {
    this.#memory = new ClientMemory({ max: MAX_LARGEST_RESPONSES * largestBytes });
  }

  /**
   * Holds a response until the returned function is called, which may be called again. Its client is cut off after
   * {@link MAX_UNSENT_MS}, or earlier where others need the memory and its network holds most of it: all together never
   * hold more than the maximum and the newest.
   *
   * @param disconnect ends the connection.
   */
  hold({ network, bytes }: { network: string; bytes: number }, disconnect: () => void): () => void {
    const cutOff = () => {
      release();
      disconnect();
    };
    const cancel = this.#timeouts.start(cutOff);
    const allocation = this.#memory.allocate(network, cutOff);
    const release = () => {
      cancel();
      allocation.free();
    };
    allocation.grow(bytes);
    return release;
  }
}

/** Holds each response over HTTP that is sent whole. Files are streamed, at the pace at which the client reads them. */
export function holdUnsent(server: FastifyInstance, unsent: UnsentResponses): void {
  server.addHook('onSend', ({ network, raw: { socket } }, { raw: response }, payload, done) => {
    if (typeof payload === 'string' && !response.destroyed) {
      const held = { network, bytes: Buffer.byteLength(payload) };
      response.once(
        'close',
        unsent.hold(held, () => socket.destroy()),
      );
    }
    done();
  });
}
