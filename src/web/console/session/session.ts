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
 * The administrator's session, the same in every tab.
 *
 * The access token lives in memory and the refresh token in `sessionStorage`, where it survives a reload and ends with
 * the tab. Both are sent by this code alone, in a header or a body: no cookie authenticates anything, so that no other
 * site can make the browser act for the administrator (CSRF), whatever it has the browser send. A script of somebody
 * else's could read either place, or use a cookie just as well; the content security policy keeps such scripts out.
 */
export const session = observable<Session>({ state: 'restoring' });

type Session = { state: 'restoring' } | { state: 'out'; notice?: string } | { state: 'in'; admin: Admin };

/** Who is logged in. */
export type Admin = Pick<PairFragment['user'], 'id' | 'username'>;

const STORAGE_KEY = 'scrip:refresh-token';
const ENDED = 'Your session has ended. Log in again, and go on where you were.';

/** The part of an access token's life in which it is sent: one at its end may have ended when it arrives. */
const USABLE = 0.8;

let pair: TokenPair | undefined;
let renewal: Promise<void> | undefined;

listenToTabs({ current: () => pair, adopt, end: () => clearSession() });

/** Finds the session that another tab has, or that this tab had before it was loaded again. */
export async function restoreSession(): Promise<void> {
  await requestFromTabs(); // first: what this tab has kept may be older, and an old refresh token ends the session
  const refreshToken = sessionStorage.getItem(STORAGE_KEY);
  if (pair === undefined && refreshToken !== null) await withRenewalLock(() => exchange(refreshToken));
  if (session.get().state === 'restoring') session.set({ state: 'out' });
}

/** Logs in; answers why that failed, in a sentence. */
export async function logIn(username: string, password: string): Promise<string | undefined> {
  const { data, errors } = await send(LogInDocument, { input: { username, password } });
  if (!data?.logIn) return errors?.[0]?.message ?? 'No answer.';
  await acceptPair(data.logIn);
  return undefined;
}

/**
 * Changes the password, which ends this session and begins another one. Returns the reason of a failure, in a sentence.
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

/** Ends the session on the server, in this tab and in every other. */
export async function logOut(): Promise<void> {
  const token = await accessToken();
  clearSession();
  postToTabs({ kind: 'ended' });
  await send(LogOutDocument, {}, token);
}

/** An access token that works for a while yet; undefined: nobody is logged in any more. */
export async function accessToken(): Promise<string | undefined> {
  if (pair && pair.renewAt <= Date.now()) await renew(pair);
  return pair?.accessToken;
}

/** What comes after an access token that the server has refused; undefined: nothing does, and the session is over. */
export async function replaceAccessToken(refused: string): Promise<string | undefined> {
  if (pair?.accessToken === refused) await renew(pair);
  if (pair?.accessToken === refused) clearSession(ENDED);
  return pair?.accessToken;
}

/** Whoever asks while a renewal is under way waits for that one. */
function renew(stale: TokenPair): Promise<void> {
  renewal ??= withRenewalLock(async () => {
    if (pair === stale) await exchange(stale.refreshToken); // else another tab has done it meanwhile
  }).finally(() => {
    renewal = undefined;
  });
  return renewal;
}

async function exchange(refreshToken: string): Promise<void> {
  const { data, errors } = await send(RenewSessionDocument, { input: { refreshToken } });
  if (data?.renewSession) return await acceptPair(data.renewSession);
  const isRefused = String(errors?.[0]?.extensions?.['code']).startsWith('REFRESH_TOKEN_');
  if (isRefused) clearSession(ENDED); // any other error, a lost connection above all, says nothing about the session
}

async function acceptPair({ expiresIn, ...fresh }: PairFragment): Promise<void> {
  if (fresh.user.role !== 'ADMIN') {
    clearSession(`${fresh.user.username} is not an administrator, and the console is for administrators alone.`);
    await send(LogOutDocument, {}, fresh.accessToken);
    return;
  }
  adopt({ ...fresh, renewAt: Date.now() + expiresIn * 1_000 * USABLE });
  if (pair) postToTabs({ kind: 'tell', pair });
}

/** What another tab says may have crossed with something newer. */
function adopt(fresh: TokenPair): void {
  if (pair && pair.renewAt > fresh.renewAt) return;
  pair = fresh;
  sessionStorage.setItem(STORAGE_KEY, fresh.refreshToken);
  const current = session.get();
  if (current.state !== 'in' || current.admin.id !== fresh.user.id) session.set({ state: 'in', admin: fresh.user });
}

function clearSession(notice?: string): void {
  pair = undefined;
  sessionStorage.removeItem(STORAGE_KEY);
  session.set({ state: 'out', ...(notice !== undefined && { notice }) });
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
