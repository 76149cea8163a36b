import { createServer, type IncomingMessage } from 'node:http';
import type { Page } from 'playwright-core';
import { describe, expect } from 'vitest';
import { DeleteWebhookDocument, PauseWebhookDocument, WebhooksDocument } from '../operations/generated.js';
import { itInConsole } from './console-visit.js';
import { expectFocus } from './measurements.js';
import { choose, create, press, webhook } from './webhook-visit.js';

const it = itInConsole({ WEBHOOK_PRIVATE_NETWORKS: 'on' });

describe('The page of a webhook', () => {
  it('pauses it, and resumes it where it stopped or from now on', async ({ visit }) => {
    const id = await create(visit);
    const { page, problems } = await visit.logIn('ada', `/console/webhooks/${id}`);
    await confirm(page, 'Pause');
    await page.getByText('It was paused by ada.').waitFor();
    await visit.add('bob', 1);
    await page.getByText('1 entry', { exact: true }).waitFor(); // without a reload
    await confirm(page, 'Resume');
    await page.getByRole('button', { name: 'Pause' }).waitFor();
    expect(await webhook(visit, id)).toMatchObject({ state: 'ACTIVE', pending: 1 });

    await confirm(page, 'Pause');
    await press(page, 'Resume');
    const dialog = page.getByRole('dialog');
    await dialog.getByText('What happened meanwhile is never sent: 1 entry and other events are skipped.').waitFor();
    await dialog.getByLabel('From now on').check();
    await press(dialog, 'Resume');
    await page.getByText('No entries', { exact: true }).waitFor();
    expect(await webhook(visit, id)).toMatchObject({ state: 'ACTIVE', pending: 0 });
    expect(problems).toEqual([]);
  });

  it('tests it, and says what the receiver responded', async ({ visit }) => {
    const statuses = [204, 500];
    const receiver = await receive(() => statuses.shift() ?? 200);
    const id = await create(visit, { url: receiver.url });
    const { page, problems } = await visit.logIn('ada', `/console/webhooks/${id}`);
    await press(page, 'Test');
    const dialog = page.getByRole('dialog');
    await press(dialog, 'Send a test');
    await dialog.getByText('Delivered: HTTP 204').waitFor();
    await press(dialog, 'Send again');
    await dialog.getByText('Not delivered: HTTP 500').waitFor();
    await receiver.close();
    await press(dialog, 'Send again');
    await dialog.getByText('Not delivered: connection refused').waitFor();
    await press(dialog, 'Done');
    await dialog.waitFor({ state: 'detached' });
    expect(receiver.messages.map(({ type }) => type)).toEqual(['test', 'test']);
    expect(problems).toEqual([]);
  });

  it('redelivers the entries of a user', async ({ visit }) => {
    const user = await visit.userWithPoints('again', 1);
    await visit.add('again', 2);
    const id = await create(visit, { user: { id: user } });
    await visit.server.send(await visit.server.everything(), PauseWebhookDocument, { id });
    const { page, problems } = await visit.logIn('ada', `/console/webhooks/${id}`);
    await choose(page, 'Redeliver entries');
    const dialog = page.getByRole('dialog');
    expect(await dialog.getByRole('combobox', { name: 'User' }).inputValue()).toBe('again');
    await press(dialog, 'Redeliver');
    await dialog.getByText('Enter a whole number of at least 1.').waitFor();
    await dialog.getByLabel('From sequence').fill('3');
    await press(dialog, 'Redeliver');
    await dialog.getByText('The user has the entries 1 to 2.').waitFor();
    await expectFocus(dialog.getByLabel('From sequence'));
    await dialog.getByLabel('From sequence').fill('1');
    await press(dialog, 'Redeliver');
    await page.getByText('The entries of again are sent once more.').waitFor();
    await page.getByText('2 entries', { exact: true }).waitFor();
    expect(await webhook(visit, id)).toMatchObject({ pending: 2 });
    expect(problems).toEqual([]);
  });

  it('rotates its key', async ({ visit }) => {
    const id = await create(visit);
    const { publicKey } = await webhook(visit, id);
    const { page, problems } = await visit.logIn('ada', `/console/webhooks/${id}`);
    await choose(page, 'Rotate the key');
    const dialog = page.getByRole('dialog');
    await dialog.getByLabel('The old key').selectOption('Signs for another hour');
    await press(dialog, 'Rotate');
    const key = await dialog.getByRole('textbox', { name: 'Public key' }).inputValue();
    await dialog.getByText('The old key signs for another hour.').waitFor();
    await press(dialog, 'Done');
    await page.getByRole('table', { name: 'Details' }).getByText(key).waitFor();
    expect(key).not.toBe(publicKey);
    expect(await webhook(visit, id)).toMatchObject({ publicKey: key });
    const lifetimes = `select extract(epoch from expires_at - now()) > 3500 and expires_at < now() + interval '1 hour' as hour
      from webhook_keys where webhook_id = $1 order by number`;
    expect(await visit.server.database.query(lifetimes, [id])).toEqual([{ hour: true }, { hour: null }]);
    expect(problems).toEqual([]);
  });

  it('changes its URL and events', async ({ visit }) => {
    const id = await create(visit);
    const { page, problems } = await visit.logIn('ada', `/console/webhooks/${id}`);
    await press(page, 'Edit');
    const dialog = page.getByRole('dialog');
    await dialog.getByLabel('URL').fill('ftp://127.0.0.1/changed');
    await dialog.getByLabel('hold.ended').check();
    await press(dialog, 'Save');
    await dialog.getByText('The URL must begin with https:// or http://.').waitFor();
    await expectFocus(dialog.getByLabel('URL'));
    await dialog.getByLabel('URL').fill('http://127.0.0.1:10/changed');
    await press(dialog, 'Save');
    await page.getByRole('heading', { name: 'Webhook to 127.0.0.1:10' }).waitFor();
    expect(await webhook(visit, id)).toMatchObject({
      url: 'http://127.0.0.1:10/changed',
      events: ['POINTS_ENTRY', 'HOLD_ENDED'],
    });
    expect(problems).toEqual([]);
  });

  it('deletes it, and says so where it was deleted elsewhere', async ({ visit }) => {
    const id = await create(visit, { url: 'http://127.0.0.1:9/deleted' });
    const { page, problems } = await visit.logIn('ada', `/console/webhooks/${id}`);
    await choose(page, 'Delete');
    await press(page.getByRole('dialog', { name: 'Delete the webhook to 127.0.0.1:9?' }), 'Delete');
    await page.waitForURL(/\/webhooks$/);
    await page.getByRole('table', { name: 'Webhooks' }).waitFor();
    expect(await page.getByText('/deleted').count()).toBe(0);
    const { data } = await visit.server.send(await visit.server.everything(), WebhooksDocument);
    expect(data.webhooks.nodes.map((one) => one.id)).not.toContain(id);

    const other = await create(visit);
    await page.goto(`${visit.server.url}/console/webhooks/${other}`);
    await page.getByRole('heading', { name: 'Webhook to 127.0.0.1:9' }).waitFor();
    await visit.server.send(await visit.server.everything(), DeleteWebhookDocument, { id: other });
    await page.getByText('Webhook not found').waitFor(); // without a reload
    expect(problems).toEqual([]);
  });
});

/** Presses a button of the page and the same one of the dialog that it opens. */
async function confirm(page: Page, name: string): Promise<void> {
  await press(page, name);
  await press(page.getByRole('dialog'), name);
  await page.getByRole('dialog').waitFor({ state: 'detached' });
}

/** Listens for messages, each of which gets the next status. */
async function receive(nextStatus: () => number) {
  const messages: { type: string }[] = [];
  const server = createServer(async (request, response) => {
    messages.push(JSON.parse(await textOf(request)));
    response.writeHead(nextStatus()).end();
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('The receiver has no port.');
  const close = () =>
    new Promise((resolve) => {
      server.close(resolve);
      server.closeAllConnections();
    });
  return { url: `http://127.0.0.1:${address.port}/`, messages, close };
}

async function textOf(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk);
  return Buffer.concat(chunks).toString();
}
