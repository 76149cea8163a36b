import { type AnyVariables, stringifyDocument, type TypedDocumentNode } from '@urql/core';
import {
  ChangePasswordDocument,
  type ChangePasswordInput,
  LogInDocument,
  LogOutDocument,
  type PairFragment,
  RenewSessionDocument,
} from '../../generated.js';
import { basePath } from '../../shared/base-path.js';
import { type Observable, observable } from '../../shared/observable.js';
import { sendOperation } from '../../shared/send-operation.js';
import { ServerConnection } from './server-connection.js';
import { Tabs } from './tabs.js';
import type { TokenPair } from './token-pair.js';

type SessionState =
  | { readonly state: 'RESTORING' }
  | { readonly state: 'LOGGED_OUT'; readonly notice?: string }
  | { readonly state: 'LOGGED_IN'; readonly admin: Admin };

/** The administrator who is logged in. */
export type Admin = Pick<PairFragment['user'], 'id' | 'username'>;

/** One origin can have several installations, each with a path of its own. */
const STORAGE_KEY = `scrip:refresh-token${basePath}`;
const ENDED = 'Your session has ended. Log in again to continue.';

/** The part of an access token's lifetime after which it is renewed, so that it does not expire on the way. */
const RENEW_AFTER = 0.8;

/**
 * The administrator's session, shared by all tabs.
 *
 * The access token is kept in memory, the refresh token in `sessionStorage`: it survives a reload and ends with the tab.
 * Only this code sends them, in a header or a body. No cookie authenticates a request, so another site cannot act for the
 * administrator (CSRF). A foreign script could read both places, or use a cookie; the content security policy keeps such
 * scripts out.
 */
export class Session {
  readonly state: Observable<SessionState> = observable<SessionState>({ state: 'RESTORING' });
  /** Whether the administrator still has the password from the first start of the server. */
  readonly hasInitialPassword: Observable<boolean> = observable(false);
  readonly server: ServerConnection = new ServerConnection();

  readonly #tabs = new Tabs({
    current: () => this.#pair,
    adopt: (pair) => this.#adopt(pair),
    end: () => this.#clearSession(),
  });
  #pair: TokenPair | undefined;
  #renewal: Promise<void> | undefined;

  /** Restores the session from another tab, or from before a reload of this one. */
  async restore(): Promise<void> {
    // First: this tab's token may be outdated, and reuse of an old refresh token ends the session.
    await this.#tabs.request();
    const refreshToken = sessionStorage.getItem(STORAGE_KEY);
    if (this.#pair === undefined && refreshToken !== null)
      await this.#tabs.withRenewalLock(() => this.#exchange({ refreshToken }));
    if (this.state.get().state === 'RESTORING') this.state.set({ state: 'LOGGED_OUT' });
  }

  /** Logs in. Returns the reason of a failure, in a sentence. */
  async logIn(username: string, password: string): Promise<string | undefined> {
    const { data, errors } = await send(LogInDocument, { input: { username, password } });
    if (!data?.logIn) return errors?.[0]?.message ?? 'The server did not respond.';
    await this.#acceptPair(data.logIn);
    return undefined;
  }

  /**
   * Changes the password, which ends this session and starts another one. Returns the reason of a failure, in a sentence.
   */
  async changePassword(input: ChangePasswordInput): Promise<string | undefined> {
    await this.accessToken(); // renews one that is about to expire
    // The server ends the old session before it responds: a renewal of that one waits for the new pair.
    return await this.#tabs.withRenewalLock(async () => {
      const { data, errors } = await send(ChangePasswordDocument, { input }, this.#pair?.accessToken);
      if (!data?.changePassword) return errors?.[0]?.message ?? 'The server did not respond.';
      await this.#acceptPair(data.changePassword);
      this.hasInitialPassword.set(false);
      return undefined;
    });
  }

  /** Ends the session on the server and in all tabs. */
  async logOut(): Promise<void> {
    const token = await this.accessToken();
    this.#clearSession();
    this.#tabs.post({ kind: 'ENDED' });
    await send(LogOutDocument, {}, token);
  }

  /** A valid access token, renewed if it is about to expire; undefined: the session has ended. */
  async accessToken(): Promise<string | undefined> {
    if (this.#pair && this.#pair.renewAt <= Date.now()) await this.#renew(this.#pair);
    return this.#pair?.accessToken;
  }

  /** A new access token after the server rejected one; undefined: the session has ended, or cannot be renewed now. */
  async replaceAccessToken(rejected: string): Promise<string | undefined> {
    if (this.#pair?.accessToken === rejected) await this.#renew(this.#pair);
    return this.#pair?.accessToken === rejected ? undefined : this.#pair?.accessToken;
  }

  /** Renews the session. Concurrent calls share one renewal. */
  #renew(stale: TokenPair): Promise<void> {
    this.#renewal ??= this.#tabs
      .withRenewalLock(async () => {
        if (this.#pair === stale) await this.#exchange(stale); // otherwise another tab has renewed it
      })
      .finally(() => {
        this.#renewal = undefined;
      });
    return this.#renewal;
  }

  /** Sends the access token even if it has expired: the server then counts the renewal for the session, not for the network. */
  async #exchange({ refreshToken, accessToken }: Pick<TokenPair, 'refreshToken'> & Partial<TokenPair>): Promise<void> {
    const { data, errors } = await send(RenewSessionDocument, { input: { refreshToken } }, accessToken);
    if (data?.renewSession) return await this.#acceptPair(data.renewSession);
    const isRejected = /^(REFRESH_TOKEN_|UNAUTHENTICATED$)/.test(String(errors?.[0]?.extensions?.['code']));
    if (isRejected) this.#clearSession(ENDED); // after another error, such as a lost connection, it may still be alive
  }

  async #acceptPair({ expiresIn, ...fresh }: PairFragment): Promise<void> {
    if (fresh.user.role !== 'ADMIN') {
      this.#clearSession(`${fresh.user.username} is not an administrator. Only administrators can use the console.`);
      await send(LogOutDocument, {}, fresh.accessToken);
      return;
    }
    this.#adopt({ ...fresh, renewAt: Date.now() + expiresIn * 1_000 * RENEW_AFTER });
    if (this.#pair) this.#tabs.post({ kind: 'PAIR', pair: this.#pair });
  }

  /** Takes a pair from the server or another tab, unless this tab has a newer one. */
  #adopt(fresh: TokenPair): void {
    if (this.#pair && this.#pair.renewAt > fresh.renewAt) return;
    this.#pair = fresh;
    sessionStorage.setItem(STORAGE_KEY, fresh.refreshToken);
    const current = this.state.get();
    if (current.state !== 'LOGGED_IN' || current.admin.id !== fresh.user.id)
      this.state.set({ state: 'LOGGED_IN', admin: fresh.user });
  }

  #clearSession(notice?: string): void {
    this.#pair = undefined;
    sessionStorage.removeItem(STORAGE_KEY);
    this.state.set({ state: 'LOGGED_OUT', ...(notice !== undefined && { notice }) });
  }
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
