import { readFileSync } from 'node:fs';
import { parse } from 'csv-parse/sync';
import type { Page } from 'playwright-core';
import { describe, expect } from 'vitest';
import type { IssuedToken } from '../support/server.js';
import { ADD_POINTS, type ConsoleVisit, it } from './console-visit.js';
import { expectFocus, faultsOf, overflowOf } from './measurements.js';

const METADATA = [
  { key: 'channel', value: 'chat' },
  { key: 'bits', value: '500' },
];

describe('An entry in the console', () => {
  it('shows who made the change, with which token and for which reference, and details on request', async ({
    visit,
  }) => {
    const shop = await tokenOf(visit, 'maker');
    const { id } = await visit.server.user({ username: 'buyer' });
    await add(visit, shop, {
      user: { id },
      points: 5,
      reference: 'order-7',
      metadata: METADATA,
      idempotencyKey: 'k-7',
    });
    const { page, problems } = await visit.logIn('ada', `/console/users/${id}`);
    const row = page.getByRole('row').filter({ hasText: '+5' });
    await row.getByRole('link', { name: 'maker' }).locator('visible=true').waitFor();

    const details = row.getByRole('button', { name: 'Details of entry 1 of buyer' });
    await details.focus();
    await page.keyboard.press('Enter');
    for (const text of [`${id}.1`, 'k-7', 'channel', 'chat', 'bits', '500']) {
      await page
        .getByRole('table', { name: 'History' })
        .locator('dl')
        .getByText(text, { exact: true })
        .first()
        .waitFor();
    }
    const close = row.getByRole('button', { name: 'Hide details of entry 1 of buyer' });
    await expectFocus(close);
    expect(await close.getAttribute('aria-expanded')).toBe('true');
    for (const width of [390, 1000, 1360]) {
      await page.setViewportSize({ width, height: 900 });
      expect({ width, faults: await faultsOf(page), overflow: await overflowOf(page) }).toEqual({
        width,
        faults: [],
        overflow: [],
      });
    }
    await row.getByRole('link', { name: 'a test' }).locator('visible=true').click();
    await page.getByText(shop.id, { exact: true }).waitFor();
    expect(problems).toEqual([]);
  });

  it('shows where it comes from when it arrives live', async ({ visit }) => {
    const shop = await tokenOf(visit, 'streamer');
    const { page, problems } = await visit.logIn('ada', '/console/points');
    await page.getByText('Live', { exact: true }).waitFor();
    await add(visit, shop, { user: { username: 'bob' }, points: 4_321, reference: 'live-1' });
    const row = page.getByRole('table', { name: 'Ledger' }).getByRole('row').filter({ hasText: '+4,321' });
    for (const name of ['live-1', 'streamer', 'a test']) {
      await row.getByRole('link', { name }).locator('visible=true').waitFor();
    }
    expect(problems).toEqual([]);
  });

  it('shows when it was recorded beside the date of an imported change', async ({ visit }) => {
    const { id } = await visit.server.user({ username: 'moved' });
    await visit.add('moved', 1);
    const { page } = await visit.logIn('ada', '/console');
    await page.route('**/graphql', async (route) => {
      const response = await route.fetch();
      const body = (await response.text()).replace(
        /"createdAt":"[^"]+"(?=,"recordedAt")/,
        '"createdAt":"2020-01-02T12:00:00.000Z"',
      );
      await route.fulfill({ response, body });
    });
    await page.evaluate((path) => history.pushState(null, '', path), `/console/users/${id}`);
    const row = page.getByRole('table', { name: 'History' }).getByRole('row').filter({ hasText: '+1' });
    await row
      .getByText(/Recorded/)
      .locator('visible=true')
      .waitFor();
    expect(await row.locator('time').locator('visible=true').allTextContents()).toEqual([
      expect.stringMatching(/Jan\s2,\s2020/),
      expect.stringContaining(String(new Date().getFullYear())),
    ]);
  });

  it('is exported with its origin', async ({ visit }) => {
    const shop = await tokenOf(visit, 'cashier');
    const { id } = await visit.server.user({ username: 'customer' });
    await add(visit, shop, { user: { id }, points: 5, reference: '=order', metadata: METADATA, idempotencyKey: 'k' });
    const { page } = await visit.logIn('ada', `/console/users/${id}`);
    await page.getByRole('button', { name: 'Export' }).click();
    const [download] = await Promise.all([
      page.waitForEvent('download'),
      page.getByRole('dialog').getByRole('button', { name: 'Export CSV' }).click(),
    ]);
    expect(parse(readFileSync(await download.path()), { bom: true, columns: true })).toMatchObject([
      {
        reference: "'=order",
        metadata: '[{"key":"channel","value":"chat"},{"key":"bits","value":"500"}]',
        by: 'cashier',
        tokenId: shop.id,
        token: 'a test',
        idempotencyKey: 'k',
      },
    ]);
  });

  it('is not offered to be reversed twice', async ({ visit }) => {
    const { id } = await visit.server.user({ username: 'regret' });
    await visit.add('regret', 9);
    const { page, problems } = await visit.logIn('ada', `/console/users/${id}`);
    await page.getByRole('button', { name: 'Reverse entry 1' }).click();
    await page.getByRole('dialog').getByRole('button', { name: 'Reverse' }).click();
    await page.getByText('Reversed by entry 2').locator('visible=true').waitFor();
    expect(await page.getByRole('button', { name: 'Reverse entry 1' }).count()).toBe(0);
    expect(problems).toEqual([]);
  });
});

describe('The search of the ledger', () => {
  it('finds entries by reference to the letter, and says when there is none', async ({ visit }) => {
    const everything = await visit.server.everything();
    for (const points of [11, 12]) {
      await add(visit, everything, { user: { username: 'bob' }, points, reference: 'Order 7/a' });
    }
    await visit.add('bob', 13);
    const { page, problems } = await visit.logIn('ada', '/console/points');
    const field = page.getByLabel('Search by reference');
    await field.fill('Order 7/a');
    await page.waitForURL(/reference=Order\+7%2Fa$/);
    expect(await changes(page, '+12')).toEqual(['+12', '+11']);
    await page.reload();
    expect(await changes(page, '+12')).toEqual(['+12', '+11']);

    await field.fill('order 7/a');
    await page.getByText('No entry has the reference “order 7/a”. Upper and lower case differ.').waitFor();
    await field.fill('');
    const link = page.getByRole('table', { name: 'Ledger' }).getByRole('link', { name: 'Order 7/a' });
    await link.locator('visible=true').first().click();
    await page.getByRole('table', { name: 'Entries' }).getByText('+12').waitFor();
    expect(await field.inputValue()).toBe('Order 7/a');
    expect(problems).toEqual([]);
  });

  it('finds the entries of a token and of a kind in thirty days', async ({ visit }) => {
    const shop = await tokenOf(visit, 'finder');
    await add(visit, shop, { user: { username: 'bob' }, points: 21 });
    await visit.add('bob', 22);
    const { page, problems } = await visit.logIn('ada', `/console/tokens/${shop.id}`);
    await page.getByRole('link', { name: 'Latest changes of points' }).click();
    expect(await changes(page, '+21')).toEqual(['+21']);
    expect(await page.getByLabel('From').inputValue()).toMatch(/^\d{4}-\d\d-\d\d$/);

    await page.getByLabel('Kind').selectOption('Spent');
    await page.getByText('No entry of this period matches.').waitFor();
    await page.getByRole('button', { name: 'Clear the token' }).click();
    await page.getByLabel('Kind').selectOption('Added');
    await page.getByRole('table', { name: 'Entries' }).getByText('+22').waitFor();
    await page.getByLabel('From', { exact: true }).fill('2020-01-01');
    await page.getByLabel('To', { exact: true }).fill('2020-01-31');
    await page.getByText('Choose at most 30 days to search by kind or token, or search by a reference.').waitFor();
    expect(problems).toEqual([]);
  });
});

async function tokenOf(visit: ConsoleVisit, username: string): Promise<IssuedToken> {
  return await visit.server.token(['points:add'], await visit.server.user({ username }));
}

async function add(visit: ConsoleVisit, token: IssuedToken, input: object): Promise<void> {
  const { errors } = await visit.server.send(token, ADD_POINTS, { input });
  expect(errors).toBeUndefined();
}

/** The changes in the list of found entries, once one of them is there. */
async function changes(page: Page, expected: string): Promise<string[]> {
  const table = page.getByRole('table', { name: 'Entries' });
  await table.getByText(expected, { exact: true }).waitFor();
  const rows = await table.getByRole('row').allTextContents();
  return rows.flatMap((text) => /^[+−][\d,]+/.exec(text) ?? []);
}
