import { createHmac } from 'node:crypto';
import { afterAll, afterEach, describe, expect, vi } from 'vitest';
import { WebSocket } from 'ws';
import { createClient, createSession, LoggedOut, type SessionOptions } from '../../src/client/client.js';
import { AddPointsDocument, CreateUserDocument, SetPasswordDocument, ViewerDocument } from '../operations/generated.js';
import type { IssuedToken, TestServer } from '../support/server.js';
import { itWith } from '../support/server-fixture.js';
import { type Accident, type Line, openLine } from './line.js';

type Browser = Required<Pick<SessionOptions, 'storage' | 'locks'>>;

const JWT_SECRET = 'a secret of thirty-two bytes, or more';
const VIEWER = 'query Viewer { viewer { user { id } } }';
const PASSWORD = 'correct horse battery';

let admin: IssuedToken;
let username: string;
let user: { id: string };
let line: Line | undefined;
let count = 0;
const it = itWith({ JWT_SECRET });
it.beforeAll(async ({ server }) => {
  admin = await server.everything();
  vi.stubGlobal('WebSocket', WebSocket); // Node has one from version 22 on
});
afterAll(async () => {
  vi.unstubAllGlobals();
});
it.beforeEach(async ({ server }) => {
  username = `user-of-session-${++count}`;
  const { data } = await server.send(admin, CreateUserDocument, { input: { username, password: PASSWORD } });
  user = { id: data.createUser.user.id };
});
afterEach(() => line?.close());

/** What tabs of one browser share. */
function openBrowser({ hasLocks = true } = {}): Browser & { items: Map<string, string> } {
  const items = new Map<string, string>();
  let last: Promise<unknown> = Promise.resolve();
  return {
    items,
    storage: {
      getItem: (key) => items.get(key) ?? null,
      setItem: (key, value) => void items.set(key, value),
      removeItem: (key) => void items.delete(key),
    },
    locks: hasLocks
      ? {
          request: (_name, run) => {
            const next = last.then(run);
            last = next.catch(() => {});
            return next;
          },
        }
      : undefined,
  };
}

/** A browser whose user is logged in; the line meets its accidents after that. */
async function logIn(
  server: TestServer,
  { hasLocks = true, accidents = [] }: { hasLocks?: boolean; accidents?: Accident[] } = {},
) {
  const browser = openBrowser({ hasLocks });
  line = await openLine(server, accidents);
  const { url } = line;
  const direct: typeof fetch = (_url, init) => fetch(`${server.url}/graphql`, init);
  const session = createSession({ url, fetch: direct, ...browser });
  expect(await session.logIn({ username, password: PASSWORD })).toBeUndefined();
  const openTab = (options: Pick<SessionOptions, 'fetch'> = {}) => {
    const session = createSession({ url, ...browser, ...options });
    return { ...session, client: createClient({ url, credential: session }) };
  };
  return { browser, openTab };
}

/** Replaces the access token by one that ends at an instant; the browser learns of it only if it is told. */
function endAccessToken(
  { items }: { items: Map<string, string> },
  { inSeconds, renewAt }: { inSeconds: number; renewAt?: number },
) {
  const [[key = '', text = ''] = []] = items;
  const pair = JSON.parse(text);
  const accessToken = ending(pair.accessToken, inSeconds);
  items.set(key, JSON.stringify({ ...pair, accessToken, ...(renewAt !== undefined && { renewAt }) }));
  return accessToken;
}

/** An access token with another end. The server allows for clocks that differ by 5 seconds. */
function ending(accessToken: string, inSeconds: number): string {
  const [header = '', payload = ''] = accessToken.split('.');
  const exp = Math.floor(Date.now() / 1000) + inSeconds;
  const claims = { ...JSON.parse(Buffer.from(payload, 'base64url').toString()), iat: exp - 60, nbf: exp - 60, exp };
  const text = `${header}.${Buffer.from(JSON.stringify(claims)).toString('base64url')}`;
  return `${text}.${createHmac('sha256', JWT_SECRET).update(text).digest('base64url')}`;
}

/** A `fetch` whose response arrives, and is passed on when it is released. */
function holdResponse() {
  let arrive = () => {};
  let release = () => {};
  const arrived = new Promise<void>((resolve) => {
    arrive = resolve;
  });
  const released = new Promise<void>((resolve) => {
    release = resolve;
  });
  const held: typeof fetch = async (input, init) => {
    const response = await fetch(input, init);
    arrive();
    await released;
    return response;
  };
  return { fetch: held, arrived, release };
}

const renewals = async (server: TestServer): Promise<number> => {
  const [row] = await server.database.query('select counter::int from sessions where user_id = $1', [user.id]);
  return Number(row?.['counter']);
};

describe('A session', () => {
  it('logs in, sends operations as the user from every tab, and logs out', async ({ server }) => {
    const { browser, openTab } = await logIn(server);
    for (const tab of [openTab(), openTab()])
      expect((await tab.client.send(VIEWER)).data).toMatchObject({ viewer: { user } });
    const used = await openTab().accessToken();
    await openTab().logOut();
    expect(browser.items.size).toBe(0);
    await expect(openTab().client.send(VIEWER)).rejects.toBeInstanceOf(LoggedOut);
    expect((await server.send(used, ViewerDocument)).status).toBe(401);
  });

  it('returns the error of a failed log-in', async ({ server }) => {
    const session = createSession({ url: `${server.url}/graphql`, ...openBrowser() });
    expect(await session.logIn({ username, password: 'wrong horse' })).toMatchObject({
      extensions: { code: 'INVALID_CREDENTIALS' },
    });
  });

  it.for([
    ['by itself before the access token expires', { inSeconds: 60, renewAt: 0 }],
    ['after the server refused an access token that expired', { inSeconds: -60 }],
  ] as const)('is renewed %s, once for all tabs', async ([_when, end], { server }) => {
    const { browser, openTab } = await logIn(server);
    const before = await renewals(server);
    endAccessToken(browser, end);
    const responses = await Promise.all([1, 2, 3].map(() => openTab().client.send(VIEWER)));
    expect(responses.map(({ data }) => data)).toMatchObject(Array(3).fill({ viewer: { user } }));
    expect(await renewals(server)).toBe(before + 1);
  });

  it('continues where the browser has no locks and two tabs renew at once', async ({ server }) => {
    const { browser, openTab } = await logIn(server, { hasLocks: false });
    const before = await renewals(server);
    endAccessToken(browser, { inSeconds: 60, renewAt: 0 });
    await Promise.all([openTab().accessToken(), openTab().accessToken()]);
    expect(await renewals(server)).toBe(before + 1);
    endAccessToken(browser, { inSeconds: 60, renewAt: 0 });
    expect((await openTab().client.send(VIEWER)).data).toMatchObject({ viewer: { user } });
  });

  it('continues where the response to a renewal is lost', async ({ server }) => {
    const { browser, openTab } = await logIn(server, { accidents: ['LOST'] });
    endAccessToken(browser, { inSeconds: 60, renewAt: 0 });
    expect((await openTab().client.send(VIEWER)).data).toMatchObject({ viewer: { user } });
  });

  it('continues where a response to a renewal does not come', async ({ server }) => {
    const { browser, openTab } = await logIn(server, { accidents: ['SILENT'] });
    endAccessToken(browser, { inSeconds: 60, renewAt: 0 });
    expect((await openTab().client.send(VIEWER)).data).toMatchObject({ viewer: { user } });
  });

  it.for([true, false])(
    'stays ended where a user logs out during a renewal (locks: %s)',
    async (hasLocks, { server }) => {
      const { browser, openTab } = await logIn(server, { hasLocks });
      const first = endAccessToken(browser, { inSeconds: 60, renewAt: 0 });
      const held = holdResponse();
      const renewing = openTab({ fetch: held.fetch })
        .accessToken()
        .catch((error) => error);
      await held.arrived;
      const leaving = openTab().logOut();
      if (!hasLocks) await leaving; // with locks, it waits for the renewal
      held.release();
      await Promise.all([renewing, leaving]);
      if (!hasLocks) expect(await renewing).toBeInstanceOf(LoggedOut);
      expect(browser.items.size).toBe(0);
      expect((await server.send(first, ViewerDocument)).status).toBe(401);
    },
  );

  it.for([true, false])(
    'is that of the last log-in, even during a renewal (locks: %s)',
    async (hasLocks, { server }) => {
      const { browser, openTab } = await logIn(server, { hasLocks });
      const input = { username: `${username}-2`, password: PASSWORD };
      const { data } = await server.send(admin, CreateUserDocument, { input });
      endAccessToken(browser, { inSeconds: 60, renewAt: 0 });
      const held = holdResponse();
      const renewing = openTab({ fetch: held.fetch }).accessToken();
      await held.arrived;
      const entering = openTab().logIn(input);
      if (!hasLocks) await entering; // with locks, it waits for the renewal
      held.release();
      await Promise.all([renewing, entering]);
      expect((await openTab().client.send(VIEWER)).data).toEqual({ viewer: { user: { id: data.createUser.user.id } } });
    },
  );

  it('is not sent to another installation of the same origin', async ({ server }) => {
    const { browser } = await logIn(server);
    const { storage, locks } = browser;
    expect(createSession({ url: line?.url ?? '', storage, locks }).isLoggedIn()).toBe(true);
    const other = createSession({ url: new URL('/other/graphql', line?.url).href, storage, locks });
    expect(other.isLoggedIn()).toBe(false);
    await expect(other.accessToken()).rejects.toBeInstanceOf(LoggedOut);
  });

  it('ends once the server has ended it', async ({ server }) => {
    const { browser, openTab } = await logIn(server);
    await server.send(admin, SetPasswordDocument, { user, password: 'another password' });
    endAccessToken(browser, { inSeconds: 60, renewAt: 0 });
    await expect(openTab().accessToken()).rejects.toBeInstanceOf(LoggedOut);
    expect(browser.items.size).toBe(0);
  });
});

describe('A subscription of a session', () => {
  it('continues where access tokens expire and nothing happens meanwhile', async ({ server }) => {
    const { openTab } = await logIn(server);
    const token = await openTab().accessToken();
    let renewals = 0;
    const credential = {
      current: ending(token, -3),
      accessToken: async () => credential.current,
      renew: async () => {
        credential.current = ending(token, ++renewals < 2 ? -3 : 60);
        return credential.current;
      },
    };
    const next = createClient({ url: line?.url ?? '', credential })
      .follow(user)
      .next();
    next.catch(() => {}); // awaited below
    await vi.waitFor(() => expect(renewals).toBe(2), 30_000);
    const { errors } = await server.send(admin, AddPointsDocument, { input: { user, points: 1 } });
    expect(errors).toBeUndefined();
    expect((await next).value).toMatchObject({ sequence: 1 });
  });

  it('resumes without a gap when the access token expires, until the session is ended', async ({ server }) => {
    const { browser, openTab } = await logIn(server);
    const first = endAccessToken(browser, { inSeconds: -3 });
    const session = openTab();
    const entries = session.client.follow(user);
    const next = async () => (await entries.next()).value?.sequence;
    const add = async () =>
      expect((await server.send(admin, AddPointsDocument, { input: { user, points: 1 } })).errors).toBeUndefined();
    await add();
    expect(await next()).toBe(1);
    await vi.waitFor(async () => expect((await server.send(first, ViewerDocument)).status).toBe(401), 10_000);
    await add();
    await add();
    expect([await next(), await next()]).toEqual([2, 3]);
    expect(await session.accessToken()).not.toBe(first);
    await server.send(admin, SetPasswordDocument, { user, password: 'another password' });
    await expect(entries.next()).rejects.toBeInstanceOf(LoggedOut);
    expect(browser.items.size).toBe(0);
  });
});
