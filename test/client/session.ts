/**
 * The session of a user in a browser, shared by its tabs. The pair of tokens is in the storage of the origin, where every
 * script of the page can read it: keep foreign scripts out with a content security policy. For a session that ends with
 * the tab, pass `sessionStorage`, which tabs do not share.
 */
import { print } from 'graphql';
import { isRetryable, type Refusal, type Response, retryDelay, send } from './fetch.js';
import {
  type CredentialsInput,
  LogInDocument,
  type LogInMutation,
  LogOutDocument,
  RenewSessionDocument,
  type RenewSessionMutation,
  type SessionTokensFragment,
} from './generated.js';

export interface Session {
  /** Starts a session. @returns the refusal, such as INVALID_CREDENTIALS; undefined: success. */
  logIn(input: CredentialsInput): Promise<Refusal | undefined>;
  /** @throws LoggedOut. */
  accessToken(): Promise<string>;
  /** A new access token in place of one that was rejected or is too old. @throws LoggedOut. */
  renew(used: string): Promise<string>;
  /** Sends an operation as the user. @throws LoggedOut. */
  send<Data>(operation: object): Promise<Response<Data>>;
  logOut(): Promise<void>;
}

/** There is no session, or it has ended: show the log-in form. */
export class LoggedOut extends Error {}

/** What a browser offers. It has locks only on https and localhost. */
export interface Browser {
  readonly storage: Pick<Storage, 'getItem' | 'setItem' | 'removeItem'>;
  readonly locks: { request<T>(name: string, run: () => Promise<T>): Promise<T> } | undefined;
}

interface StoredPair extends Pick<SessionTokensFragment, 'accessToken' | 'refreshToken'> {
  /** In milliseconds since 1970, by the clock of this browser. */
  readonly renewAt: number;
}

const KEY = 'scrip';

/** The part of its lifetime in which an access token is sent, so that it does not expire on the way. */
const USABLE = 0.8;

export function createSession(
  url: string,
  { storage, locks }: Browser = { storage: localStorage, locks: navigator.locks },
): Session {
  const stored = (): StoredPair | undefined => JSON.parse(storage.getItem(KEY) ?? 'null') ?? undefined;
  const store = ({ accessToken, refreshToken, expiresIn }: SessionTokensFragment): string => {
    const pair: StoredPair = { accessToken, refreshToken, renewAt: Date.now() + expiresIn * 1_000 * USABLE };
    storage.setItem(KEY, JSON.stringify(pair));
    return accessToken;
  };

  /**
   * One tab renews at a time, and only if no other tab has renewed meanwhile. The access token is sent too, even if it has
   * expired: the renewal then counts for the session and not for its network. Without locks two tabs may renew at once. A
   * refresh token can be sent again for 10 seconds and gets the same next one; after that, sending it ends the session.
   */
  const renew = async (used: string): Promise<string> => {
    const run = async () => {
      const pair = stored();
      if (pair === undefined) throw new LoggedOut();
      if (pair.accessToken !== used) return pair.accessToken;
      const input = { refreshToken: pair.refreshToken };
      const query = print(RenewSessionDocument);
      const { data, errors = [] } = await sendWithRetries(() =>
        send<RenewSessionMutation>({ url, token: pair.accessToken }, { query, variables: { input } }),
      );
      if (data?.renewSession) return store(data.renewSession);
      const [refusal] = errors;
      if (refusal === undefined || isRetryable(refusal)) throw new Error(refusal?.message); // try again later
      storage.removeItem(KEY);
      throw new LoggedOut(refusal.message);
    };
    return locks === undefined ? await run() : await locks.request(KEY, run);
  };

  const accessToken = async (): Promise<string> => {
    const pair = stored();
    if (pair === undefined) throw new LoggedOut();
    return Date.now() < pair.renewAt ? pair.accessToken : await renew(pair.accessToken);
  };

  const sendAsUser = async <Data>(operation: object): Promise<Response<Data>> => {
    const token = await accessToken();
    const response = await send<Data>({ url, token }, operation);
    // The server ran nothing. The clocks differ, or the request took long to arrive.
    return isExpired(response) ? await send<Data>({ url, token: await renew(token) }, operation) : response;
  };

  return {
    accessToken,
    renew,
    send: sendAsUser,
    logIn: async (input) => {
      const { data, errors = [] } = await send<LogInMutation>(
        { url },
        { query: print(LogInDocument), variables: { input } },
      );
      if (!data?.logIn) return errors[0] ?? { message: 'The response is empty.' };
      store(data.logIn);
      return undefined;
    },
    logOut: async () => {
      await sendAsUser({ query: print(LogOutDocument) });
      storage.removeItem(KEY);
    },
  };
}

function isExpired({ errors = [] }: Response<unknown>): boolean {
  return errors.some(({ extensions = {} }) => extensions['reason'] === 'TOKEN_EXPIRED');
}

/** Retries within the 10 seconds in which a refresh token can be sent again. */
async function sendWithRetries<Data>(attempt: () => Promise<Response<Data>>): Promise<Response<Data>> {
  for (let tries = 1; ; tries++) {
    const response = await attempt();
    const [refusal] = response.errors ?? [];
    if (refusal === undefined || !isRetryable(refusal) || tries === 4) return response;
    await new Promise((resolve) => setTimeout(resolve, retryDelay(refusal, tries)));
  }
}
