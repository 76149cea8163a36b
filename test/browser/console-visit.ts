import type { Browser, Locator, Page } from 'playwright-core';
import type { LoggedIn, TestServer } from '../support/server.js';
import type { Env } from '../support/server-fixture.js';
import { itInBrowser } from './browser.js';
import { openWatched, type WatchedPage } from './watched-page.js';

export const ADD_POINTS = 'mutation Add($input: AddPointsInput!) { addPoints(input: $input) { points } }';

export const HOLD = 'mutation ($input: HoldPointsInput!) { holdPoints(input: $input) { hold { id } } }';
export const CAPTURE = 'mutation ($input: CaptureHoldInput!) { captureHold(input: $input) { points } }';
export const RELEASE = 'mutation ($input: ReleaseHoldInput!) { releaseHold(input: $input) { available } }';
export const TRANSFER = 'mutation ($input: TransferPointsInput!) { transferPoints(input: $input) { points } }';

const CREATE = 'mutation Create($input: CreateUserInput!) { createUser(input: $input) { user { id } } }';
const ONE = 'query One($by: UserBy!) { user(by: $by) { id username role } }';
export const PASSWORD = 'correct horse battery staple';

/** The console of a server of its own, in a browser. There are the administrator ada and the user bob. */
export interface ConsoleVisit {
  readonly server: TestServer;
  readonly browser: Browser;
  /** Creates a user who may log in. */
  create(username: string, role: 'ADMIN' | 'USER'): Promise<void>;
  add(username: string, points: number): Promise<void>;
  /** Creates a user who has points, and returns the id. */
  userWithPoints(username: string, points: number): Promise<string>;
  /** One more session of a user, past the console. */
  sessionOf(username: string): Promise<LoggedIn>;
  /** Opens a path as a user, in a browser profile of its own. */
  logIn(username: string, path: string, password?: string): Promise<WatchedPage>;
}

/** `it` for a console that the tests of a file share: each call is a console of its own, of a server with these settings. */
export function itInConsole(env: Env = {}) {
  return itInBrowser(env).extend(
    'visit',
    { scope: 'file' },
    async ({ server, browser }) => await openConsole(server, browser),
  );
}

/** `it` for the console that all tests of the file share: `it('...', async ({ visit }) => ...)`. */
export const it = itInConsole();

async function openConsole(server: TestServer, browser: Browser): Promise<ConsoleVisit> {
  const everything = await server.everything();
  const root = await server.session(await server.user({ role: 'ADMIN' }));
  const visit: ConsoleVisit = {
    server,
    browser,
    create: async (username, role) => {
      const { errors } = await server.send(root, CREATE, { input: { username, role, password: PASSWORD } });
      if (errors) throw new Error(errors[0]?.message);
    },
    add: async (username, points) => {
      await server.send(everything, ADD_POINTS, { input: { user: { username }, points } });
    },
    userWithPoints: async (username, points) => {
      const { id } = await server.user({ username });
      await visit.add(username, points);
      return id;
    },
    sessionOf: async (username) => {
      const { data } = await server.send(everything, ONE, { by: { username } });
      return await server.session(data.user);
    },
    logIn: async (username, path, password = PASSWORD) => {
      const watched = await openWatched(browser, new URL(path, server.url));
      await fillIn(watched.page, username, password);
      await watched.page.getByRole('navigation', { name: 'Pages' }).waitFor({ state: 'attached' });
      return watched;
    },
  };
  await visit.create('ada', 'ADMIN');
  await visit.create('bob', 'USER');
  return visit;
}

/** Fills in and sends the page that asks who one is. */
export async function fillIn(page: Page, username: string, password = PASSWORD): Promise<void> {
  await page.getByLabel('Name').fill(username);
  await page.getByLabel('Password', { exact: true }).fill(password);
  await page.getByRole('button', { name: 'Log in' }).click();
}

/** Issues the token of which the first step is filled in, without limits and networks, and returns its secret. */
export async function issueReviewed(dialog: Locator): Promise<string> {
  await dialog.getByRole('button', { name: 'Skip to review' }).click();
  await dialog.getByRole('button', { name: 'Issue the token' }).click();
  return await dialog.getByRole('textbox', { name: 'Secret' }).inputValue();
}
