import { desc, eq, lt } from 'drizzle-orm';
import type { Database, PreparedDatabase } from '../database/connect.js';
import { type Page, type PageRequest, page } from '../database/page.js';
import { createReadByKey, isAnyKey } from '../database/read-by-key.js';
import { webhooks } from './table.js';
import { selectWebhooks, type Webhook } from './webhook.js';

/** Creates a read of webhooks by id; concurrent reads share a statement. */
export function createWebhookById(database: PreparedDatabase): (id: string) => Promise<Webhook | undefined> {
  return createReadByKey(database, {
    name: 'webhooks_by_id',
    select: selectWebhooks(database).where(isAnyKey(webhooks.id)),
    keyOf: ({ id }) => id,
  });
}

/** A page of all webhooks, newest first. The key is the id. */
export async function listWebhooks(
  database: Database,
  { first, after }: PageRequest<[string]>,
): Promise<Page<Webhook>> {
  const rows = await selectWebhooks(database)
    .where(after === undefined ? undefined : lt(webhooks.id, after[0]))
    .orderBy(desc(webhooks.id))
    .limit(first + 1);
  return page(rows, first);
}

/** The number of webhooks. */
export async function countWebhooks(database: Database): Promise<number> {
  return await database.$count(webhooks);
}

/** A webhook, as a transaction that has locked it leaves it. */
export async function readLockedWebhook(transaction: Database, id: string): Promise<Webhook> {
  const [webhook] = await selectWebhooks(transaction).where(eq(webhooks.id, id));
  if (webhook === undefined) throw new Error('A webhook is gone although it is locked.');
  return webhook;
}
