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
  SignUpDocument,
} from './generated.js';
import { type Endpoint, post, postUntilFinal, type Response, refusalIn } from './post.js';
import { type Refusal, Unavailable } from './refusal.js';
import { createMemory, pairIn, type SessionStorage, type StoredPair, textOf } from './stored-pair.js';

export interface Session extends Credential {
  /** Starts a session. @returns the refusal, such as INVALID_CREDENTIALS; undefined: success. */
  logIn(input: CredentialsInput): Promise<Refusal | undefined>;
  /** Creates a user and starts a session. @returns the refusal, such as USERNAME_TAKEN; undefined: success. */
  signUp(input: CredentialsInput): Promise<Refusal | undefined>;
  /** Whether tokens are stored; the session may have been ended elsewhere. */
  isLoggedIn(): boolean;
  /** A token that has not expired. @throws LoggedOut, Unavailable. */
  accessToken(): Promise<string>;
  /** A new access token in place of one that was rejected or is too old. @throws LoggedOut, Unavailable. */
  renew(used: string): Promise<string>;
  /** Ends the session, and forgets its tokens even if the server does not respond. */
  logOut(): Promise<void>;
}

export interface SessionOptions extends Endpoint {
  /** Default: `localStorage`, and where there is none, such as in Node, memory. */
  readonly storage?: SessionStorage;
  /** Has one tab at a time renew the session. Default: the Web Locks of the browser, which has them on https and localhost. */
  readonly locks?: { request<T>(name: string, run: () => Promise<T>): Promise<T> } | undefined;
}

/** There is no session, or it has ended: show the log-in form. */
export class LoggedOut extends Error {
  override readonly name = 'LoggedOut';
}

const KEY = 'scrip';

/** Below the 10 seconds in which a refresh token can be sent again. */
const RENEWAL_SECONDS = 5;

export function createSession(options: SessionOptions): Session {
  const storage = options.storage ?? globalThis.localStorage ?? createMemory();
  const locks = 'locks' in options ? options.locks : globalThis.navigator?.locks;
  const stored = (): StoredPair | undefined => pairIn(storage.getItem(KEY));

  const begin = async (attempt: Promise<Response<LogInMutation>>): Promise<Refusal | undefined> => {
    const response = await attempt;
    if (!response.data?.session) return refusalIn(response);
    storage.setItem(KEY, textOf(response.data.session));
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
    const input = { refreshToken: pair.refreshToken };
    const response = await postUntilFinal(
      () => post(options, pair.accessToken, RenewSessionDocument, { input }),
      RENEWAL_SECONDS,
    );
    if (response.data?.session) {
      storage.setItem(KEY, textOf(response.data.session));
      return response.data.session.accessToken;
    }
    const refusal = refusalIn(response);
    if (!isEnded(refusal)) throw new Unavailable(refusal);
    storage.removeItem(KEY);
    throw new LoggedOut(refusal.message);
  };
  const renew = (used: string) => (locks === undefined ? renewOnce(used) : locks.request(KEY, () => renewOnce(used)));

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
      try {
        await postAs(options, { accessToken, renew }, LogOutDocument, {});
      } catch (error) {
        if (!(error instanceof LoggedOut || error instanceof Unavailable)) throw error;
      } finally {
        storage.removeItem(KEY);
      }
    },
  };
}

function isEnded({ extensions }: Refusal): boolean {
  return extensions?.['action'] === 'LOGIN' || extensions?.code === 'UNAUTHENTICATED';
}
