import type { Page } from 'playwright-core';
import { describe, expect } from 'vitest';
import { type ConsoleVisit, it } from './console-visit.js';

const APPLY = 'mutation ($input: ApplyPointsInput!) { applyPoints(input: $input) { __typename } }';
const FIND = 'query ($by: UserBy!) { user(by: $by) { username role } }';

describe('The page of a user', () => {
  it('renames the user', async ({ visit }) => {
    const { id } = await visit.server.user({ username: 'dora' });
    const { page, problems } = await visit.logIn('ada', `/console/users/${id}`);
    await choose(page, 'Rename');
    const dialog = page.getByRole('dialog');
    await dialog.getByLabel('Name').fill('bob');
    await dialog.getByRole('button', { name: 'Rename' }).click();
    await dialog.getByRole('alert').waitFor(); // the name is taken
    await dialog.getByLabel('Name').fill('dorothea');
    await dialog.getByRole('button', { name: 'Rename' }).click();

    await page.getByRole('heading', { name: 'dorothea', exact: true }).waitFor();
    expect(await find(visit, id)).toEqual({ username: 'dorothea', role: 'USER' });
    expect(problems).toEqual([]);
  });

  it('makes an administrator of the user, and a plain user again', async ({ visit }) => {
    const { id } = await visit.server.user({ username: 'emil' });
    const { page, problems } = await visit.logIn('ada', `/console/users/${id}`);
    for (const [wish, said, role] of [
      ['Make an administrator', 'emil is an administrator.', 'ADMIN'],
      ['Remove administrator role', 'emil is no longer an administrator.', 'USER'],
    ] as const) {
      await choose(page, wish);
      await page.getByRole('dialog').getByRole('button', { name: 'Change the role' }).click();
      await page.getByText(said).waitFor();
      expect(await find(visit, id)).toEqual({ username: 'emil', role });
    }
    expect(problems).toEqual([]);
  });

  it('shows a history without a gap when an entry is added after rows were loaded', async ({ visit }) => {
    const { id } = await visit.server.user({ username: 'hugo' });
    const operations = Array.from({ length: 60 }, () => ({ add: { user: { id }, points: 1 } }));
    await visit.server.send(await visit.server.everything(), APPLY, { input: { operations } });
    const { page, problems } = await visit.logIn('ada', `/console/users/${id}`);
    const lines = page.getByRole('table', { name: 'History' }).getByRole('button', { name: /^Reverse entry/ });
    await page.getByRole('button', { name: 'Load more' }).click();
    await page.getByRole('button', { name: 'Reverse entry 1', exact: true }).waitFor();

    await page.getByRole('button', { name: 'Add points' }).click();
    await page.getByRole('dialog').getByLabel('Points').fill('5');
    await page.getByRole('dialog').getByRole('button', { name: 'Add points' }).click();
    await page.getByRole('button', { name: 'Reverse entry 61' }).waitFor();
    await lines.nth(60).waitFor();

    const names = await lines.evaluateAll((buttons) => buttons.map((button) => button.getAttribute('aria-label')));
    expect(names).toEqual(Array.from({ length: 61 }, (_, index) => `Reverse entry ${61 - index}`));
    expect(problems).toEqual([]);
  });

  it('ends one of the user’s sessions, and leaves the other', async ({ visit }) => {
    await visit.create('finn', 'USER');
    const older = await visit.sessionOf('finn');
    const newer = await visit.sessionOf('finn');
    const { page, problems } = await visit.logIn('ada', `/console/users/${older.user.id}`);
    await page.getByRole('tab', { name: 'Sessions' }).click();
    const end = page.getByRole('table', { name: 'Sessions' }).getByRole('button', { name: 'End' });
    await end.first().click(); // the newest
    await page.getByRole('dialog').getByRole('button', { name: 'End the session' }).click();

    await page.getByText('Session ended.').waitFor();
    await page.getByRole('cell', { name: 'Ended', exact: true }).waitFor();
    const statusOf = async ({ secret }: { secret: string }) =>
      (await visit.server.send(secret, '{ viewer { kind } }')).status;
    expect(await Promise.all([older, newer].map(statusOf))).toEqual([200, 401]);
    expect(problems).toEqual([]);
  });

  it('deletes the user only after the name is typed', async ({ visit }) => {
    const { secret, owner } = await visit.server.token(['users:read'], await visit.server.user({ username: 'gwen' }));
    const { page, problems } = await visit.logIn('ada', `/console/users/${owner.id}`);
    await choose(page, 'Delete');
    const dialog = page.getByRole('dialog');
    const confirm = dialog.getByRole('button', { name: 'Delete permanently' });
    await dialog.getByLabel(/Type gwen/).fill('gwe');
    expect(await confirm.isDisabled()).toBe(true);
    await dialog.getByLabel(/Type gwen/).fill('gwen');
    await confirm.click();

    await page.getByText('gwen is deleted.').waitFor();
    await page.getByRole('heading', { name: 'Users' }).waitFor();
    expect(await find(visit, owner.id)).toBeNull();
    expect((await visit.server.send(secret, '{ viewer { kind } }')).status).toBe(401);
    expect(problems).toEqual([]);
  });

  async function find(visit: ConsoleVisit, id: string): Promise<object | null> {
    return (await visit.server.send(await visit.server.everything(), FIND, { by: { id } })).data.user;
  }
});

async function choose(page: Page, deed: string): Promise<void> {
  await page.getByRole('button', { name: 'More' }).click();
  await page.getByRole('menuitem', { name: deed }).click();
}
