/** Sends operations over HTTP. */
import { type Response, readResponse } from './response.js';
import { isRetryable, type ResponseError, retryDelay } from './response-error.js';
import type { TypedDocument } from './typed-document.js';

/** Where the API is, and how it is reached. */
export interface Endpoint {
  /** The address of the API, such as `https://points.example.com/graphql`. */
  readonly url: string;
  /** Sends the requests. Default: the global `fetch`. */
  readonly fetch?: typeof globalThis.fetch;
  /** How long to wait for one response. Default 10. */
  readonly timeoutSeconds?: number;
}

export const DEFAULT_TIMEOUT_SECONDS = 10;

const NO_RESPONSE: ResponseError = { message: 'The server did not respond.', extensions: { effect: 'UNKNOWN' } };

/** Sends an operation once; without a token, anonymously. A missing or unreadable response is an error in the result. */
export async function post<Data, Variables>(
  { url, fetch = globalThis.fetch, timeoutSeconds = DEFAULT_TIMEOUT_SECONDS }: Endpoint,
  token: string | undefined,
  document: TypedDocument<Data, Variables>,
  variables: Variables | undefined,
): Promise<Response<Data>> {
  try {
    const response = await fetch(url, {
      method: 'POST',
      headers: { 'content-type': 'application/json', ...(token && { authorization: `Bearer ${token}` }) },
      body: JSON.stringify({ query: document.toString(), variables }),
      signal: AbortSignal.timeout(timeoutSeconds * 1_000),
    });
    return readResponse(await response.json()) ?? { errors: [NO_RESPONSE] };
  } catch {
    return { errors: [NO_RESPONSE] }; // no connection, a broken one, or an error page of a proxy
  }
}

/** Sends until a response is final, or no attempt is left within `seconds`; once, at least. */
export async function postUntilFinal<Data>(
  attempt: () => Promise<Response<Data>>,
  seconds: number,
): Promise<Response<Data>> {
  const end = performance.now() + seconds * 1_000;
  for (let tries = 1; ; tries++) {
    const response = await attempt();
    const [error] = response.errors ?? [];
    if (error === undefined || !isRetryable(error)) return response;
    const delay = retryDelay(error, tries);
    if (performance.now() + delay > end) return response;
    await new Promise((resolve) => setTimeout(resolve, delay));
  }
}
