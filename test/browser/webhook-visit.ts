import type { Locator, Page } from 'playwright-core';
import { CreateBareWebhookDocument, type CreateWebhookInput, WebhookDocument } from '../operations/generated.js';
import type { ConsoleVisit } from './console-visit.js';

/** Nothing listens there. */
export const UNREACHABLE = 'http://127.0.0.1:9/hook';

/** Creates a webhook with the token of everything, and returns its id. */
export async function create(visit: ConsoleVisit, input: Partial<CreateWebhookInput> = {}): Promise<string> {
  const { data } = await visit.server.send(await visit.server.everything(), CreateBareWebhookDocument, {
    input: { url: UNREACHABLE, events: ['POINTS_ENTRY'], ...input },
  });
  return data.createWebhook.webhook.id;
}

/** A webhook as the API shows it. */
export async function webhook(visit: ConsoleVisit, id: string) {
  return (await visit.server.send(await visit.server.everything(), WebhookDocument, { id })).data.webhook;
}

/** Presses a button. */
export async function press(within: Page | Locator, name: string): Promise<void> {
  await within.getByRole('button', { name, exact: true }).click();
}

/** Chooses an item of the menu of the page. */
export async function choose(page: Page, item: string): Promise<void> {
  await press(page, 'More');
  await page.getByRole('menuitem', { name: item }).click();
}
