/** A subscription over a WebSocket of its own, in the protocol graphql-transport-ws. */
import { isErrorList, type Response, readResponse } from './response.js';
import type { ResponseError } from './response-error.js';
import type { TypedDocument } from './typed-document.js';

/** What is used of a WebSocket: that of browsers, of Node 22 and later, and of the package `ws` fits. */
export interface Socket {
  onopen: ((event: never) => void) | null;
  onmessage: ((event: never) => void) | null;
  onerror: ((event: never) => void) | null;
  onclose: ((event: never) => void) | null;
  send(text: string): void;
  close(code?: number, reason?: string): void;
}

export type SocketConstructor = new (url: string, protocol: string) => Socket;

/** What a subscription says: that its connection was acknowledged, its results, and last how it ended. */
export type Message<Data> =
  | { readonly kind: 'ACKNOWLEDGED' }
  | { readonly kind: 'NEXT'; readonly result: Response<Data> }
  | { readonly kind: 'FAILED'; readonly errors: readonly ResponseError[] }
  | { readonly kind: 'CLOSED'; readonly code: number; readonly reason: string };

interface Subscription<Data, Variables> {
  /** Of the API, as http: or https:. */
  readonly url: string;
  readonly WebSocket: SocketConstructor;
  readonly token: string | undefined;
  readonly document: TypedDocument<Data, Variables>;
  readonly variables: Variables;
  readonly signal: AbortSignal | undefined;
}

/** For the connection and its acknowledgement. Afterwards, a server that is silent for as long is asked to respond. */
const SILENCE_MS = 15_000;

/** Messages that may wait for the reader. With more, the connection is closed; those that wait can still be read. */
const MAX_WAITING = 1_000;

/** RFC 6455, section 7.4.1: there was no close frame. */
const ABNORMAL = 1006;

/** Subscribes. Leaving the loop over the result closes the connection; `signal` also does it while nothing arrives. */
export async function* subscribe<Data, Variables>(
  subscription: Subscription<Data, Variables>,
): AsyncGenerator<Message<Data>, void> {
  const waiting: Message<Data>[] = [];
  let wake = () => {};
  const connection = new Connection(subscription, (message) => {
    waiting.push(message);
    wake();
    return waiting.length < MAX_WAITING;
  });
  try {
    for (;;) {
      const message = waiting.shift();
      if (message === undefined) {
        await new Promise<void>((resolve) => {
          wake = resolve;
        });
        continue;
      }
      yield message;
      if (message.kind === 'FAILED' || message.kind === 'CLOSED') return;
    }
  } finally {
    connection.close();
  }
}

class Connection<Data, Variables> {
  readonly #socket: Socket;
  readonly #subscription: Subscription<Data, Variables>;
  readonly #receive: (message: Message<Data>) => boolean;
  #timer: ReturnType<typeof setTimeout>;
  /** Whether the server has to respond: at first, to `connection_init`. */
  #isAsked = true;
  #isEnded = false;

  /** `receive` returns whether it has room for more. */
  constructor(subscription: Subscription<Data, Variables>, receive: (message: Message<Data>) => boolean) {
    const { url, WebSocket, token, signal } = subscription;
    this.#subscription = subscription;
    this.#receive = receive;
    this.#socket = new WebSocket(url.replace(/^http/, 'ws'), 'graphql-transport-ws');
    this.#timer = setTimeout(this.#onSilence, SILENCE_MS);
    const payload = token === undefined ? undefined : { authorization: `Bearer ${token}` };
    this.#socket.onopen = () => this.#send({ type: 'connection_init', payload });
    this.#socket.onmessage = ({ data }: { data: unknown }) => this.#onText(data);
    this.#socket.onerror = () => {}; // `onclose` follows
    this.#socket.onclose = ({ code, reason }: { code: number; reason: string }) =>
      this.#end({ kind: 'CLOSED', code, reason });
    signal?.addEventListener('abort', this.#onAbort);
    if (signal?.aborted) this.#onAbort();
  }

  close(): void {
    this.#isEnded = true;
    clearTimeout(this.#timer);
    this.#subscription.signal?.removeEventListener('abort', this.#onAbort);
    this.#socket.close(1000);
  }

  readonly #onAbort = (): void => this.#end({ kind: 'CLOSED', code: ABNORMAL, reason: 'The subscription was ended.' });

  /** A connection that was cut without a word looks like one on which nothing happens. */
  readonly #onSilence = (): void => {
    if (this.#isAsked) {
      this.#end({ kind: 'CLOSED', code: ABNORMAL, reason: 'The server does not respond.' });
      return;
    }
    this.#isAsked = true;
    this.#send({ type: 'ping' });
    this.#timer = setTimeout(this.#onSilence, SILENCE_MS);
  };

  #onText(text: unknown): void {
    if (this.#isEnded) return;
    this.#isAsked = false;
    clearTimeout(this.#timer);
    this.#timer = setTimeout(this.#onSilence, SILENCE_MS);
    const message = parse<Data>(text);
    if (message?.type === 'connection_ack') this.#subscribe();
    else if (message?.type === 'ping') this.#send({ type: 'pong' });
    else if (message?.type === 'next') this.#onNext(message.result);
    else if (message?.type === 'error') this.#end({ kind: 'FAILED', errors: message.errors });
    else if (message?.type !== 'pong') {
      // `complete`, or what is not of the protocol.
      this.#end({ kind: 'CLOSED', code: ABNORMAL, reason: 'The server ended the subscription.' });
    }
  }

  #subscribe(): void {
    const { document, variables } = this.#subscription;
    this.#receive({ kind: 'ACKNOWLEDGED' });
    this.#send({ type: 'subscribe', id: '1', payload: { query: document.toString(), variables } });
  }

  #onNext(result: Response<Data>): void {
    const hasRoom = this.#receive({ kind: 'NEXT', result });
    if (!hasRoom) this.#end({ kind: 'CLOSED', code: ABNORMAL, reason: 'More arrived than was read.' });
  }

  #end(message: Message<Data>): void {
    if (this.#isEnded) return;
    this.close();
    this.#receive(message);
  }

  #send(message: object): void {
    this.#socket.send(JSON.stringify(message));
  }
}

/** A message of the server, by the protocol. */
type ServerMessage<Data> =
  | { readonly type: 'connection_ack' | 'ping' | 'pong' | 'complete' }
  | { readonly type: 'next'; readonly result: Response<Data> }
  | { readonly type: 'error'; readonly errors: readonly ResponseError[] };

/** Undefined where the text is not a message of the protocol. */
function parse<Data>(text: unknown): ServerMessage<Data> | undefined {
  try {
    const { type, payload } = JSON.parse(String(text));
    if (type === 'connection_ack' || type === 'ping' || type === 'pong' || type === 'complete') return { type };
    const result = type === 'next' ? readResponse<Data>(payload) : undefined;
    if (result !== undefined) return { type: 'next', result };
    return type === 'error' && isErrorList(payload) ? { type, errors: payload } : undefined;
  } catch {
    return undefined;
  }
}
