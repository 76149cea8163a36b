import type { Page } from 'playwright-core';
import { describe, expect } from 'vitest';
import { ADD_POINTS, fillIn, issueReviewed, it } from './console-visit.js';
import { openWatched } from './watched-page.js';

describe('The console', () => {
  it('issues a token that the API accepts, and revokes it so that the API rejects it', async ({ visit }) => {
    const { page, problems } = await visit.logIn('ada', '/console/tokens');

    await page.getByRole('button', { name: 'Issue a token' }).first().click();
    const dialog = page.getByRole('dialog');
    await dialog.getByLabel('Name').fill('shop');
    await dialog.getByLabel('users:read').check();
    await dialog.getByLabel('points:add').check();
    const secret = await issueReviewed(dialog);

    const viewer = await visit.server.send(secret, '{ viewer { scopes user { username } } }');
    expect(viewer.data.viewer).toEqual({ scopes: ['USERS_READ', 'POINTS_ADD'], user: { username: 'ada' } });

    await dialog.getByRole('button', { name: 'Done' }).click();
    const row = page.getByRole('row').filter({ hasText: 'shop' });
    await dialog.waitFor({ state: 'detached' });
    await row.getByRole('cell', { name: 'Active', exact: true }).waitFor();
    expect(await row.textContent()).not.toContain(secret);

    await page.reload(); // whether it was used shows when it is read again
    await row.getByRole('button', { name: 'Revoke shop' }).click();
    await dialog.waitFor();
    const confirmation = dialog.getByLabel(/Type shop/);
    if (await confirmation.isVisible()) await confirmation.fill('shop');
    await dialog.getByRole('button', { name: 'Revoke', exact: true }).click();
    await page.getByText(/shop.* is revoked/).waitFor();

    expect((await visit.server.send(secret, '{ viewer { kind } }')).status).toBe(401);
    await row.waitFor({ state: 'detached' });
    expect(problems).toEqual([]);
  });

  it('selects the scopes that pasted operations require', async ({ visit }) => {
    const { page, problems } = await visit.logIn('ada', '/console/tokens?issue=');
    const dialog = page.getByRole('dialog');

    await dialog.getByRole('button', { name: 'Find required scopes' }).click();
    await dialog
      .getByLabel('Operations of your application')
      .fill(`${ADD_POINTS} query Names { users { nodes { username } } }`);
    await dialog.getByRole('button', { name: 'Select required scopes' }).click();

    await dialog.getByText('The 2 operations require points:add, users:read.').waitFor();
    expect(await dialog.getByLabel('points:add').isChecked()).toBe(true);
    expect(await dialog.getByLabel('users:read').isChecked()).toBe(true);
    expect(await dialog.getByLabel('points:spend').isChecked()).toBe(false);
    expect(problems).toEqual([]);
  });

  it('passes a new token to GraphiQL, but not in the URL', async ({ visit }) => {
    const { page, problems } = await visit.logIn('ada', '/console/tokens?issue=users:read');
    const dialog = page.getByRole('dialog');
    await dialog.getByLabel('Name').fill('explorer');
    const secret = await issueReviewed(dialog);

    const [graphiql] = await Promise.all([
      page.context().waitForEvent('page'),
      dialog.getByRole('button', { name: 'Open in GraphiQL with this token' }).click(),
    ]);

    await graphiql.getByRole('term').filter({ hasText: 'Owner' }).waitFor();
    expect(await graphiql.getByLabel('Bearer token').inputValue()).toBe(secret);
    expect(graphiql.url()).toBe(new URL('/graphql', visit.server.url).href);
    expect(await graphiql.evaluate(() => Object.keys(sessionStorage))).toEqual(['scrip:token']);
    expect(await graphiql.evaluate(() => window.opener)).toBeNull();
    expect(await page.evaluate(() => JSON.stringify(sessionStorage))).not.toContain(secret);
    expect(problems).toEqual([]);
  });

  it('finds a token by its owner, and rotates it with and without an overlap', async ({ visit }) => {
    const old = await visit.server.token(['users:read'], await visit.server.user({ username: 'rotor' }));
    const { page, problems } = await visit.logIn('ada', '/console/tokens');
    const table = page.getByRole('table', { name: 'Tokens' });
    const rotate = async (overlap: string) => {
      await table.getByRole('button', { name: 'Rotate a test' }).first().click(); // the newest
      await page.getByRole('dialog').getByLabel('The old secret').selectOption(overlap);
      await page.getByRole('dialog').getByRole('button', { name: 'Rotate' }).click();
      const secret = await page.getByRole('dialog').getByRole('textbox', { name: 'Secret' }).inputValue();
      await page.getByRole('button', { name: 'Done' }).click();
      return secret;
    };
    const statusOf = async (secret: string) => (await visit.server.send(secret, '{ viewer { kind } }')).status;

    await page.getByLabel('Search by name or owner').fill('ROTO');
    await page.waitForURL(/search=ROTO$/);
    await table.getByRole('link', { name: 'rotor' }).first().waitFor();
    const next = await rotate('Works for another hour');
    expect(await Promise.all([old.secret, next].map(statusOf))).toEqual([200, 200]);
    await table.getByRole('link', { name: 'rotor' }).nth(1).waitFor();

    const last = await rotate('Stops working immediately');
    expect(await Promise.all([old.secret, next, last].map(statusOf))).toEqual([200, 401, 200]);
    expect(problems).toEqual([]);
  });

  it('shows the whole ledger page by page, and new entries at the top', async ({ visit }) => {
    await visit.create('lena', 'USER');
    const operations = Array.from({ length: 60 }, (_, index) => ({
      add: { user: { username: 'lena' }, points: 2_001 + index },
    }));
    const APPLY = 'mutation ($input: ApplyPointsInput!) { applyPoints(input: $input) { __typename } }';
    await visit.server.send(await visit.server.everything(), APPLY, { input: { operations } });
    const { page, problems } = await visit.logIn('ada', '/console/points');
    const ledger = page.getByRole('table', { name: 'Ledger' });
    await page.getByText('Live', { exact: true }).waitFor();
    await ledger.getByText('+2,060').waitFor();
    expect(await ledger.getByText('+2,001').count()).toBe(0);

    await ledger.getByRole('button', { name: 'Load more' }).click();
    await ledger.getByText('+2,001').waitFor();
    await visit.add('lena', 9_000);
    await ledger.getByText('+9,000').waitFor();

    const rows = await ledger.getByRole('row').filter({ hasText: 'lena' }).allTextContents();
    expect(rows).toHaveLength(61);
    expect(rows[0]).toContain('+9,000');
    expect(rows.at(-1)).toContain('+2,001');
    expect(problems).toEqual([]);
  });

  it('adds and reverses points, and shows each entry when it is written', async ({ visit }) => {
    const { page, problems } = await visit.logIn('ada', '/console/points');
    await page.getByText('Live', { exact: true }).waitFor();
    await visit.add('bob', 41);
    await page.getByRole('table', { name: 'Ledger' }).getByText('+41').waitFor();

    await page.getByRole('link', { name: 'bob' }).first().click();
    await page.getByRole('button', { name: 'Add points' }).click();
    const dialog = page.getByRole('dialog');
    await dialog.getByLabel('Points').fill('1000');
    await dialog.getByLabel('Reason').fill('A review');
    await dialog.getByRole('button', { name: 'Add points' }).click();

    await page.getByText('Added 1,000 points to bob.').waitFor();
    await page.getByText('1,041', { exact: true }).first().waitFor();

    await page.getByRole('button', { name: 'Reverse entry 2' }).click();
    await dialog.getByRole('button', { name: 'Reverse' }).click();
    await page.getByText('Reversed entry 2 of bob.').waitFor();
    await page.getByRole('table', { name: 'History' }).getByText('−1,000').waitFor();
    expect(problems).toEqual([]);
  });

  it('applies a change once, although the response is lost', async ({ visit }) => {
    await visit.create('carol', 'USER');
    const { page } = await visit.logIn('ada', '/console/users');
    await page.getByRole('link', { name: 'carol' }).click();
    await page.getByRole('button', { name: 'Add points' }).click();
    const dialog = page.getByRole('dialog');
    await dialog.getByLabel('Points').fill('7');

    await page.route('**/graphql', async (route) => {
      await route.fetch(); // it arrives, and is done
      await route.abort();
    });
    await dialog.getByRole('button', { name: 'Add points' }).click();
    await dialog.getByText('No response from the server').waitFor();
    await page.unrouteAll({ behavior: 'wait' });
    await dialog.getByRole('button', { name: 'Retry' }).click();

    await page.getByText('Added 7 points to carol.').waitFor();
    await page.getByText('7', { exact: true }).first().waitFor();
    const { data } = await visit.server.send(
      await visit.server.everything(),
      '{ user(by: { username: "carol" }) { points pointsHistory { totalCount } } }',
    );
    expect(data.user).toEqual({ points: 7, pointsHistory: { totalCount: 1 } });
  });

  it('admits only administrators, and ends the session of another user', async ({ visit }) => {
    const { page, problems } = await openWatched(visit.browser, new URL('/console', visit.server.url));
    await fillIn(page, 'bob');

    await page.getByText('bob is not an administrator').waitFor();
    const everything = await visit.server.everything();
    const sessions = async () => {
      const { data } = await visit.server.send(
        everything,
        '{ user(by: { username: "bob" }) { sessions { nodes { state } } } }',
      );
      return data.user.sessions.nodes;
    };
    await expect.poll(sessions, { timeout: 5_000 }).toEqual([{ state: 'ENDED' }]);
    expect(await page.evaluate(() => sessionStorage.length)).toBe(0);
    expect(problems).toEqual([]);
  });

  it('shares one session among its tabs, until one of them logs out', async ({ visit }) => {
    const { page, problems } = await visit.logIn('ada', '/console');
    const second = await openTab(page, '/console/users'); // it begins with a copy of what the first has kept
    await second.getByRole('heading', { name: 'Users' }).waitFor();
    const third = await openTab(page, '/console/points');
    await third.getByRole('heading', { name: 'Points' }).waitFor();

    await second.bringToFront();
    await second.reload();
    await second.getByRole('heading', { name: 'Users' }).waitFor();
    await second.getByRole('button', { name: 'ada' }).click();
    await second.getByRole('menuitem', { name: 'Log out' }).click();

    await page.getByRole('button', { name: 'Log in' }).waitFor();
    await third.getByRole('button', { name: 'Log in' }).waitFor();
    expect(problems).toEqual([]);
  });

  it('says that its session has ended, and shows the same page after the next log-in', async ({ visit }) => {
    const { page } = await visit.logIn('ada', '/console/users');
    await page.waitForLoadState('networkidle'); // a request under way would tell it before
    const END = 'mutation { revokeSessions(input: { user: { username: "ada" } }) { count } }';
    const { user } = await visit.sessionOf('ada');
    await visit.server.send((await visit.server.session(user)).secret, END);
    await page.getByRole('link', { name: 'Tokens' }).click(); // on a page without a WebSocket, which would tell it before

    await page.getByText('Your session has ended.').waitFor();
    await fillIn(page, 'ada');
    await page.getByRole('heading', { name: 'Tokens' }).waitFor();
  });

  it('says that the connection is lost, and continues when it is restored', async ({ visit }) => {
    const { page } = await visit.logIn('ada', '/console');
    const unreachable = /\/(graphql|readyz)$/;
    await page.route(unreachable, (route) => route.abort());
    await page.getByRole('link', { name: 'Users', exact: true }).click();
    await page.getByText('No connection').waitFor();

    await page.unrouteAll({ behavior: 'wait' });
    await page.getByText('No connection').waitFor({ state: 'detached' });
    await page.getByRole('link', { name: 'bob' }).waitFor();
  });
});

async function openTab(page: Page, path: string): Promise<Page> {
  const [tab] = await Promise.all([page.waitForEvent('popup'), page.evaluate((url) => void window.open(url), path)]);
  return tab;
}
