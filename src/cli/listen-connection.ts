/** A connection of `scrip listen` to the API, and what the errors mean with which it ends. */
import { type Client, createClient } from 'graphql-ws';
import { WebSocket } from 'ws';

export interface ConnectionOptions {
  /** The address of the API: `http` or `https`. */
  readonly url: string;
  readonly token: string;
  /** Ends it. */
  readonly signal: AbortSignal;
}

/** The server sends a ping each 15 s. A connection on which three are missing is lost, as after a computer slept. */
const SILENT_MS = 50_000;

/** Opens a connection with the first operation. What is running when it ends throws the close event. */
export function openConnection({ url, token, signal }: ConnectionOptions): Client {
  class WatchedSocket extends WebSocket {
    constructor(address: string, protocols: string) {
      super(address, protocols);
      const end = (): void => this.terminate();
      const timer = setTimeout(end, SILENT_MS);
      const renew = (): void => void timer.refresh();
      this.on('open', renew).on('ping', renew).on('message', renew);
      this.on('close', () => {
        clearTimeout(timer);
        signal.removeEventListener('abort', end);
      });
      signal.addEventListener('abort', end);
    }
  }
  return createClient({
    url: url.replace(/^http/, 'ws'),
    webSocketImpl: WatchedSocket,
    connectionParams: { authorization: `Bearer ${token}` },
    retryAttempts: 0, // a retry would send the same `after` again
  });
}

/** The results of an operation. @throws the errors of a result, as a list. */
export async function* resultsOf<Data>(
  client: Client,
  query: string,
  variables: Readonly<Record<string, unknown>> = {},
): AsyncGenerator<Data> {
  for await (const { data, errors } of client.iterate<Data>({ query, variables: { ...variables } })) {
    if (errors !== undefined) throw errors;
    if (data) yield data;
  }
}

/** The first result of an operation. */
export async function firstResultOf<Data>(...operation: Parameters<typeof resultsOf<Data>>): Promise<Data> {
  for await (const data of resultsOf<Data>(...operation)) return data;
  throw new Error('the connection was closed');
}

interface ResponseError {
  readonly message: string;
  readonly extensions?: Readonly<Record<string, unknown>>;
}

/** The errors of an operation; none where something else went wrong. */
export function errorsIn(reason: unknown): readonly ResponseError[] {
  return Array.isArray(reason) ? reason : [];
}

/** Whether the same would be refused again: by errors that name no time to retry, or by a close code about the client. */
export function isRefusal(reason: unknown): boolean {
  const errors = errorsIn(reason);
  if (errors.length > 0) return errors.every(({ extensions }) => extensions?.['retryAfterSeconds'] === undefined);
  const code = closeCodeOf(reason);
  return code >= 4400 && code < 4500 && code !== 4408;
}

/** Describes why a connection or an operation ended. */
export function describeEnd(reason: unknown): string {
  const [error] = errorsIn(reason);
  if (error !== undefined) return error.message;
  const code = closeCodeOf(reason);
  if (code > 0) return `the connection was closed with ${code} ${textOf(reason, 'reason')}`.trim();
  return textOf(reason, 'message') || 'the connection failed';
}

/** 0: there was no close frame. */
function closeCodeOf(reason: unknown): number {
  const code = reason instanceof Object && 'code' in reason ? reason.code : undefined;
  return typeof code === 'number' ? code : 0;
}

/** Close events and errors of `ws` have their texts in prototypes, and are of no class that is exported. */
function textOf(reason: unknown, name: 'message' | 'reason'): string {
  const text: unknown = reason instanceof Object ? Reflect.get(reason, name) : undefined;
  return typeof text === 'string' ? text : '';
}
