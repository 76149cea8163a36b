import type { Page } from 'playwright-core';
import { describe, expect } from 'vitest';
import { it, itInConsole } from './console-visit.js';
import { expectFocus } from './measurements.js';

const ISSUE = 'mutation ($input: IssueTokenInput!) { issueToken(input: $input) { token { id } } }';

const itElsewhere = itInConsole();

describe('A dialog of the console', () => {
  it('returns the focus to the button of the menu that opened it', async ({ visit }) => {
    const { id } = await visit.server.user({ username: 'menuuser' });
    const { page, problems } = await visit.logIn('ada', `/console/users/${id}`);
    for (const [button, item] of [
      ['More', 'Rename'],
      ['More', 'Log out everywhere'],
      ['ada', 'Change password'],
    ] as const) {
      const opener = page.getByRole('button', { name: button, exact: true });
      await opener.focus();
      await page.keyboard.press('Enter');
      await page.getByRole('menuitem', { name: item }).focus();
      await page.keyboard.press('Enter');
      await page.getByRole('dialog').waitFor();
      await page.keyboard.press('Escape');
      await page.getByRole('dialog').waitFor({ state: 'detached' });
      await expectFocus(opener, item);
    }
    expect(problems).toEqual([]);
  });

  it('shows its close button beside the longest name', async ({ visit }) => {
    const { id } = await visit.server.user({ username: 'W'.repeat(64) });
    const { page, problems } = await visit.logIn('ada', `/console/users/${id}`);
    for (const width of [375, 1000]) {
      await page.setViewportSize({ width, height: 900 });
      await page.getByRole('button', { name: 'More', exact: true }).click();
      await page.getByRole('menuitem', { name: 'Delete' }).click();
      const dialog = page.getByRole('dialog');
      const frame = await dialog.boundingBox();
      const close = await dialog.getByRole('button', { name: 'Close' }).boundingBox();
      const word = await dialog.locator('code').boundingBox();
      for (const box of [close, word]) expect(right(box)).toBeLessThan(right(frame));
      await dialog.getByRole('button', { name: 'Close' }).click();
      await dialog.waitFor({ state: 'detached' });
    }
    expect(problems).toEqual([]);
  });

  it('stays open after an error, with the focus on the field to correct', async ({ visit }) => {
    const { page, problems } = await visit.logIn('ada', '/console/users');
    await page.getByRole('button', { name: 'Create a user' }).click();
    const dialog = page.getByRole('dialog');
    await dialog.getByLabel('Name').fill('bob');
    await page.keyboard.press('Enter');
    await dialog.getByRole('alert').waitFor();
    await expectFocus(dialog.getByLabel('Name'));
    await dialog.getByLabel('Name').fill('no spaces');
    await dialog.getByRole('button', { name: 'Create' }).click();
    await dialog.getByText('Use 1 to 64 characters').waitFor();
    await expectFocus(dialog.getByLabel('Name'));
    expect(problems).toEqual([]);
  });

  it('isolates the name of a token in its title, and shows direction controls as text', async ({ visit }) => {
    for (const name of ['אסימון', 'evil \u202E nekot']) {
      const input = { name, owner: { username: 'bob' }, scopes: ['USERS_READ'] };
      await visit.server.send(await visit.server.everything(), ISSUE, { input });
    }
    const { page, problems } = await visit.logIn('ada', '/console/tokens?owner=bob');
    expect(await titleOf(page, 'Revoke אסימון')).toBe('Revoke “\u2068אסימון\u2069”?');
    expect(await titleOf(page, 'Rotate evil')).toBe('Rotate “\u2068evil [U+202E] nekot\u2069”');
    expect(problems).toEqual([]);
  });
});

describe('An error of the console', () => {
  const it = itElsewhere;

  it('is shown on a page from which its report can be copied and the console reloaded', async ({ visit }) => {
    const { page } = await visit.logIn('ada', '/console');
    await page.context().grantPermissions(['clipboard-read', 'clipboard-write']);
    const users = { nodes: [null], pageInfo: { hasNextPage: false, endCursor: null } };
    await page.route('**/graphql', async (route) => {
      const isUsers = route.request().postData()?.includes('query Users(');
      await (isUsers ? route.fulfill({ json: { data: { users } } }) : route.continue());
    });
    await page.getByRole('link', { name: 'Users', exact: true }).click();
    await page.getByRole('heading', { name: 'The console stopped because of an error' }).waitFor();
    await page.getByRole('button', { name: 'Copy the report' }).click();
    await page.getByRole('button', { name: 'Copied' }).waitFor();
    const report = await page.evaluate(async () => await navigator.clipboard.readText());
    expect(report).toContain('Page: /console/users');
    expect(report).toContain('TypeError');
    expect(report).toContain('Components:');

    await page.unrouteAll({ behavior: 'wait' });
    await page.getByRole('button', { name: 'Reload' }).click();
    await page.getByRole('table', { name: 'Users' }).getByRole('link', { name: 'bob' }).waitFor();
  });
});

async function titleOf(page: Page, button: string): Promise<string | null> {
  await page.getByRole('button', { name: button }).click();
  const dialog = page.getByRole('dialog');
  const title = await dialog.getByRole('heading').textContent();
  await dialog.getByRole('button', { name: 'Cancel' }).click();
  await dialog.waitFor({ state: 'detached' });
  return title;
}

function right(box: { x: number; width: number } | null): number {
  return box ? box.x + box.width : Number.NaN;
}
