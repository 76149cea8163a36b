import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { startServer, type TestServer } from '../server.js';
import { launchBrowser, NO_BROWSER, openWatched } from './watched-page.js';

const ADD_POINTS = 'mutation AddPoints($input: AddPointsInput!) { addPoints(input: $input) { message points } }';
const FOLLOW = 'subscription Follow($user: UserBy) { pointsChanged(user: $user, after: 0) { delta } }';

describe('GraphiQL', () => {
  let server: TestServer;
  let browser: Browser;

  beforeAll(async () => {
    if (NO_BROWSER) return;
    server = await startServer();
    browser = await launchBrowser();
  });
  beforeEach(({ skip }) => {
    if (NO_BROWSER) skip(NO_BROWSER);
  });
  afterAll(async () => {
    await browser?.close();
    await server?.close();
  });

  it('adds points with the token of the panel, to whom the link names', async () => {
    const { secret, owner } = await server.token(['points:add']);
    const { page, complaints } = await openWatched(browser, linkToAddPoints(owner.username));

    await page.getByLabel('Bearer token').fill(secret);
    await page.getByText('Token set').waitFor();
    await page.getByRole('term').filter({ hasText: 'Owner' }).waitFor();
    await run(page);

    await result(page).getByText(`Successfully added 5 points to ${owner.username}`).waitFor();
    expect(await page.title()).toBe('Scrip API');
    expect(page.url()).not.toContain(secret);
    expect(complaints).toEqual([]);
  });

  it('names the scope that a token lacks, and the command that gets it', async () => {
    const { secret, owner } = await server.token(['users:read']);
    const { page, complaints } = await openWatched(browser, linkToAddPoints(owner.username));

    await page.getByLabel('Bearer token').fill(secret);
    await run(page);

    const hint = page.getByRole('complementary', { name: 'Denied' });
    await hint.getByText('points:add', { exact: true }).first().waitFor();
    expect(await hint.textContent()).toContain('scrip token issue --owner admin --name explorer --scopes points:add');
    const link = hint.getByRole('link', { name: 'Issue a token that may do just this' });
    expect(await link.getAttribute('href')).toBe('/console/tokens?issue=points:add');
    await result(page).getByText('missingScopes').waitFor();
    expect(complaints).toEqual([]);
  });

  it('shows the documentation to anybody, whatever token they hold', async () => {
    const { page, complaints } = await openWatched(browser, new URL('/graphql', server.url));

    await page.getByLabel('Bearer token').fill('not_a_token_of_this_server');
    await page.getByText('Token set').waitFor();
    await page.reload();
    await page.getByRole('button', { name: 'Show Documentation Explorer' }).click();

    await page.getByRole('link', { name: 'Mutation', exact: true }).click();
    await page.getByRole('link', { name: 'addPoints', exact: true }).click();
    await page.getByText('points:add').waitFor();
    expect(complaints).toEqual([]);
  });

  it('leads to the token in the console', async () => {
    const { secret } = await server.token(['users:read']);
    const { page, complaints } = await openWatched(browser, new URL('/graphql', server.url));

    await page.getByLabel('Bearer token').fill(secret);
    const link = page.getByRole('link', { name: 'a test' });
    await link.waitFor();

    expect(await link.getAttribute('href')).toBe('/console/tokens?search=a%20test');
    expect(complaints).toEqual([]);
  });

  it('follows points as they change', async () => {
    const { secret, owner } = await server.token(['points:read', 'points:add']);
    const link = new URL('/graphql', server.url);
    link.searchParams.set('query', FOLLOW);
    link.searchParams.set('variables', JSON.stringify({ user: { id: owner.id } }));
    const { page, complaints } = await openWatched(browser, link);
    await page.getByLabel('Bearer token').fill(secret);
    await run(page, 'pointsChanged');

    for (const points of [41, 43]) {
      await server.send(secret, ADD_POINTS, { input: { user: { id: owner.id }, points } });
      await result(page).getByText(String(points)).waitFor();
    }
    await page.getByRole('button', { name: 'Stop query' }).click();
    expect(complaints).toEqual([]);
  });

  it('keeps the token for this tab alone, until it is cleared', async () => {
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

  it('opens an example in a tab of its own, variables included', async () => {
    const { page, complaints } = await openWatched(browser, new URL('/graphql', server.url));

    await page.getByRole('button', { name: 'Show Examples' }).click();
    await page.getByRole('button', { name: /^Spend points/ }).click();

    await page.getByRole('tab', { name: 'SpendPoints' }).waitFor();
    await page.getByRole('region', { name: 'Variables' }).getByText('"Coffee"').waitFor();
    expect(complaints).toEqual([]);
  });

  function linkToAddPoints(username: string): URL {
    const link = new URL('/graphql', server.url);
    link.searchParams.set('query', ADD_POINTS);
    link.searchParams.set('variables', JSON.stringify({ input: { user: { username }, points: 5 } }));
    return link;
  }
});

async function run(page: Page, field = 'addPoints'): Promise<void> {
  await page.getByRole('region', { name: 'Operation Editor' }).getByText(field).first().waitFor(); // the editor is ready
  await page.getByRole('button', { name: 'Execute query' }).click();
}

function result(page: Page) {
  return page.getByRole('region', { name: 'Result Window' });
}
