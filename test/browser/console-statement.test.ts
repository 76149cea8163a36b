import type { Locator } from 'playwright-core';
import { describe, expect } from 'vitest';
import { ADD_POINTS, type ConsoleVisit, it } from './console-visit.js';
import { faultsOf, overflowOf } from './measurements.js';
import { setColorScheme } from './still-page.js';

const APPLY = 'mutation ($input: ApplyPointsInput!) { applyPoints(input: $input) { __typename } }';

describe('The statement of a user', () => {
  it('shows the sums and the entries of a month, oldest first, between two balances', async ({ visit }) => {
    const id = await userWithEntries(visit, 'saver', [
      { add: { points: 50, reason: 'Welcome' } },
      { spend: { points: 20, reference: 'order-9' } },
    ]);
    const { page, problems } = await visit.logIn('ada', `/console/users/${id}`);
    await page.getByRole('link', { name: 'Statement' }).click();
    await page.getByRole('heading', { name: 'Statement of saver' }).waitFor();
    const entries = page.getByRole('table', { name: 'Entries' });
    await entries.getByText('Reference order-9').waitFor();
    expect(await cells(entries)).toEqual([
      ['', 'Opening balance', '', '0'],
      ['Added, entry 1Welcome', '+50', '50'],
      ['Spent, entry 2Reference order-9', '−20', '30'],
      ['', 'Closing balance', '', '30'],
    ]);
    expect(await cells(page.getByRole('table', { name: 'Sums' }))).toEqual([
      ['Opening balance', '0'],
      ['Added', '50'],
      ['Spent', '20'],
      ['Reversed', '0'],
      ['Closing balance', '30'],
      ['Entries', '2'],
    ]);

    await page.getByRole('button', { name: 'Previous month' }).click();
    await page.waitForURL(/month=\d{4}-\d\d$/);
    await entries.getByText('Added, entry 1').waitFor({ state: 'detached' });
    await entries.getByText('Closing balance').waitFor();
    expect(await cells(entries)).toEqual([
      ['', 'Opening balance', '', '0'],
      ['', 'Closing balance', '', '0'],
    ]);
    expect(problems).toEqual([]);
  });

  it('is printed black on white, without navigation and buttons', async ({ visit }) => {
    const id = await userWithEntries(visit, 'printer', [{ add: { points: 1 } }]);
    const { page, problems } = await visit.logIn('ada', `/console/users/${id}/statement`);
    await page.getByRole('table', { name: 'Entries' }).getByText('+1').waitFor();
    await setColorScheme(page, 'dark');
    await page.evaluate(() => Object.assign(window, { print: () => document.body.setAttribute('data-printed', '') }));
    await page.getByRole('button', { name: 'Print' }).click();
    await page.locator('body[data-printed]').waitFor();

    await page.emulateMedia({ media: 'print' });
    expect(await page.locator('nav, button, select, header').locator('visible=true').count()).toBe(0);
    const heading = page.getByRole('heading', { name: 'Statement of printer' });
    expect(await heading.evaluate((element) => getComputedStyle(element).color)).toBe('rgb(0, 0, 0)');
    expect((await heading.boundingBox())?.x).toBeLessThan(20);
    expect(problems).toEqual([]);
  });

  it('shows at most the latest thousand entries, and the sums of all', async ({ visit }) => {
    const id = await userWithEntries(
      visit,
      'busy',
      Array.from({ length: 1_000 }, () => ({ add: { points: 1 } })),
    );
    await visit.add('busy', 1);
    const { page, problems } = await visit.logIn('ada', `/console/users/${id}/statement`);
    await page.getByText('The latest 1,000 of 1,001 entries are shown.').waitFor({ timeout: 30_000 });
    const entries = page.getByRole('table', { name: 'Entries' });
    expect(await entries.getByText(/, entry \d+$/).count()).toBe(1_000);
    expect(await entries.getByText('Added, entry 1', { exact: true }).count()).toBe(0);
    expect((await cells(page.getByRole('table', { name: 'Sums' })))[1]).toEqual(['Added', '1,001']);
    expect(problems).toEqual([]);
  });

  it('is accessible, and not wider than its window', async ({ visit }) => {
    const { id } = await visit.server.user({ username: 'W'.repeat(64) });
    const everything = await visit.server.everything();
    const input = {
      user: { id },
      points: Number.MAX_SAFE_INTEGER,
      reason: 'W'.repeat(500),
      reference: 'W'.repeat(100),
    };
    await visit.server.send(everything, ADD_POINTS, { input });
    const { page, problems } = await visit.logIn('ada', `/console/users/${id}/statement`);
    await page.getByRole('table', { name: 'Entries' }).getByText('+9,007,199,254,740,991').waitFor();
    for (const [colorScheme, width] of [
      ['light', 1360],
      ['dark', 390],
    ] as const) {
      await page.setViewportSize({ width, height: 900 });
      await setColorScheme(page, colorScheme);
      expect({ width, faults: await faultsOf(page), overflow: await overflowOf(page) }).toEqual({
        width,
        faults: [],
        overflow: [],
      });
    }
    expect(problems).toEqual([]);
  });
});

type Change = { readonly add: object } | { readonly spend: object };

async function userWithEntries(visit: ConsoleVisit, username: string, changes: readonly Change[]): Promise<string> {
  const { id } = await visit.server.user({ username });
  const operations = changes.map((change) =>
    Object.fromEntries(Object.entries(change).map(([kind, input]) => [kind, { ...input, user: { id } }])),
  );
  const { errors } = await visit.server.send(await visit.server.everything(), APPLY, { input: { operations } });
  expect(errors).toBeUndefined();
  return id;
}

/** The cells of each row of a table, without times. */
async function cells(table: Locator): Promise<string[][]> {
  return await table.locator('tbody tr').evaluateAll((rows) =>
    rows.map((row) =>
      [...row.children]
        .filter((cell) => cell.querySelector(':scope > time') === null)
        .map((cell) => {
          const copy = cell.cloneNode(true);
          if (copy instanceof Element) for (const time of copy.querySelectorAll('time')) time.remove();
          return copy.textContent ?? '';
        }),
    ),
  );
}
