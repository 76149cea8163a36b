import { once } from 'node:events';
import http, { type ClientRequest, type IncomingMessage } from 'node:http';
import https from 'node:https';
import { isIP } from 'node:net';
import { type AddressRules, createLookUp, isPublicAddress, type LookUp } from './address.js';
import { createAgents, createGuardedLookUp } from './connections.js';
import { parseRetryAfter } from './retry-after.js';
import { AddressNotAllowed, codeOf, describeSendFailure, Timeout } from './send-failure.js';

/** One request to a receiver. */
export interface Delivery {
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
  /**
   * Asked once a new connection is there, which the receiver can make last for seconds: whether the message may still be sent.
   * Before that nothing of it leaves the process. By default it may.
   */
  readonly confirm?: (() => Promise<boolean>) | undefined;
  /** Ends the request early. */
  readonly signal?: AbortSignal | undefined;
}

/** How a request ended. */
export type Attempt =
  | { readonly kind: 'ACCEPTED'; readonly status: number }
  | {
      readonly kind: 'FAILED';
      /** A status, `HTTP 500`, or the kind of error; never a part of a response or an address. */
      readonly error: string;
      /** Null: there was no response. */
      readonly status: number | null;
      /** What the receiver asks for, up to a day; null: nothing. */
      readonly retryAfterSeconds: number | null;
    };

/** The message was not confirmed once the connection was there. Nothing of it was sent. */
export class Unconfirmed extends Error {}

/**
 * Sends one message.
 *
 * @throws Unconfirmed; the reason of the signal where it ends the request before a response: whether it was accepted is unknown.
 */
export type SendMessage = (delivery: Delivery) => Promise<Attempt>;

export interface SendOptions extends AddressRules {
  /** {@link createLookUp} unless given. */
  readonly lookUp?: LookUp;
  /** 15 s unless given: what Standard Webhooks recommends at least. */
  readonly timeoutMs?: number;
}

const TIMEOUT_MS = 15_000;

/** A response may have a body of this size; it is dropped, so that the connection can be used again. */
const MAX_BODY_BYTES = 1_024;

/** Sends messages by HTTP. Redirects are not followed: where they lead was not checked. `close` ends idle connections. */
export function createSendMessage(options: SendOptions): { readonly send: SendMessage; close(): void } {
  const { privateNetworks, lookUp = createLookUp(options), timeoutMs = TIMEOUT_MS } = options;
  const agents = createAgents();
  const guardedLookUp = createGuardedLookUp(lookUp, { privateNetworks });

  const begin = ({ url, headers }: Delivery): ClientRequest => {
    const { protocol, hostname } = new URL(url);
    requireAllowedLiteral(hostname, { privateNetworks });
    const common = { method: 'POST', headers, lookup: guardedLookUp };
    if (protocol === 'https:') return https.request(url, { ...common, agent: agents.https });
    if (!privateNetworks) throw new AddressNotAllowed('The URL does not begin with https.');
    return http.request(url, { ...common, agent: agents.http });
  };

  const attempt = async (delivery: Delivery, deadline: AbortSignal): Promise<Attempt> => {
    try {
      return attemptOf(await exchange(() => begin(delivery), delivery, deadline));
    } catch (error) {
      if (delivery.signal?.aborted === true) throw delivery.signal.reason;
      if (error instanceof Unconfirmed) throw error;
      return { kind: 'FAILED', error: describeSendFailure(error), status: null, retryAfterSeconds: null };
    }
  };

  return {
    send: async (delivery) => {
      const end = new AbortController();
      const timer = setTimeout(() => end.abort(new Timeout()), timeoutMs);
      // `AbortSignal.any` would keep a reference in a signal that outlives thousands of requests.
      const { signal } = delivery;
      const abort = () => end.abort(signal?.reason);
      if (signal?.aborted === true) abort();
      signal?.addEventListener('abort', abort);
      try {
        return await attempt(delivery, end.signal);
      } finally {
        clearTimeout(timer);
        signal?.removeEventListener('abort', abort);
      }
    },
    close: agents.close,
  };
}

/** Node connects to a host that is an address without a look-up. */
function requireAllowedLiteral(hostname: string, { privateNetworks }: AddressRules): void {
  const host = hostname.replace(/^\[(.*)\]$/, '$1');
  if (isIP(host) === 0 || privateNetworks || isPublicAddress(host)) return;
  throw new AddressNotAllowed('The host is an address that is not allowed.');
}

type Response = Pick<IncomingMessage, 'statusCode' | 'headers'>;

/**
 * Sends again at once where the receiver closed a kept connection. Usually it did so before the request arrived. If it closed
 * it after it had processed the request, it gets the same message twice, as it may of every event.
 */
async function exchange(begin: () => ClientRequest, delivery: Delivery, deadline: AbortSignal): Promise<Response> {
  for (;;) {
    deadline.throwIfAborted();
    const request = begin();
    try {
      return await responseTo(request, delivery, deadline);
    } catch (error) {
      if (!request.reusedSocket || codeOf(error) !== 'ECONNRESET' || deadline.aborted) throw error;
    }
  }
}

/** The response, once its body has ended or is dropped. */
function responseTo(request: ClientRequest, delivery: Delivery, deadline: AbortSignal): Promise<Response> {
  return new Promise((resolve, reject) => {
    let response: IncomingMessage | undefined;
    // What the status said stands, whatever happens to the body.
    const end = (error: unknown): void => {
      deadline.removeEventListener('abort', abort);
      if (response === undefined) reject(error);
      else resolve(response);
    };
    const abort = (): void => {
      end(deadline.reason);
      request.destroy();
    };
    deadline.addEventListener('abort', abort);
    const fail = (error: unknown): void => {
      end(error);
      request.destroy();
    };
    request.on('socket', () => void sendBody(request, delivery).catch(fail));
    request.on('error', end).on('response', (received) => {
      response = received;
      let bytes = 0;
      received
        .on('data', (chunk: Buffer) => {
          bytes += chunk.length;
          if (bytes > MAX_BODY_BYTES) request.destroy();
        })
        .on('error', end)
        .on('close', () => end(undefined));
    });
  });
}

/** Writes the request once its connection is there. */
async function sendBody(request: ClientRequest, { body, confirm }: Delivery): Promise<void> {
  const { socket, reusedSocket } = request;
  if (socket !== null && !reusedSocket && confirm !== undefined) {
    if (socket.connecting) await once(socket, 'encrypted' in socket ? 'secureConnect' : 'connect');
    // A failure to ask is none of the receiver's.
    const isConfirmed = await confirm().catch((cause: unknown) => {
      throw new Unconfirmed('Whether the message may be sent could not be read.', { cause });
    });
    if (!isConfirmed) throw new Unconfirmed('The message may not be sent any more.');
  }
  request.end(body);
}

function attemptOf({ statusCode = 0, headers }: Response): Attempt {
  if (statusCode >= 200 && statusCode < 300) return { kind: 'ACCEPTED', status: statusCode };
  const retryAfterSeconds = parseRetryAfter(headers['retry-after'], Date.now());
  return { kind: 'FAILED', error: `HTTP ${statusCode}`, status: statusCode, retryAfterSeconds };
}
