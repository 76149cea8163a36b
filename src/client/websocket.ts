/** A subscription over a WebSocket of its own, in the protocol graphql-transport-ws. */
import type { Response } from './post.js';
import type { Refusal } from './refusal.js';
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

/** What a subscription says. All but NEXT are the last. */
export type Message<Data> =
  | { readonly kind: 'NEXT'; readonly result: Response<Data> }
  | { readonly kind: 'REFUSED'; readonly errors: readonly Refusal[] }
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
  const close = open(subscription, (message) => {
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
      if (message.kind !== 'NEXT') return;
    }
  } finally {
    close();
  }
}

/** Opens the connection. `receive` returns whether it has room for more. @returns what closes the connection. */
function open<Data, Variables>(
  { url, WebSocket, token, document, variables, signal }: Subscription<Data, Variables>,
  receive: (message: Message<Data>) => boolean,
): () => void {
  const socket = new WebSocket(url.replace(/^http/, 'ws'), 'graphql-transport-ws');
  let isEnded = false;
  let isAsked = true; // at first for the acknowledgement
  let timer = setTimeout(onSilence, SILENCE_MS);

  const say = (message: object) => socket.send(JSON.stringify(message));
  function end(code: number, reason: string): void {
    if (isEnded) return;
    isEnded = true;
    clearTimeout(timer);
    signal?.removeEventListener('abort', onAbort);
    socket.close(1000);
    receive({ kind: 'CLOSED', code, reason });
  }
  function onAbort(): void {
    end(ABNORMAL, 'The subscription was ended.');
  }
  /** A connection that was cut without a word looks like one on which nothing happens. */
  function onSilence(): void {
    if (isAsked) return end(ABNORMAL, 'The server does not respond.');
    isAsked = true;
    say({ type: 'ping' });
    timer = setTimeout(onSilence, SILENCE_MS);
  }
  function onMessage(text: unknown): void {
    if (isEnded) return;
    isAsked = false;
    clearTimeout(timer);
    timer = setTimeout(onSilence, SILENCE_MS);
    const message = parse<Data>(text);
    if (message?.type === 'connection_ack') {
      say({ type: 'subscribe', id: '1', payload: { query: document.toString(), variables } });
    } else if (message?.type === 'ping') {
      say({ type: 'pong' });
    } else if (message?.type === 'next') {
      const hasRoom = receive({ kind: 'NEXT', result: message.payload });
      if (!hasRoom) end(ABNORMAL, 'More arrived than was read.');
    } else if (message?.type === 'error') {
      isEnded = true;
      clearTimeout(timer);
      receive({ kind: 'REFUSED', errors: message.payload });
    } else if (message?.type !== 'pong') {
      end(ABNORMAL, 'The server ended the subscription.'); // `complete`, or what is not of the protocol
    }
  }

  socket.onopen = () =>
    say({ type: 'connection_init', ...(token && { payload: { authorization: `Bearer ${token}` } }) });
  socket.onmessage = ({ data }: { data: unknown }) => onMessage(data);
  socket.onerror = () => {}; // `onclose` follows
  socket.onclose = ({ code, reason }: { code: number; reason: string }) => end(code, reason);
  signal?.addEventListener('abort', onAbort);
  if (signal?.aborted) onAbort();
  return () => {
    isEnded = true;
    clearTimeout(timer);
    signal?.removeEventListener('abort', onAbort);
    socket.close(1000);
  };
}

/** A message of the server, by the protocol. */
type ServerMessage<Data> =
  | { readonly type: 'connection_ack' | 'ping' | 'pong' | 'complete' }
  | { readonly type: 'next'; readonly payload: Response<Data> }
  | { readonly type: 'error'; readonly payload: readonly Refusal[] };

function parse<Data>(text: unknown): ServerMessage<Data> | undefined {
  try {
    return JSON.parse(String(text));
  } catch {
    return undefined;
  }
}
