import { spawn } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import type { Browser, Page } from 'playwright-core';
import { describe, expect } from 'vitest';
import { findFreePort } from '../../src/embedded-postgres/postmaster.js';
import { AddPointsDocument, CreateUserDocument } from '../operations/generated.js';
import type { TestServer } from '../support/server.js';
import { itInBrowser } from './browser.js';
import { openWatched, type WatchedPage } from './watched-page.js';

const PASSWORD = 'correct horse battery staple';

const port = await findFreePort();
const shop = `http://localhost:${port}`;
const it = itInBrowser({ CORS_ORIGINS: shop });

describe('The example of a shop page', () => {
  it('shows the balance as it changes, spends points, and says when they do not suffice', async ({
    server,
    browser,
  }) => {
    const ada = await createUser(server, 7);
    await using served = await serveShop(server);
    const { page, problems } = await openShop(browser, served.url, server);
    await logIn(page, ada, 'a wrong password');
    await expectMessage(page, /password/i);
    await logIn(page, ada);
    await expectPoints(page, '7');

    await page.getByRole('button', { name: 'Buy a mug' }).click();
    await expectMessage(page, 'Thank you. The mug is yours.');
    await expectPoints(page, '2');
    await page.getByRole('button', { name: 'Buy a mug' }).click();
    await expectMessage(page, 'A mug costs 5 points. You have 2.');

    await addPoints(server, ada, 3); // by another app
    await expectPoints(page, '5');
    await page.getByRole('button', { name: 'Buy a mug' }).click();
    await expectPoints(page, '0');
    await page.reload();
    await expectPoints(page, '0');
    await page.getByRole('button', { name: 'Log out' }).click();
    await expectMessage(page, 'You are logged out.');
    expect(problems).toEqual([]);
  });

  it('renews the session, asks to log in once it has ended, and then pays the order that was open', async ({
    server,
    browser,
  }) => {
    const bob = await createUser(server, 10);
    await using served = await serveShop(server);
    const { page, problems } = await openShop(browser, served.url, server);
    await logIn(page, bob);
    await expectPoints(page, '10');
    await expireAccessToken(page);
    await page.reload();
    await page.getByRole('button', { name: 'Buy a sticker' }).click();
    await expectPoints(page, '8');

    await page.route(`${server.url}/graphql`, async (route) => {
      if (route.request().postData()?.includes('spendPoints')) {
        await server.database.query('delete from sessions');
        await page.unrouteAll();
      }
      await route.fallback();
    });
    await page.getByRole('button', { name: 'Buy a mug' }).click();
    await expectMessage(page, 'Your session has ended. Please log in again.');
    await logIn(page, bob);
    await expectMessage(page, 'Thank you. The mug is yours.');
    await expectPoints(page, '3');
    expect(problems).toEqual([]);
  });

  it('pays an order once whose response was lost', async ({ server, browser }) => {
    const eve = await createUser(server, 10);
    await using served = await serveShop(server);
    const { page } = await openShop(browser, served.url, server);
    await logIn(page, eve);
    await expectPoints(page, '10');
    let lost = 0;
    await page.route(`${server.url}/graphql`, async (route) => {
      if (!route.request().postData()?.includes('spendPoints') || lost === 2) return await route.fallback();
      lost += 1;
      await route.fetch(); // the server makes the change, and the page does not hear of it
      await route.abort();
    });
    await page.getByRole('button', { name: 'Buy a sticker' }).click();
    await expectMessage(page, 'Thank you. The sticker is yours.');
    await expectPoints(page, '8');
    expect(lost).toBe(2);
  });
});

/** @returns the username, a new one. */
async function createUser(server: TestServer, points: number): Promise<string> {
  const username = `shopper-${randomUUID()}`;
  const { errors } = await server.send(await server.everything(), CreateUserDocument, {
    input: { username, password: PASSWORD },
  });
  expect(errors).toBeUndefined();
  await addPoints(server, username, points);
  return username;
}

async function addPoints(server: TestServer, username: string, points: number): Promise<void> {
  const input = { user: { username }, points };
  const { errors } = await server.send(await server.everything(), AddPointsDocument, { input });
  expect(errors).toBeUndefined();
}

/** The page as its README starts it. */
async function serveShop(server: TestServer) {
  const env = { PATH: process.env['PATH'], SCRIP_URL: `${server.url}/graphql`, PORT: String(port) };
  const serving = spawn(process.execPath, ['docs/examples/shop-page/serve.mjs'], {
    env,
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const [started] = await once(serving.stdout, 'data');
  expect(String(started)).toBe(`The shop is at ${shop}\n`);
  return {
    url: new URL(shop),
    [Symbol.asyncDispose]: async () => {
      serving.kill();
      await once(serving, 'exit');
    },
  };
}

/** Requests to the server are those to another host that the page may send. */
async function openShop(browser: Browser, url: URL, server: TestServer): Promise<WatchedPage> {
  const watched = await openWatched(browser, url);
  const ofServer = `request to ${server.url.replace(/^http/, '')}`;
  return {
    page: watched.page,
    get problems() {
      return watched.problems.filter((problem) => !problem.replace(/(https?|wss?)(?=:)/, '').startsWith(ofServer));
    },
  };
}

async function logIn(page: Page, username: string, password = PASSWORD): Promise<void> {
  await page.getByLabel('Username').fill(username);
  await page.getByLabel('Password').fill(password);
  await page.getByRole('button', { name: 'Log in' }).click();
}

async function expireAccessToken(page: Page): Promise<void> {
  await page.evaluate(() => {
    const key = Object.keys(localStorage).find((key) => key.startsWith('scrip ')) ?? '';
    const pair = JSON.parse(localStorage.getItem(key) ?? '{}');
    localStorage.setItem(key, JSON.stringify({ ...pair, renewAt: 0 }));
  });
}

async function expectPoints(page: Page, points: string): Promise<void> {
  await expect.poll(() => page.locator('#points').textContent()).toBe(points);
}

async function expectMessage(page: Page, message: string | RegExp): Promise<void> {
  await expect.poll(() => page.locator('#message').textContent()).toMatch(message);
}
