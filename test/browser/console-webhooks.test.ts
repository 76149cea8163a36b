import type { Page } from 'playwright-core';
import { describe, expect } from 'vitest';
import { PauseWebhookDocument } from '../operations/generated.js';
import { itInConsole } from './console-visit.js';
import { expectFocus, faultsOf, overflowOf } from './measurements.js';
import { setColorScheme } from './still-page.js';
import { choose, create, press, UNREACHABLE, webhook } from './webhook-visit.js';

const it = itInConsole({ WEBHOOK_PRIVATE_NETWORKS: 'on' });

const VIEWS = [
  ['dark', 375],
  ['light', 1360],
] as const;

describe('The console', () => {
  it('creates a webhook, and shows the public key that the receiver needs', async ({ visit }) => {
    const { page, problems } = await visit.logIn('ada', '/console');
    await page.getByRole('link', { name: 'Webhooks' }).click();
    await page.getByText('No webhooks', { exact: true }).waitFor();
    await page.getByRole('main').getByRole('button', { name: 'Create a webhook' }).first().click();
    const dialog = page.getByRole('dialog', { name: 'Create a webhook' });
    await dialog.getByLabel('points.entry').uncheck();
    await press(dialog, 'Create');
    await dialog.getByText('Enter a URL.').waitFor();
    await dialog.getByText('Choose at least one event.').waitFor();
    await expectFocus(dialog.getByLabel('URL'));
    await dialog.getByLabel('URL').fill('https://ada:secret@example.com');
    await dialog.getByLabel('user.deleted').check();
    await dialog.getByLabel('points.entry').check();
    await press(dialog, 'Create');
    await dialog.getByText('The URL must have no user name and no password.').waitFor();
    await expectFocus(dialog.getByLabel('URL'));
    await dialog.getByLabel('URL').fill(` ${UNREACHABLE} `);
    await press(dialog, 'Create');

    const created = page.getByRole('dialog', { name: 'Webhook created' });
    const key = await created.getByRole('textbox', { name: 'Public key' }).inputValue();
    await created.getByRole('link', { name: 'Open the webhook' }).click();
    await page.getByRole('heading', { name: 'Webhook to 127.0.0.1:9' }).waitFor();
    expect(await factsOf(page, 'Details')).toMatchObject({
      URL: UNREACHABLE,
      Events: 'points.entryuser.deleted',
      'Events of': 'All users',
      Signature: 'Ed25519 (v1a)',
      'Public key': key,
      'Created by': 'ada',
      Token: 'None',
    });
    expect(await factsOf(page, 'Deliveries')).toEqual({
      Pending: 'No entries',
      'Last delivered': 'Never',
      'Last failure': 'None',
      'Next attempt': 'None',
    });
    expect(await webhook(visit, idIn(page))).toMatchObject({
      url: UNREACHABLE,
      events: ['POINTS_ENTRY', 'USER_DELETED'],
      publicKey: key,
      user: null,
    });
    expect(problems).toEqual([]);
  });

  it('creates a webhook for the events of one user, and shows its secret once, as after a rotation', async ({
    visit,
  }) => {
    const { page, problems } = await visit.logIn('ada', '/console/webhooks');
    const opener = page.getByRole('main').getByRole('button', { name: 'Create a webhook' }).first();
    await opener.click();
    const dialog = page.getByRole('dialog');
    await dialog.getByLabel('URL').fill('http://127.0.0.1:9/of-bob');
    await dialog.getByRole('combobox', { name: 'User' }).fill('bo');
    await page.getByRole('option', { name: 'bob', exact: true }).click();
    await dialog.getByLabel('Signature').selectOption('HMAC-SHA256: the receiver needs a secret');
    await press(dialog, 'Create');
    const secret = await dialog.getByRole('textbox', { name: 'Secret' }).inputValue();
    for (const [colorScheme, width] of VIEWS) {
      await setColorScheme(page, colorScheme);
      await page.setViewportSize({ width, height: 900 });
      const found = { faults: await faultsOf(page, '[role="dialog"]'), overflow: await overflowOf(page) };
      expect({ colorScheme, ...found }).toEqual({ colorScheme, faults: [], overflow: [] });
    }
    expect(secret).toMatch(/^whsec_[A-Za-z0-9+/]{43}=$/);
    await page.keyboard.press('Escape'); // the secret would be lost
    await press(dialog, 'Done');
    await dialog.waitFor({ state: 'detached' });
    await expectFocus(opener);

    const row = page.getByRole('row').filter({ hasText: 'of-bob' });
    await row.getByText('Events of bob').waitFor();
    await row.getByText('Active').locator('visible=true').waitFor();
    await row.getByRole('link', { name: '127.0.0.1:9' }).click();
    await page.getByText('HMAC-SHA256 (v1)').waitFor();
    expect(await page.getByText('Public key').count()).toBe(0);
    expect(await page.content()).not.toContain(secret);
    expect(await webhook(visit, idIn(page))).toMatchObject({ user: { id: expect.any(String) }, publicKey: null });

    await choose(page, 'Rotate the key');
    await press(dialog, 'Rotate');
    const next = await dialog.getByRole('textbox', { name: 'Secret' }).inputValue();
    expect(next).toMatch(/^whsec_/);
    expect(next).not.toBe(secret);
    expect(problems).toEqual([]);
  });

  it('shows why a webhook is paused and what fails, also on the overview', async ({ visit }) => {
    const stopped = await create(visit, { url: 'http://127.0.0.1:9/stopped' });
    const failing = await create(visit, { url: 'http://127.0.0.1:9/failing' });
    const paused = await create(visit, { url: 'http://127.0.0.1:9/paused' });
    await visit.server.send(await visit.server.everything(), PauseWebhookDocument, { id: paused });
    const { database } = visit.server;
    await database.query(`update webhooks set paused_at = now(), paused_because = 'FAILURES' where id = $1`, [stopped]);
    await database.query(
      `update webhook_progress set last_delivered_at = now() - interval '3 hours',
         last_failure_at = now() - interval '2 hours', last_failure = 'HTTP 503' where webhook_id = $1`,
      [failing],
    );
    await database.query(
      `insert into webhook_deliveries (webhook_id, event, subject_id, found_until, attempts, next_at)
       values ($1, 'USER_DELETED', $1, now(), 4, now() + interval '2 hours 1 minute')`,
      [failing],
    );
    const { page, problems } = await visit.logIn('ada', '/console');
    const concerns = page.getByRole('region', { name: 'Needs attention' }).getByRole('link');
    await concerns.filter({ hasText: 'The last delivery to 127.0.0.1:9 failed: HTTP 503.' }).waitFor();
    expect(await concerns.filter({ hasText: 'is paused' }).allTextContents()).toEqual([
      'The webhook to 127.0.0.1:9 is paused. An event was not accepted in 10 attempts within about three days.',
    ]);
    await concerns.filter({ hasText: 'is paused' }).click();
    await page.waitForURL(new RegExp(stopped));
    await page.getByText('An event was not accepted in 10 attempts within about three days.').waitFor();

    await page.getByRole('link', { name: 'Webhooks' }).click();
    const row = (text: string) => page.getByRole('row').filter({ hasText: text });
    await row('/failing').getByText('HTTP 503').locator('visible=true').waitFor();
    await row('/failing')
      .getByText(/Next attempt in 2 hours/)
      .locator('visible=true')
      .waitFor();
    await row('/failing').getByText('3 hours ago').locator('visible=true').waitFor();
    await row('/stopped').getByText('Paused', { exact: true }).locator('visible=true').waitFor();
    await row('/paused')
      .getByText(/^It was paused by /)
      .locator('visible=true')
      .waitFor();
    expect(problems).toEqual([]);
  });
});

function idIn(page: Page): string {
  return page.url().slice(page.url().lastIndexOf('/') + 1);
}

/** The names and values of a table. */
async function factsOf(page: Page, name: string): Promise<Record<string, string>> {
  const rows = page.getByRole('table', { name }).getByRole('row');
  const cells = await rows.evaluateAll((all) => all.map((row) => [...row.children].map((cell) => cell.textContent)));
  return Object.fromEntries(cells);
}
