/**
 * The session of a user, in a browser shared by its tabs. The pair of tokens is in the storage of the origin, where every
 * script of the page can read it: keep foreign scripts out with a content security policy. For a session that ends with the
 * tab, pass `sessionStorage`, which tabs do not share.
 */
import { type Credential, postAs } from './credential.js';
import {
  type CredentialsInput,
  LogInDocument,
  type LogInMutation,
  LogOutDocument,
  RenewSessionDocument,
  type RenewSessionMutation,
  SignUpDocument,
} from './generated.js';
import { DEFAULT_TIMEOUT_SECONDS, type Endpoint, post, postUntilFinal } from './post.js';
import { errorIn, type Response } from './response.js';
import { type ResponseError, Unavailable } from './response-error.js';
import { createMemory, pairIn, type SessionStorage, type StoredPair, textOf } from './stored-pair.js';

export interface Session extends Credential {
  /** Starts a session. @returns the error, such as INVALID_CREDENTIALS; undefined: success. */
  logIn(input: CredentialsInput): Promise<ResponseError | undefined>;
  /** Creates a user and starts a session. @returns the error, such as USERNAME_TAKEN; undefined: success. */
  signUp(input: CredentialsInput): Promise<ResponseError | undefined>;
  /** Whether tokens are stored; the session may have been ended elsewhere. */
  isLoggedIn(): boolean;
  /** A token that has not expired. @throws LoggedOut, Unavailable. */
  accessToken(): Promise<string>;
  /** A new access token in place of one that was rejected or is too old. @throws LoggedOut, Unavailable. */
  renew(used: string): Promise<string>;
  /** Forgets the tokens, and ends the session if the server responds. */
  logOut(): Promise<void>;
}

export interface SessionOptions extends Endpoint {
  /** Default: `localStorage`, and where there is none, such as in Node, memory. */
  readonly storage?: SessionStorage;
  /** Has one tab at a time change the stored pair. Default: the Web Locks of the browser, which has them on https and localhost. */
  readonly locks?: { request<T>(name: string, run: () => Promise<T>): Promise<T> } | undefined;
}

/** There is no session, or it has ended: show the log-in form. */
export class LoggedOut extends Error {
  override readonly name = 'LoggedOut';
}

/**
 * A refresh token can be sent again for 10 seconds. A renewal starts its last attempt within RENEWAL_SECONDS, and a response that
 * takes longer than ATTEMPT_SECONDS leaves time for another one.
 */
const RENEWAL_SECONDS = 5;
const ATTEMPT_SECONDS = 4;

export function createSession(options: SessionOptions): Session {
  const storage = options.storage ?? globalThis.localStorage ?? createMemory();
  const locks = 'locks' in options ? options.locks : globalThis.navigator?.locks;
  // One origin can have several installations, each below a path: the tokens of one are never sent to another.
  const key = `scrip ${new URL(options.url, globalThis.location?.href).href}`;
  const stored = (): StoredPair | undefined => pairIn(storage.getItem(key));
  const locked = <T>(run: () => Promise<T>): Promise<T> => (locks === undefined ? run() : locks.request(key, run));

  const begin = async (attempt: Promise<Response<LogInMutation>>): Promise<ResponseError | undefined> => {
    const response = await attempt;
    const session = response.data?.session;
    if (!session) return errorIn(response);
    await locked(async () => storage.setItem(key, textOf(session)));
    return undefined;
  };

  /**
   * One tab renews at a time, and only if no other tab has renewed meanwhile. The access token is sent too, even if it has
   * expired: the renewal then counts for the session and not for its network. Without locks two tabs may renew at once. A
   * refresh token can be sent again for 10 seconds and gets the same next one; after that, sending it ends the session.
   */
  const renewOnce = async (used: string): Promise<string> => {
    const pair = stored();
    if (pair === undefined) throw new LoggedOut();
    if (pair.accessToken !== used) return pair.accessToken;
    const response = await postRenewal(options, pair);
    const current = stored();
    if (current === undefined) throw new LoggedOut(); // without locks, a tab may log out meanwhile,
    if (current.refreshToken !== pair.refreshToken) return current.accessToken; // and another user log in
    if (response.data?.session) {
      storage.setItem(key, textOf(response.data.session));
      return response.data.session.accessToken;
    }
    const error = errorIn(response);
    if (!isEnded(error)) throw new Unavailable(error);
    storage.removeItem(key);
    throw new LoggedOut(error.message);
  };
  const renew = (used: string) => locked(() => renewOnce(used));

  const accessToken = async (): Promise<string> => {
    const pair = stored();
    if (pair === undefined) throw new LoggedOut();
    return Date.now() < pair.renewAt ? pair.accessToken : await renew(pair.accessToken);
  };

  return {
    renew,
    accessToken,
    logIn: (input) => begin(post(options, undefined, LogInDocument, { input })),
    signUp: (input) => begin(post(options, undefined, SignUpDocument, { input })),
    isLoggedIn: () => stored() !== undefined,
    logOut: async () => {
      const last = await locked(async () => {
        const text = storage.getItem(key);
        storage.removeItem(key);
        return text;
      });
      if (last !== null) await endSession(options, key, last);
    },
  };
}

async function postRenewal(
  { timeoutSeconds = DEFAULT_TIMEOUT_SECONDS, ...options }: SessionOptions,
  { accessToken, refreshToken }: StoredPair,
): Promise<Response<RenewSessionMutation>> {
  const endpoint = { ...options, timeoutSeconds: Math.min(timeoutSeconds, ATTEMPT_SECONDS) };
  const input = { refreshToken };
  return await postUntilFinal(() => post(endpoint, accessToken, RenewSessionDocument, { input }), RENEWAL_SECONDS);
}

/** Ends a session that is no longer stored, with its pair of tokens, which it may have to renew first. */
async function endSession(options: SessionOptions, key: string, pair: string): Promise<void> {
  const storage = createMemory();
  storage.setItem(key, pair);
  const session = createSession({ ...options, storage, locks: undefined });
  try {
    await postAs(options, session, { document: LogOutDocument, variables: {}, isRepeatable: true });
  } catch (error) {
    if (!(error instanceof LoggedOut || error instanceof Unavailable)) throw error;
  }
}

function isEnded({ extensions }: ResponseError): boolean {
  return extensions?.['action'] === 'LOGIN' || extensions?.code === 'UNAUTHENTICATED';
}
