import { type AnyVariables, stringifyDocument, type TypedDocumentNode } from '@urql/core';
import {
  ChangePasswordDocument,
  type ChangePasswordInput,
  LogInDocument,
  LogOutDocument,
  type PairFragment,
  RenewSessionDocument,
} from '../../generated.js';
import { observable } from '../../shared/observable.js';
import { sendOperation } from '../../shared/send-operation.js';
import { hasInitialPassword } from './initial-password.js';
import { listenToTabs, postToTabs, requestFromTabs, withRenewalLock } from './tabs.js';
import type { TokenPair } from './token-pair.js';

/**
 * The administrator's session, shared by all tabs.
 *
 * The access token is kept in memory, the refresh token in `sessionStorage`: it survives a reload and ends with the tab.
 * Only this code sends them, in a header or a body. No cookie authenticates a request, so another site cannot act for the
 * administrator (CSRF). A foreign script could read both places, or use a cookie; the content security policy keeps such
 * scripts out.
 */
export const session = observable<Session>({ state: 'RESTORING' });

type Session =
  | { readonly state: 'RESTORING' }
  | { readonly state: 'LOGGED_OUT'; readonly notice?: string }
  | { readonly state: 'LOGGED_IN'; readonly admin: Admin };

/** The administrator who is logged in. */
export type Admin = Pick<PairFragment['user'], 'id' | 'username'>;

const STORAGE_KEY = 'scrip:refresh-token';
const ENDED = 'Your session has ended. Log in again to continue.';

/** The part of an access token's lifetime after which it is renewed, so that it does not expire on the way. */
const RENEW_AFTER = 0.8;

let pair: TokenPair | undefined;
let renewal: Promise<void> | undefined;

listenToTabs({ current: () => pair, adopt, end: () => clearSession() });

/** Restores the session from another tab, or from before a reload of this one. */
export async function restoreSession(): Promise<void> {
  await requestFromTabs(); // first: this tab's token may be outdated, and reuse of an old refresh token ends the session
  const refreshToken = sessionStorage.getItem(STORAGE_KEY);
  if (pair === undefined && refreshToken !== null) await withRenewalLock(() => exchange(refreshToken));
  if (session.get().state === 'RESTORING') session.set({ state: 'LOGGED_OUT' });
}

/** Logs in. Returns the reason of a failure, in a sentence. */
export async function logIn(username: string, password: string): Promise<string | undefined> {
  const { data, errors } = await send(LogInDocument, { input: { username, password } });
  if (!data?.logIn) return errors?.[0]?.message ?? 'The server did not respond.';
  await acceptPair(data.logIn);
  return undefined;
}

/**
 * Changes the password, which ends this session and starts another one. Returns the reason of a failure, in a sentence.
 */
export async function changePassword(input: ChangePasswordInput): Promise<string | undefined> {
  await accessToken(); // renews one that is about to expire
  // The server ends the old session before it responds: a renewal of that one waits for the new pair.
  return await withRenewalLock(async () => {
    const { data, errors } = await send(ChangePasswordDocument, { input }, pair?.accessToken);
    if (!data?.changePassword) return errors?.[0]?.message ?? 'The server did not respond.';
    await acceptPair(data.changePassword);
    hasInitialPassword.set(false);
    return undefined;
  });
}

/** Ends the session on the server and in all tabs. */
export async function logOut(): Promise<void> {
  const token = await accessToken();
  clearSession();
  postToTabs({ kind: 'ENDED' });
  await send(LogOutDocument, {}, token);
}

/** A valid access token, renewed if it is about to expire; undefined: the session has ended. */
export async function accessToken(): Promise<string | undefined> {
  if (pair && pair.renewAt <= Date.now()) await renew(pair);
  return pair?.accessToken;
}

/** A new access token in place of one that the server rejected; undefined: the session has ended. */
export async function replaceAccessToken(rejected: string): Promise<string | undefined> {
  if (pair?.accessToken === rejected) await renew(pair);
  if (pair?.accessToken === rejected) clearSession(ENDED);
  return pair?.accessToken;
}

/** Renews the session. Concurrent calls share one renewal. */
function renew(stale: TokenPair): Promise<void> {
  renewal ??= withRenewalLock(async () => {
    if (pair === stale) await exchange(stale.refreshToken); // otherwise another tab has renewed it
  }).finally(() => {
    renewal = undefined;
  });
  return renewal;
}

async function exchange(refreshToken: string): Promise<void> {
  const { data, errors } = await send(RenewSessionDocument, { input: { refreshToken } });
  if (data?.renewSession) return await acceptPair(data.renewSession);
  const isRejected = String(errors?.[0]?.extensions?.['code']).startsWith('REFRESH_TOKEN_');
  if (isRejected) clearSession(ENDED); // another error, such as a lost connection, does not mean that the session has ended
}

async function acceptPair({ expiresIn, ...fresh }: PairFragment): Promise<void> {
  if (fresh.user.role !== 'ADMIN') {
    clearSession(`${fresh.user.username} is not an administrator. Only administrators can use the console.`);
    await send(LogOutDocument, {}, fresh.accessToken);
    return;
  }
  adopt({ ...fresh, renewAt: Date.now() + expiresIn * 1_000 * RENEW_AFTER });
  if (pair) postToTabs({ kind: 'PAIR', pair });
}

/** Takes a pair from the server or another tab, unless this tab has a newer one. */
function adopt(fresh: TokenPair): void {
  if (pair && pair.renewAt > fresh.renewAt) return;
  pair = fresh;
  sessionStorage.setItem(STORAGE_KEY, fresh.refreshToken);
  const current = session.get();
  if (current.state !== 'LOGGED_IN' || current.admin.id !== fresh.user.id)
    session.set({ state: 'LOGGED_IN', admin: fresh.user });
}

function clearSession(notice?: string): void {
  pair = undefined;
  sessionStorage.removeItem(STORAGE_KEY);
  session.set({ state: 'LOGGED_OUT', ...(notice !== undefined && { notice }) });
}

async function send<Data, Variables extends AnyVariables>(
  document: TypedDocumentNode<Data, Variables>,
  variables: Variables,
  token?: string,
) {
  const operation = { query: stringifyDocument(document), variables: variables ?? {} };
  const { data, errors } = await sendOperation(operation, { token });
  // The server validates the document against the schema that its type was generated from.
  return { data: data as Data | null | undefined, errors };
}
