/** Follows the entries of a user over connections that break. */
import type { Credential } from './credential.js';
import { FollowDocument, type FollowSubscription, type UserBy } from './generated.js';
import { ApiError, isRetryable, type ResponseError, retryDelay, Unavailable } from './response-error.js';
import { type Message, type SocketConstructor, subscribe } from './websocket.js';

/** An entry of the ledger. */
export type FollowedEntry = FollowSubscription['pointsChanged'];

export interface Follower {
  readonly url: string;
  readonly WebSocket: SocketConstructor;
  readonly credential: Credential;
}

export interface FollowOptions {
  /** The sequence of the last entry that is known, such as `sequence` of `balance()`. Default 0: every entry. */
  readonly after?: number;
  /** Ends the loop over the entries. */
  readonly signal?: AbortSignal;
}

/** Close codes after which a new connection can succeed with another token. */
const UNAUTHORIZED = 4401;
const FORBIDDEN = 4403;
/** The connection was too slow for `connection_init`. */
const INITIALISATION_TIMEOUT = 4408;

/** Each of these is waited for, and the others are tried again. */
type Next =
  | { readonly kind: 'AGAIN'; readonly error: ResponseError }
  | { readonly kind: 'RENEW'; readonly error: ApiError };

/**
 * The entries of a user after the sequence `after`, each once and in order. When the connection is lost, it connects again and
 * continues after the last entry. When the access token of a session expires, it renews the session. Leave the loop, or abort
 * `signal`, to end it.
 *
 * @throws ApiError where the server would respond the same again, for example because the token was revoked. With a session
 *   LoggedOut, once that has ended.
 */
export async function* follow(
  { url, WebSocket, credential }: Follower,
  user: UserBy,
  { after = 0, signal }: FollowOptions = {},
): AsyncGenerator<FollowedEntry, void> {
  let last = after;
  let failures = 0;
  let isRenewed = false; // and no connection was acknowledged since: another token would not help
  while (!signal?.aborted) {
    try {
      const token = await credential.accessToken();
      const variables = { user, after: last };
      let next: Next = { kind: 'AGAIN', error: { message: 'The connection was lost.' } };
      for await (const message of subscribe({ url, WebSocket, token, document: FollowDocument, variables, signal })) {
        if (message.kind === 'NEXT' && message.result.data) {
          last = message.result.data.pointsChanged.sequence;
          failures = 0;
          yield message.result.data.pointsChanged;
        } else if (message.kind === 'ACKNOWLEDGED') isRenewed = false;
        else next = nextAfter(message);
      }
      if (next.kind === 'RENEW') {
        if (isRenewed || token === undefined || (await credential.renew(token)) === undefined) throw next.error;
        isRenewed = true;
        continue;
      }
      await pause(retryDelay(next.error, ++failures), signal);
    } catch (error) {
      if (!(error instanceof Unavailable)) throw error;
      await pause(retryDelay(error, ++failures), signal);
    }
  }
}

/** @throws ApiError where another attempt would end in the same way. */
function nextAfter(message: Exclude<Message<unknown>, { readonly kind: 'ACKNOWLEDGED' }>): Next {
  if (message.kind === 'CLOSED') {
    const { code, reason } = message;
    if (code < 4400 || code >= 4500 || code === INITIALISATION_TIMEOUT) {
      return { kind: 'AGAIN', error: { message: reason } };
    }
    const closed = new ApiError({ message: reason }, code);
    if (code === UNAUTHORIZED || code === FORBIDDEN) return { kind: 'RENEW', error: closed };
    throw closed;
  }
  const errors = message.kind === 'NEXT' ? (message.result.errors ?? []) : message.errors;
  const [error = { message: 'The subscription failed.' }] = errors;
  if (!isRetryable(error)) throw new ApiError(error);
  return { kind: 'AGAIN', error };
}

async function pause(milliseconds: number, signal: AbortSignal | undefined): Promise<void> {
  if (signal?.aborted) return;
  await new Promise<void>((resolve) => {
    const end = () => {
      clearTimeout(timer);
      signal?.removeEventListener('abort', end);
      resolve();
    };
    const timer = setTimeout(end, milliseconds);
    signal?.addEventListener('abort', end);
  });
}
