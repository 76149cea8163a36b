import type { Page } from 'playwright-core';
import { describe, expect } from 'vitest';
import { fillIn, it, PASSWORD } from './console-visit.js';
import { expectFocus, faultsOf, overflowOf } from './measurements.js';
import { setColorScheme } from './still-page.js';
import { openWatched } from './watched-page.js';

const END = 'mutation { revokeSessions(input: { user: { username: "ada" } }) { count } }';

describe('The console is accessible', () => {
  it('on the log-in page, with an error and after the session has ended', async ({ visit }) => {
    const { page, problems } = await openWatched(visit.browser, new URL('/console/tokens', visit.server.url));
    await expectFocus(page.getByLabel('Username'));
    await page.keyboard.press('Enter');
    await page.getByText('Enter your username.').waitFor();
    await expectFocus(page.getByLabel('Username'));
    await expectAccessible(page);
    await fillIn(page, 'ada', 'not the password');
    await page.getByRole('alert').waitFor();
    await expectAccessible(page);

    await fillIn(page, 'ada', PASSWORD);
    await page.getByRole('heading', { name: 'Tokens' }).waitFor();
    const { user } = await visit.sessionOf('ada');
    await visit.server.send((await visit.server.session(user)).secret, END);
    await page.getByRole('link', { name: 'Users', exact: true }).click();
    await page.getByText('Your session has ended.').waitFor();
    await expectAccessible(page);
    expect(problems).toEqual([]);
  });

  it('without a connection, and after an error of its own', async ({ visit }) => {
    const { page } = await visit.logIn('ada', '/console');
    const unreachable = /\/(graphql|readyz)$/;
    await page.route(unreachable, (route) => route.abort());
    await page.getByRole('link', { name: 'Audit' }).click();
    await page.getByText('No connection').waitFor();
    await expectAccessible(page);
    await page.unrouteAll({ behavior: 'wait' });
    await page.getByText('No connection').waitFor({ state: 'detached' });

    const users = { nodes: [null], pageInfo: { hasNextPage: false, endCursor: null } };
    await page.route('**/graphql', async (route) => {
      const isUsers = route.request().postData()?.includes('query Users(');
      await (isUsers ? route.fulfill({ json: { data: { users } } }) : route.continue());
    });
    await page.getByRole('link', { name: 'Users', exact: true }).click();
    await page.getByRole('heading', { name: 'The console stopped because of an error' }).waitFor();
    await expectAccessible(page);
  });

  it('in the navigation of a narrow screen, by keyboard too', async ({ visit }) => {
    const { page, problems } = await visit.logIn('ada', '/console/users');
    await page.setViewportSize({ width: 375, height: 900 });
    const burger = page.getByRole('button', { name: 'Pages' });
    const links = page.getByRole('navigation', { name: 'Pages' }).getByRole('link');
    await burger.press('Enter');
    await links.first().waitFor();
    expect(await burger.getAttribute('aria-expanded')).toBe('true');
    await expectAccessible(page);

    await page.getByRole('button', { name: 'ada', exact: true }).focus();
    await page.keyboard.press('Tab');
    await expectFocus(links.first());
    await page.keyboard.press('Escape');
    await expectFocus(burger);
    await page.getByRole('button', { name: 'ada', exact: true }).focus();
    await page.keyboard.press('Tab'); // passes over the links, which are out of sight
    await expectFocus(page.getByRole('button', { name: 'Create a user' }));

    await burger.press('Space');
    await links.filter({ hasText: 'Audit' }).press('Enter');
    await expectFocus(page.getByRole('main', { name: 'Audit' }));
    expect(await burger.getAttribute('aria-expanded')).toBe('false');
    expect(problems).toEqual([]);
  });
});

async function expectAccessible(page: Page): Promise<void> {
  const before = page.viewportSize() ?? { width: 1360, height: 900 };
  for (const [colorScheme, width] of [
    ['light', before.width],
    ['dark', 375],
  ] as const) {
    await setColorScheme(page, colorScheme);
    await page.setViewportSize({ width, height: 900 });
    const found = { faults: await faultsOf(page), overflow: await overflowOf(page) };
    expect({ colorScheme, width, ...found }).toEqual({ colorScheme, width, faults: [], overflow: [] });
  }
  await page.setViewportSize(before);
}
