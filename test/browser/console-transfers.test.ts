import { readFileSync } from 'node:fs';
import { parse } from 'csv-parse/sync';
import type { Page } from 'playwright-core';
import { describe, expect } from 'vitest';
import { HOLD, it, TRANSFER } from './console-visit.js';

describe('Points', () => {
  it('are moved to another user, with linked entries in both histories', async ({ visit }) => {
    const giver = await visit.userWithPoints('alice', 100);
    const receiver = await visit.userWithPoints('carol', 1);
    const { page, problems } = await visit.logIn('ada', `/console/users/${giver}`);
    await fillInMove(page, { to: 'carol', points: '1250' });
    const dialog = page.getByRole('dialog', { name: 'Move points of alice' });
    await dialog.getByLabel('Reason').fill('A gift');
    await dialog.getByRole('button', { name: 'Move points' }).click();
    await dialog.getByText('alice has 100 points available. The change needs 1,250.').waitFor();
    await dialog.getByLabel('Points').fill('30');
    await dialog.getByRole('button', { name: 'Move points' }).click();

    await page.getByText('Moved 30 points from alice to carol.').waitFor();
    const given = page.getByRole('table', { name: 'History' }).getByRole('row').filter({ hasText: '−30' });
    expect(await originOf(given)).toMatch(/^To carol \(entry 2\)A giftBy ada$/);
    await given.getByText('Given, entry 2').waitFor();
    await given.getByRole('link', { name: 'carol' }).locator('visible=true').click();
    await page.getByRole('heading', { name: 'carol' }).waitFor();
    const received = page.getByRole('table', { name: 'History' }).getByRole('row').filter({ hasText: '+30' });
    await received.getByText('Received, entry 2').waitFor();
    expect(await originOf(received)).toMatch(/^From alice \(entry 2\)A giftBy ada$/);
    await received.getByRole('button', { name: 'Details' }).click();
    await page.getByText(`${giver}.2`, { exact: true }).waitFor();
    expect(page.url()).toContain(receiver);
    expect(problems).toEqual([]);
  });

  it('are not moved to the same user, nor to one who was renamed meanwhile, nor if they are reserved', async ({
    visit,
  }) => {
    const id = await visit.userWithPoints('dave', 100);
    const other = await visit.server.user({ username: 'erin' });
    const everything = await visit.server.everything();
    await visit.server.send(everything, HOLD, { input: { user: { id }, points: 60, expiresInSeconds: 3_600 } });
    const { page, problems } = await visit.logIn('ada', `/console/users/${id}`);
    await page.getByRole('button', { name: 'Move points' }).click();
    const dialog = page.getByRole('dialog');
    await dialog.getByText('Current balance: 100 (60 reserved, 40 available)').waitFor();
    await dialog.getByRole('button', { name: 'Move points' }).click();
    await dialog.getByText('Select a user.').waitFor();
    await dialog.getByText('Enter a whole number of at least 1.').waitFor();
    await fillInMove(page, { to: 'dave', points: '41' });
    await dialog.getByRole('button', { name: 'Move points' }).click();
    await dialog.getByText('Select another user: these are the points of this one.').waitFor();
    await fillInMove(page, { to: 'erin', points: '41' });
    await dialog.getByRole('button', { name: 'Move points' }).click();
    await dialog.getByText('dave has 40 points available, and 60 reserved. The change needs 41.').waitFor();

    const rename = 'mutation ($input: UpdateUserInput!) { updateUser(input: $input) { user { id } } }';
    await visit.server.send(everything, rename, { input: { user: { id: other.id }, username: 'erin2' } });
    await dialog.getByLabel('Points').fill('40');
    await dialog.getByRole('button', { name: 'Move points' }).click();
    await dialog.getByText('dave or erin no longer exists: the user was deleted or renamed.').waitFor();
    expect(problems).toEqual([]);
  });

  it('are moved once if the first response is lost', async ({ visit }) => {
    const id = await visit.userWithPoints('frank', 100);
    await visit.server.user({ username: 'grace' });
    const { page } = await visit.logIn('ada', `/console/users/${id}`);
    await fillInMove(page, { to: 'grace', points: '30' });
    const keys: string[] = [];
    await page.route('**/graphql', async (route) => {
      const { query = '', variables } = route.request().postDataJSON();
      if (!query.includes('mutation MovePoints')) return await route.continue();
      keys.push(variables.input.idempotencyKey);
      if (keys.length > 1) return await route.continue();
      await route.fetch();
      await route.abort();
    });
    const dialog = page.getByRole('dialog');
    await dialog.getByRole('button', { name: 'Move points' }).click();
    await dialog.getByText('No response from the server').waitFor();
    expect(await dialog.getByLabel('Points').isDisabled()).toBe(true);
    await dialog.getByRole('button', { name: 'Retry' }).click();
    await page.getByText('Moved 30 points from frank to grace.').waitFor();
    expect(keys).toEqual([keys[0], keys[0]]);
    await page.getByRole('table', { name: 'History' }).getByText('−30').waitFor();
    expect(await page.getByRole('table', { name: 'History' }).getByText('−30').count()).toBe(1);
  });
});

describe('A transfer', () => {
  it('is reversed with both entries', async ({ visit }) => {
    const from = await visit.userWithPoints('heidi', 100);
    const to = await visit.userWithPoints('ivan', 5);
    await visit.server.send(await visit.server.everything(), TRANSFER, {
      input: { from: { id: from }, to: { id: to }, points: 30 },
    });
    const { page, problems } = await visit.logIn('ada', `/console/users/${from}`);
    await page.getByRole('button', { name: 'Reverse entry 2' }).click();
    const dialog = page.getByRole('dialog');
    await dialog
      .getByText(
        'This reverses both entries of the transfer: it adds an entry of +30 for heidi and one of −30 for ivan.',
      )
      .waitFor();
    await visit.server.send(await visit.server.everything(), HOLD, {
      input: { user: { id: to }, points: 6, expiresInSeconds: 3_600 },
    });
    await dialog.getByRole('button', { name: 'Reverse' }).click();
    await dialog.getByText('ivan has 29 points available, and 6 reserved. The change needs 30.').waitFor();
    await visit.add('ivan', 1);
    await dialog.getByRole('button', { name: 'Reverse' }).click();
    await page.getByText('Reversed entry 2 of heidi and entry 2 of ivan.').waitFor();
    const reversal = page
      .getByRole('table', { name: 'History' })
      .getByRole('row')
      .filter({ hasText: 'Reverses entry 2' });
    expect(await originOf(reversal)).toMatch(/^From ivan \(entry 4\)Reverses entry 2By ada$/);
    expect(problems).toEqual([]);
  });

  it('arrives live in the ledger, is found by kind, and is exported with the other user', async ({ visit }) => {
    const from = await visit.userWithPoints('judy', 100);
    const to = await visit.userWithPoints('kevin', 5);
    const { page, problems } = await visit.logIn('ada', '/console/points');
    await page.getByText('Live', { exact: true }).waitFor();
    await visit.server.send(await visit.server.everything(), TRANSFER, {
      input: { from: { id: from }, to: { id: to }, points: 33 },
    });
    const ledger = page.getByRole('table', { name: 'Ledger' });
    await ledger.getByRole('row').filter({ hasText: '+33' }).getByText('From judy').locator('visible=true').waitFor();
    await ledger.getByRole('row').filter({ hasText: '−33' }).getByText('To kevin').locator('visible=true').waitFor();
    await page.reload();
    await page.getByText(/ Not shown: [\d,]+ points moved between users\.$/).waitFor();

    await page.getByLabel('Kind').selectOption('Received');
    const found = page.getByRole('table', { name: 'Entries' });
    await found.getByText('+33').waitFor();
    expect(await found.getByText('−33').count()).toBe(0);
    await page.getByRole('button', { name: 'Export' }).click();
    const [download] = await Promise.all([
      page.waitForEvent('download'),
      page.getByRole('dialog').getByRole('button', { name: 'Export CSV' }).click(),
    ]);
    const rows: object[] = parse(readFileSync(await download.path()), { bom: true, columns: true });
    expect(rows).toContainEqual(
      expect.objectContaining({
        kind: 'TRANSFER_IN',
        points: '33',
        counterpart: `${from}.2`,
        counterpartUserId: from,
        counterpartUser: 'judy',
        hold: '',
      }),
    );
    expect(problems).toEqual([]);
  });

  it('counts in statements as added or spent, with the other user', async ({ visit }) => {
    const from = await visit.userWithPoints('larry', 100);
    const to = await visit.userWithPoints('mallory', 5);
    await visit.server.send(await visit.server.everything(), TRANSFER, {
      input: { from: { id: from }, to: { id: to }, points: 30 },
    });
    const { page, problems } = await visit.logIn('ada', `/console/users/${from}/statement`);
    await page.getByRole('table', { name: 'Entries' }).getByText('To mallory').waitFor();
    expect(await page.getByRole('table', { name: 'Sums' }).getByRole('row').allTextContents()).toEqual([
      'Opening balance0',
      'Added100',
      'Spent30',
      'Reversed0',
      'Closing balance70',
      'Entries2',
    ]);
    await page
      .getByText('Points received from other users count as added, and points given to other users as spent.')
      .waitFor();
    expect(problems).toEqual([]);
  });
});

/** Opens the dialog unless it is open, selects who receives the points, and enters how many. */
async function fillInMove(page: Page, { to, points }: { to: string; points: string }): Promise<void> {
  const dialog = page.getByRole('dialog');
  if (!(await dialog.isVisible())) await page.getByRole('button', { name: 'Move points' }).click();
  await dialog.getByLabel('To', { exact: true }).fill(to);
  await page.getByRole('option', { name: to, exact: true }).click();
  await dialog.getByLabel('Points').fill(points);
}

/** The text of the column that says where an entry comes from. */
async function originOf(row: ReturnType<Page['locator']>): Promise<string> {
  return (await row.getByRole('cell').nth(1).textContent()) ?? '';
}
