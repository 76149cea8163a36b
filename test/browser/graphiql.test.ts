import type { Page } from 'playwright-core';
import { describe, expect } from 'vitest';
import { keepSecret } from '../support/leaks.js';
import type { TestServer } from '../support/server.js';
import { itInBrowser } from './browser.js';
import { openWatched } from './watched-page.js';

const it = itInBrowser();

const ADD_POINTS = 'mutation AddPoints($input: AddPointsInput!) { addPoints(input: $input) { message points } }';
const LOG_IN = 'mutation LogIn($input: CredentialsInput!) { logIn(input: $input) { expiresIn } }';
const FOLLOW = 'subscription Follow($user: UserBy) { pointsChanged(user: $user, after: 0) { delta } }';

/** What GraphiQL may keep in `localStorage`. */
const LAYOUT_KEYS = ['theme', 'visiblePlugin', 'docExplorerFlex', 'editorFlex', 'secondaryEditorFlex'].map(
  (key) => `graphiql:${key}`,
);

describe('GraphiQL', () => {
  it('adds points with the token of the panel to the user of the link', async ({ server, browser }) => {
    const { secret, owner } = await server.token(['points:add']);
    const { page, problems } = await openWatched(browser, linkToAddPoints(server, owner.username));

    await page.getByLabel('Bearer token').fill(secret);
    await page.getByText('Token set').waitFor();
    await page.getByRole('term').filter({ hasText: 'Owner' }).waitFor();
    await run(page);

    await result(page).getByText(`Successfully added 5 points to ${owner.username}`).waitFor();
    expect(await page.title()).toBe('Scrip API');
    expect(page.url()).not.toContain(secret);
    expect(problems).toEqual([]);
  });

  it('names the scope that a token lacks, and the command that issues a token with it', async ({ server, browser }) => {
    const { secret, owner } = await server.token(['users:read']);
    const { page, problems } = await openWatched(browser, linkToAddPoints(server, owner.username));

    await page.getByLabel('Bearer token').fill(secret);
    await run(page);

    const hint = page.getByRole('complementary', { name: 'Denied' });
    await hint.getByText('points:add', { exact: true }).first().waitFor();
    expect(await hint.textContent()).toContain('scrip token issue --owner admin --name explorer --scopes points:add');
    const link = hint.getByRole('link', { name: 'Issue a token with the required scopes' });
    expect(await link.getAttribute('href')).toBe('/console/tokens?issue=points:add');
    await result(page).getByText('missingScopes').waitFor();
    expect(problems).toEqual([]);
  });

  it('shows the documentation also with an invalid token', async ({ server, browser }) => {
    const { page, problems } = await openWatched(browser, new URL('/graphql', server.url));

    await page.getByLabel('Bearer token').fill('not_a_token_of_this_server');
    await page.getByText('Token set').waitFor();
    await page.reload();
    await page.getByRole('button', { name: 'Show Documentation Explorer' }).click();

    await page.getByRole('link', { name: 'Mutation', exact: true }).click();
    await page.getByRole('link', { name: 'addPoints', exact: true }).click();
    await page.getByText('points:add').waitFor();
    expect(problems).toEqual([]);
  });

  it('links to the token in the console', async ({ server, browser }) => {
    const { secret } = await server.token(['users:read']);
    const { page, problems } = await openWatched(browser, new URL('/graphql', server.url));

    await page.getByLabel('Bearer token').fill(secret);
    const link = page.getByRole('link', { name: 'a test' });
    await link.waitFor();

    expect(await link.getAttribute('href')).toBe('/console/tokens?search=a%20test');
    expect(problems).toEqual([]);
  });

  it('shows each change of points while it is subscribed', async ({ server, browser }) => {
    const { secret, owner } = await server.token(['points:read', 'points:add']);
    const link = new URL('/graphql', server.url);
    link.searchParams.set('query', FOLLOW);
    link.searchParams.set('variables', JSON.stringify({ user: { id: owner.id } }));
    const { page, problems } = await openWatched(browser, link);
    await page.getByLabel('Bearer token').fill(secret);
    await run(page, 'pointsChanged');

    for (const points of [41, 43]) {
      await server.send(secret, ADD_POINTS, { input: { user: { id: owner.id }, points } });
      await result(page).getByText(String(points)).waitFor();
    }
    await page.getByRole('button', { name: 'Stop query' }).click();
    expect(problems).toEqual([]);
  });

  it('keeps the token only in its tab, until it is cleared', async ({ server, browser }) => {
    const { secret } = await server.token(['users:read']);
    const { page } = await openWatched(browser, new URL('/graphql', server.url));

    await page.getByLabel('Bearer token').fill(secret);
    await page.reload();
    expect(await page.getByLabel('Bearer token').inputValue()).toBe(secret);
    expect(await page.evaluate(() => JSON.stringify(localStorage))).not.toContain(secret);

    await page.getByRole('button', { name: 'Clear' }).click();
    await page.getByText('No token: public fields only').waitFor();
    expect(await page.evaluate(() => sessionStorage.length)).toBe(0);
  });

  it('stores no credential that is typed or received', async ({ server, browser }) => {
    const { secret } = await server.token(['tokens:issue', 'users:read']);
    const typed = 'a password that was typed';
    keepSecret(typed);
    const { page, problems } = await openWatched(
      browser,
      linkTo(server, LOG_IN, { input: { username: 'ada', password: typed } }),
    );
    await page.getByLabel('Bearer token').fill(secret);
    await run(page, 'logIn');
    await result(page).getByText('INVALID_CREDENTIALS').waitFor();

    await write(page, `mutation { logIn(input: { username: "ada", password: "${typed}" }) { expiresIn } }`);
    await run(page, 'logIn');
    await page.getByRole('tab', { name: '<untitled>' }).waitFor();
    await write(page, `mutation { renewSession(input: { refreshToken: "scrip_rt_${typed}" }) { expiresIn } }`);
    await run(page, 'renewSession');
    await result(page).getByText('REFRESH_TOKEN_INVALID').waitFor();
    await write(page, 'mutation { issueToken(input: { name: "typed", scopes: [USERS_READ] }) { secret } }');
    await run(page, 'issueToken');
    await result(page).getByText('scrip_app_').waitFor();
    const text = (await result(page).textContent()) ?? '';
    const issued = /scrip_app_\w+/.exec(text)?.[0] ?? '';
    expect(issued).not.toBe('');

    const storage = await page.evaluate(() => ({ local: { ...localStorage }, session: { ...sessionStorage } }));
    expect(storage.session).toEqual({ 'scrip:token': secret });
    expect(Object.keys(storage.local).filter((key) => !LAYOUT_KEYS.includes(key))).toEqual([]);
    for (const text of [typed, issued, secret]) expect(JSON.stringify(storage.local)).not.toContain(text);
    await page.getByRole('button', { name: 'Show History' }).click(); // kept until the page is reloaded
    await page.getByRole('region', { name: 'History' }).getByRole('listitem').nth(1).waitFor();
    await page.reload();
    await page.getByRole('region', { name: 'Operation Editor' }).getByText('Welcome to Scrip').waitFor();
    expect(problems).toEqual([]);
  });

  it('removes what an earlier version stored', async ({ server, browser }) => {
    const { page } = await openWatched(browser, new URL('/graphql', server.url));
    await page.evaluate(() => {
      for (const key of ['graphiql:tabState', 'graphiql:queries', 'graphiql:variables']) localStorage.setItem(key, 'x');
      localStorage.setItem('graphiql:theme', 'dark');
      localStorage.setItem('another', 'x');
    });
    await page.reload();
    await page.getByLabel('Bearer token').waitFor();
    const stored = await page.evaluate(() => Object.keys(localStorage));
    expect(stored.filter((key) => !LAYOUT_KEYS.includes(key))).toEqual(['another']);
    expect(stored).toContain('graphiql:theme');
  });

  it('copies a link without the credentials of the operation', async ({ server, browser }) => {
    const variables = { input: { username: 'ada', password: 'hunter2 hunter2' } };
    const { page, problems } = await openWatched(browser, linkTo(server, LOG_IN, variables));
    await page.context().grantPermissions(['clipboard-read', 'clipboard-write']);
    await page.getByRole('region', { name: 'Operation Editor' }).getByText('logIn').first().waitFor();
    await page.getByRole('button', { name: /^Copy a link/ }).click();

    const clipboard = () => page.evaluate(() => navigator.clipboard.readText());
    await expect.poll(clipboard, { timeout: 5_000 }).toContain('/graphql');
    const link = new URL(await clipboard());
    expect(link.searchParams.get('query')).toContain('logIn(input: $input)');
    expect(JSON.parse(link.searchParams.get('variables') ?? '')).toEqual({ input: { username: 'ada', password: '' } });
    expect(problems).toEqual([]);
  });

  it('opens an example in a tab of its own, variables included', async ({ server, browser }) => {
    const { page, problems } = await openWatched(browser, new URL('/graphql', server.url));

    await page.getByRole('button', { name: 'Show Examples' }).click();
    await page.getByRole('button', { name: /^Spend points/ }).click();

    await page.getByRole('tab', { name: 'SpendPoints' }).waitFor();
    await page.getByRole('region', { name: 'Variables' }).getByText('"Coffee"').waitFor();
    expect(problems).toEqual([]);
  });

  function linkToAddPoints(server: TestServer, username: string): URL {
    return linkTo(server, ADD_POINTS, { input: { user: { username }, points: 5 } });
  }

  function linkTo(server: TestServer, query: string, variables: object): URL {
    const link = new URL('/graphql', server.url);
    link.searchParams.set('query', query);
    link.searchParams.set('variables', JSON.stringify(variables));
    return link;
  }
});

async function run(page: Page, field = 'addPoints'): Promise<void> {
  await page.getByRole('region', { name: 'Operation Editor' }).getByText(field).first().waitFor(); // the editor is ready
  await page.getByRole('button', { name: 'Execute query' }).click();
}

/** Replaces the document in the editor. */
async function write(page: Page, document: string): Promise<void> {
  await page.getByRole('region', { name: 'Operation Editor' }).click();
  await page.keyboard.press('Control+A');
  await page.keyboard.insertText(document);
}

function result(page: Page) {
  return page.getByRole('region', { name: 'Result Window' });
}
