import { readFileSync } from 'node:fs';
import { parse } from 'csv-parse/sync';
import type { Page } from 'playwright-core';
import { describe, expect } from 'vitest';
import { type ConsoleVisit, it } from './console-visit.js';
import { expectFocus } from './measurements.js';

const APPLY = 'mutation ($input: ApplyPointsInput!) { applyPoints(input: $input) { results { error { code } } } }';

describe('The tables of the console', () => {
  it('export all rows or only those loaded, with formulas escaped', async ({ visit }) => {
    const id = await userWithEntries(visit, 'saver');
    const { page, problems } = await visit.logIn('ada', `/console/users/${id}`);
    const all = await exported(page, 'All rows, read from the server');
    expect(all.name).toMatch(/^scrip-history-\d{4}-\d\d-\d\d\.csv$/);
    expect(all.rows.map(({ sequence }) => Number(sequence))).toEqual(downFrom(60));
    expect(all.rows.at(-1)).toMatchObject({ user: 'saver', points: '1', reason: "'=1+1" });
    const loaded = await exported(page, 'The 50 rows loaded on this page');
    expect(loaded.rows.map(({ sequence }) => Number(sequence))).toEqual(downFrom(60).slice(0, 50));
    expect(problems).toEqual([]);
  });

  it('export the rows of a period', async ({ visit }) => {
    const id = await userWithEntries(visit, 'diarist');
    const { page, problems } = await visit.logIn('ada', `/console/users/${id}`);
    await page.getByRole('button', { name: 'Export' }).click();
    const dialog = page.getByRole('dialog');
    await dialog.getByLabel('Last day').fill('2020-01-01');
    await dialog.getByRole('button', { name: 'Export CSV' }).click();
    await dialog.getByText('No rows in this period.').waitFor();

    await dialog.getByLabel('First day').fill('2020-01-02');
    await dialog.getByRole('button', { name: 'Export CSV' }).click();
    await dialog.getByText('Choose a day on or after the first day.').waitFor();
    await expectFocus(dialog.getByLabel('Last day'));

    await dialog.getByLabel('Last day').fill('');
    const [download] = await Promise.all([
      page.waitForEvent('download'),
      dialog.getByRole('button', { name: 'Export CSV' }).click(),
    ]);
    expect(rowsOf(await download.path())).toHaveLength(60);
    expect(problems).toEqual([]);
  });

  it('say why an export failed, and save nothing', async ({ visit }) => {
    const id = await userWithEntries(visit, 'unlucky');
    const { page } = await visit.logIn('ada', `/console/users/${id}`);
    const downloads: unknown[] = [];
    page.on('download', (download) => downloads.push(download));
    await page.getByRole('button', { name: 'Export' }).click();
    const error = { message: 'The server is overloaded.', extensions: { code: 'OVERLOADED' } };
    await page.route('**/graphql', (route) => route.fulfill({ json: { data: null, errors: [error] } }));
    await page.getByRole('dialog').getByRole('button', { name: 'Export CSV' }).click();
    await page.getByRole('dialog').getByText('The server is overloaded.').waitFor();
    expect(downloads).toEqual([]);
  });

  it('can be sorted once every row is loaded, and say so before', async ({ visit }) => {
    const id = await userWithEntries(visit, 'sorter');
    const { page, problems } = await visit.logIn('ada', `/console/users/${id}`);
    const order = page.getByLabel('Order');
    const first = page.getByRole('table', { name: 'History' }).getByRole('row').nth(1);
    await first.getByText('+60', { exact: true }).waitFor();
    expect(await order.locator('option:disabled').allTextContents()).toEqual([
      'Largest increase first (load all rows first)',
      'Largest decrease first (load all rows first)',
    ]);
    await page.getByRole('button', { name: 'Load more' }).click();
    await order.locator('option:disabled').first().waitFor({ state: 'detached' });
    await order.selectOption('Largest decrease first');
    await first.getByText('+1', { exact: true }).waitFor();
    expect(await changes(page)).toEqual(downFrom(60).reverse());
    await order.selectOption('Newest first');
    await first.getByText('+60', { exact: true }).waitFor();
    expect(await changes(page)).toEqual(downFrom(60));
    expect(problems).toEqual([]);
  });

  it('sort users by points as the leaderboard does', async ({ visit }) => {
    await visit.create('aaron', 'USER');
    await visit.create('zoe', 'USER');
    await visit.add('zoe', 1_000_000);
    const { page, problems } = await visit.logIn('ada', '/console/users');
    const names = page.getByRole('table', { name: 'Users' }).getByRole('link');
    await names.filter({ hasText: 'zoe' }).waitFor();
    expect(await names.first().textContent()).toBe('aaron');
    await page.getByLabel('Order').selectOption('Most points first');
    await page.waitForURL(/order=points/);
    await page.getByRole('row').nth(1).filter({ hasText: 'zoe' }).waitFor();
    await page.getByLabel('Search by name or external ID').fill('a');
    await page.getByLabel('Order').locator('option:disabled').waitFor({ state: 'attached' });
    await page.getByRole('row').nth(1).filter({ hasText: 'aaron' }).waitFor();
    expect(problems).toEqual([]);
  });

  /** Creates a user with 60 entries: the nth adds n points. */
  async function userWithEntries(visit: ConsoleVisit, username: string): Promise<string> {
    const { id } = await visit.server.user({ username });
    const operations = Array.from({ length: 60 }, (_, index) => ({
      add: { user: { id }, points: index + 1, reason: index === 0 ? '=1+1' : null },
    }));
    const { data } = await visit.server.send(await visit.server.everything(), APPLY, { input: { operations } });
    expect(data.applyPoints.results.filter(({ error }: { error: unknown }) => error)).toEqual([]);
    return id;
  }
});

function downFrom(count: number): number[] {
  return Array.from({ length: count }, (_, index) => count - index);
}

/** The changes of a history, from top to bottom. */
async function changes(page: Page): Promise<number[]> {
  const rows = await page.getByRole('table', { name: 'History' }).getByRole('row').allTextContents();
  return rows.flatMap((text) => /^\+(\d+)/.exec(text)?.slice(1).map(Number) ?? []);
}

/** Exports a list that is not wholly loaded. */
async function exported(page: Page, extent: string): Promise<{ name: string; rows: Record<string, string>[] }> {
  await page.getByRole('button', { name: 'Export' }).click();
  const dialog = page.getByRole('dialog');
  await dialog.getByLabel(extent).check();
  const [download] = await Promise.all([
    page.waitForEvent('download'),
    dialog.getByRole('button', { name: 'Export CSV' }).click(),
  ]);
  await dialog.waitFor({ state: 'detached' });
  return { name: download.suggestedFilename(), rows: rowsOf(await download.path()) };
}

function rowsOf(path: string): Record<string, string>[] {
  return parse(readFileSync(path), { bom: true, columns: true });
}
