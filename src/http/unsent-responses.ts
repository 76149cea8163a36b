/**
 * Bounds the memory of responses that wait for their clients to read them. Buffers of the operating system, some 4 MB for
 * each connection, are not counted: they are its own, and bounded by it.
 */
import type { FastifyInstance } from 'fastify';

/** How long a client has to read a response: 10 MB at 1.4 Mbit/s. */
const MAX_UNSENT_MS = 60_000;

/** Responses of LIMIT_RESPONSE_BYTES that may wait, of all clients together. */
const MAX_LARGEST_RESPONSES = 8;

interface Unsent {
  readonly bytes: number;
  /** Ends the connection, and forgets the response. */
  readonly cutOff: () => void;
}

/** The responses, over HTTP and WebSocket, that the operating system has not taken yet. */
export class UnsentResponses {
  readonly #maxBytes: number;
  /** The oldest first. */
  readonly #unsent = new Set<Unsent>();
  #bytes = 0;

  /** @param largestBytes of one response: LIMIT_RESPONSE_BYTES. */
  constructor(largestBytes: number) {
    this.#maxBytes = MAX_LARGEST_RESPONSES * largestBytes;
  }

  /**
   * Holds a response until the returned function is called, which may be called again. Its client is cut off after
   * {@link MAX_UNSENT_MS}, or earlier where the oldest response gives way to newer ones: all together never hold more than
   * the maximum and the newest.
   *
   * @param disconnect ends the connection.
   */
  hold(bytes: number, disconnect: () => void): () => void {
    const release = () => {
      if (this.#unsent.delete(response)) this.#bytes -= bytes;
      clearTimeout(timer);
    };
    const cutOff = () => {
      release();
      disconnect();
    };
    const response = { bytes, cutOff };
    const timer = setTimeout(cutOff, MAX_UNSENT_MS).unref();
    for (const oldest of this.#unsent) {
      if (this.#bytes <= this.#maxBytes - bytes) break;
      oldest.cutOff();
    }
    this.#unsent.add(response);
    this.#bytes += bytes;
    return release;
  }
}

/** Holds each response over HTTP that is sent whole. Files are streamed, at the pace at which the client reads them. */
export function holdUnsent(server: FastifyInstance, unsent: UnsentResponses): void {
  server.addHook('onSend', ({ raw: { socket } }, { raw: response }, payload, done) => {
    if (typeof payload === 'string' && !response.destroyed) {
      response.once(
        'close',
        unsent.hold(Buffer.byteLength(payload), () => socket.destroy()),
      );
    }
    done();
  });
}
