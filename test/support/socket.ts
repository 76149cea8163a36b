import { once } from 'node:events';
import { type DocumentNode, print } from 'graphql';
import { type Client, createClient } from 'graphql-ws';
import { WebSocket } from 'ws';
import { expectNoSecrets } from './leaks.js';
import type { ResponseError, TestServer } from './server.js';

/** A message as it came, of any type. */
export interface Received {
  readonly type: string;
  readonly id?: string;
  // What it holds is what the test asked for; a wrong guess fails the test's own assertion.
  // biome-ignore lint/suspicious/noExplicitAny: see above.
  readonly payload?: any;
}

/** A WebSocket on which a test writes the protocol by hand. */
export interface TestSocket {
  readonly socket: WebSocket;
  /** Resolves when it is over, with the reason that the server gave. */
  readonly closed: Promise<{ code: number; reason: string }>;
  send(message: object): void;
  /** The next message, or undefined where the connection ended before it came. */
  next(): Promise<Received | undefined>;
  /** The messages up to one that ends an operation, or up to the end of the connection. */
  rest(): Promise<Received[]>;
  /** Says who it is; resolves with the response. */
  init(credential?: Credential): Promise<Received | undefined>;
  subscribe(id: string, operation: DocumentNode | string, variables?: object): void;
}

type Credential = { readonly secret: string } | string;

export async function openSocket(
  server: TestServer,
  { protocol = 'graphql-transport-ws', headers = {} }: { protocol?: string; headers?: Record<string, string> } = {},
): Promise<TestSocket> {
  const socket = new WebSocket(`${server.url.replace('http', 'ws')}/graphql`, protocol, { headers });
  const received: Received[] = [];
  let wake = () => {};
  let isOver = false;
  socket.on('message', (data) => {
    const message: Received = JSON.parse(String(data));
    expectNoSecrets(message.type === 'error' ? message.payload : message.payload?.errors);
    received.push(message);
    wake();
  });
  const closed = new Promise<{ code: number; reason: string }>((resolve) => {
    socket.on('close', (code, reason) => {
      isOver = true;
      wake();
      resolve({ code, reason: String(reason) });
    });
  });
  const next = async () => {
    while (received.length === 0 && !isOver) await new Promise<void>((resolve) => (wake = resolve));
    return received.shift();
  };
  await once(socket, 'open');
  const send = (message: object) => socket.send(JSON.stringify(message));
  return {
    socket,
    closed,
    send,
    next,
    rest: async () => {
      const messages: Received[] = [];
      for (let message = await next(); message !== undefined; message = await next()) {
        messages.push(message);
        if (message.type === 'complete' || message.type === 'error') break;
      }
      return messages;
    },
    init: async (credential) => {
      send({ type: 'connection_init', payload: parameters(credential) });
      return await next();
    },
    subscribe: (id, operation, variables = {}) => {
      const query = typeof operation === 'string' ? operation : print(operation);
      send({ type: 'subscribe', id, payload: { query, variables } });
    },
  };
}

/** The client that applications use. The caller disposes of it. */
export function openClient(server: TestServer, credential?: Credential): Client {
  return createClient({
    url: `${server.url.replace('http', 'ws')}/graphql`,
    webSocketImpl: WebSocket,
    connectionParams: parameters(credential),
    retryAttempts: 0,
  });
}

/** The errors with which a client's operation ended. */
export async function errorsOf(results: AsyncIterator<unknown>): Promise<ResponseError[]> {
  try {
    await results.next();
  } catch (errors) {
    if (Array.isArray(errors)) return errors;
    throw errors;
  }
  throw new Error('The operation went on.');
}

function parameters(credential: Credential | undefined): Record<string, string> {
  const secret = typeof credential === 'object' ? credential.secret : credential;
  return secret === undefined ? {} : { authorization: `Bearer ${secret}` };
}
