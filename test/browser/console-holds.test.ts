import { readFileSync } from 'node:fs';
import { parse } from 'csv-parse/sync';
import type { Page } from 'playwright-core';
import { describe, expect } from 'vitest';
import { CAPTURE, type ConsoleVisit, HOLD, it, RELEASE } from './console-visit.js';

const AVAILABLE = 'query ($by: UserBy!) { user(by: $by) { points pointsAvailable } }';

describe('What is reserved of a user’s points', () => {
  it('stands beside the balance, and is available again after a release', async ({ visit }) => {
    const id = await visit.userWithPoints('buyer', 100);
    const hold = await holdPoints(visit, { user: { id }, points: 60, expiresInSeconds: 3_600, reason: 'A game' });
    const { page, problems } = await visit.logIn('ada', `/console/users/${id}`);
    await expectBalance(page, '100', '60', '40');
    await page.getByText('Available', { exact: true }).waitFor();
    await page.getByRole('link', { name: 'Reserved' }).click();
    await page.waitForURL(/tab=holds$/);

    const row = holds(page).getByRole('row').filter({ hasText: 'A game' });
    await row
      .getByRole('timer')
      .filter({ hasText: /^59 min \d+ s left$/ })
      .waitFor();
    await row.getByRole('button', { name: 'Release Hold 1 of buyer' }).click();
    const dialog = page.getByRole('dialog', { name: 'Release hold 1 of buyer?' });
    await dialog.getByText('60 points of buyer become available again.').waitFor();
    await dialog.getByRole('button', { name: 'Release' }).click();

    await page.getByText('Released 60 points of buyer.').waitFor();
    await page.getByText('No points of this user are reserved.').waitFor();
    await expectBalance(page, '100');
    await page.getByLabel('State').selectOption('Released');
    await page.waitForURL(/state=RELEASED$/);
    await row.getByText('Released', { exact: true }).locator('visible=true').waitFor();
    expect(await row.getByRole('button', { name: 'Release' }).count()).toBe(0);
    expect(
      (await visit.server.send(await visit.server.everything(), RELEASE, { input: { hold } })).errors,
    ).toMatchObject([{ extensions: { code: 'HOLD_ENDED', state: 'RELEASED' } }]);
    expect(problems).toEqual([]);
  });

  it('counts down to the end without a reload, and is available then', async ({ visit }) => {
    const id = await visit.userWithPoints('waiter', 100);
    const { page, problems } = await visit.logIn('ada', `/console/users/${id}?tab=holds`);
    await page.getByText('No points of this user are reserved.').waitFor();
    await holdPoints(visit, { user: { id }, points: 70, expiresInSeconds: 10 });
    await page.reload();
    const row = holds(page).getByRole('row').filter({ hasText: 'Hold 1' });
    await expectBalance(page, '100', '70', '30');
    const lefts = new Set<string>();
    const left = row.getByRole('timer');
    await expect
      .poll(async () => lefts.add((await left.textContent()) ?? '').size, { timeout: 7_000 })
      .toBeGreaterThan(2);

    await row.getByText('Expired', { exact: true }).locator('visible=true').waitFor();
    expect(await left.count()).toBe(0);
    expect(await row.getByRole('button', { name: 'Release' }).count()).toBe(0);
    await expectBalance(page, '100');
    const { data } = await visit.server.send(await visit.server.everything(), AVAILABLE, { by: { id } });
    expect(data.user).toEqual({ points: 100, pointsAvailable: 100 });
    expect(problems).toEqual([]);
  });

  it('is counted by the clock of the server where that of the computer is wrong', async ({ visit }) => {
    const id = await visit.userWithPoints('traveller', 100);
    await holdPoints(visit, { user: { id }, points: 70, expiresInSeconds: 3_600 });
    const { page } = await visit.logIn('ada', '/console');
    await page.clock.install({ time: Date.now() + 7_200_000 });
    await page.reload();
    await page.evaluate((path) => history.pushState(null, '', path), `/console/users/${id}?tab=holds`);
    await holds(page)
      .getByRole('timer')
      .filter({ hasText: /^5\d min \d+ s left$/ })
      .waitFor();
  });

  it('is not spent: the dialog says what is available', async ({ visit }) => {
    const id = await visit.userWithPoints('spender', 100);
    await holdPoints(visit, { user: { id }, points: 60, expiresInSeconds: 3_600 });
    const { page, problems } = await visit.logIn('ada', `/console/users/${id}`);
    await page.getByRole('button', { name: 'Spend points' }).click();
    const dialog = page.getByRole('dialog');
    await dialog.getByText('Current balance: 100 (60 reserved, 40 available)').waitFor();
    await dialog.getByLabel('Points').fill('41');
    await dialog.getByRole('button', { name: 'Spend points' }).click();
    await dialog.getByText('spender has 40 points available, and 60 reserved. The change needs 41.').waitFor();
    expect(problems).toEqual([]);
  });

  it('says how a hold has ended that is released too late', async ({ visit }) => {
    const id = await visit.userWithPoints('late', 100);
    const hold = await holdPoints(visit, { user: { id }, points: 60, expiresInSeconds: 3_600 });
    const { page, problems } = await visit.logIn('ada', `/console/users/${id}?tab=holds`);
    await page.getByRole('button', { name: 'Release Hold 1' }).click();
    await visit.server.send(await visit.server.everything(), CAPTURE, { input: { hold, points: 50 } });
    const dialog = page.getByRole('dialog');
    await dialog.getByRole('button', { name: 'Release' }).click();
    await dialog.getByText('The hold has ended: it was captured.').waitFor();
    await dialog.getByRole('button', { name: 'Cancel' }).click();
    await page.getByText('No points of this user are reserved.').waitFor();
    await expectBalance(page, '50');
    expect(problems).toEqual([]);
  });
});

describe('A captured hold', () => {
  it('is linked from its entry, and shows it', async ({ visit }) => {
    const id = await visit.userWithPoints('player', 100);
    const metadata = [{ key: 'seat', value: '12' }];
    const input = { user: { id }, points: 60, expiresInSeconds: 3_600, reason: 'A bet', metadata };
    const hold = await holdPoints(visit, input);
    await visit.server.send(await visit.server.everything(), CAPTURE, { input: { hold, points: 45 } });
    const { page, problems } = await visit.logIn('ada', `/console/users/${id}`);
    await page
      .getByRole('table', { name: 'History' })
      .getByRole('link', { name: 'hold 1' })
      .locator('visible=true')
      .click();
    await page.getByRole('heading', { name: 'Hold 1 of player' }).waitFor();
    for (const text of [hold, 'Captured', '45 of 60', 'A bet', 'seat', '12']) {
      await page.getByText(text, { exact: true }).locator('visible=true').first().waitFor();
    }
    await page.getByRole('table', { name: 'Entry' }).getByText('−45').waitFor();
    expect(await page.getByRole('button', { name: 'Release' }).count()).toBe(0);
    expect(problems).toEqual([]);
  });

  it('is in the list of the holds of all users, by reference and state', async ({ visit }) => {
    const id = await visit.userWithPoints('guest', 100);
    const input = { user: { id }, points: 10, expiresInSeconds: 3_600 };
    const hold = await holdPoints(visit, { ...input, reference: 'Table 9/b' });
    await holdPoints(visit, { ...input, points: 11 });
    await visit.server.send(await visit.server.everything(), CAPTURE, { input: { hold } });
    const { page, problems } = await visit.logIn('ada', '/console');
    await page.getByRole('link', { name: 'Holds' }).click();
    const rows = holds(page).getByRole('row').filter({ hasText: 'guest' });
    await rows.getByText('Open', { exact: true }).locator('visible=true').waitFor();
    expect(await rows.count()).toBe(1);

    await page.getByLabel('Search by reference').fill('Table 9/b');
    await page.getByText('No such hold has the reference “Table 9/b”. Upper and lower case differ.').waitFor();
    await page.getByLabel('State').selectOption('Any state');
    await page.waitForURL(/reference=Table\+9%2Fb&state=$/);
    await rows.getByText('Captured', { exact: true }).locator('visible=true').waitFor();

    await page.getByRole('button', { name: 'Export' }).click();
    const [download] = await Promise.all([
      page.waitForEvent('download'),
      page.getByRole('dialog').getByRole('button', { name: 'Export CSV' }).click(),
    ]);
    expect(parse(readFileSync(await download.path()), { bom: true, columns: true })).toMatchObject([
      {
        id: hold,
        user: 'guest',
        points: '10',
        state: 'CAPTURED',
        captured: '10',
        reference: 'Table 9/b',
        entry: `${id}.2`,
      },
    ]);
    expect(problems).toEqual([]);
  });
});

function holds(page: Page) {
  return page.getByRole('table', { name: 'Holds' });
}

/** Waits until the balance is shown, with what is reserved and available if something is. */
async function expectBalance(page: Page, ...amounts: readonly string[]): Promise<void> {
  const shown = page.getByRole('status').filter({ hasText: 'Balance' }).locator('.scrip-number');
  await expect.poll(() => shown.allTextContents()).toEqual(amounts);
}

/** Holds points, and returns the id of the hold. */
async function holdPoints(visit: ConsoleVisit, input: object): Promise<string> {
  const { data, errors } = await visit.server.send(await visit.server.everything(), HOLD, { input });
  expect(errors).toBeUndefined();
  return data.holdPoints.hold.id;
}
