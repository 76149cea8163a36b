/** Which node sends a webhook: one at a time, by a lease in the database and by the database's clock. */
import { eq, sql } from 'drizzle-orm';
import type { Database, PreparedDatabase } from '../database/connect.js';
import { createReadByKey, isAnyKey } from '../database/read-by-key.js';
import { webhookProgress, webhooks } from './table.js';

/** The node that takes leases. */
export interface LeaseHolder {
  /** A UUID of the process. */
  readonly id: string;
  readonly leaseSeconds: number;
}

/** Leases that one round takes: several nodes that start together get some each. */
export const MAX_NEW = 20;

/**
 * Renews the leases of a node on webhooks that are not paused, and takes some that no node holds. One that has ended is not
 * renewed: another node may have taken it and given it back since.
 *
 * @returns the webhooks that the node holds for `leaseSeconds` from the moment of the statement.
 */
export async function renewLeases(database: Database, holder: LeaseHolder): Promise<readonly string[]> {
  const until = sql`clock_timestamp() + make_interval(secs => ${holder.leaseSeconds})`;
  const { rows } = await database.execute<{ id: string }>(sql`
    with renewed as (
      update ${webhookProgress} p set lease_until = ${until}
        from ${webhooks} w
       where w.id = p.webhook_id and w.paused_at is null and p.lease_holder = ${holder.id} and p.lease_until > clock_timestamp()
      returning p.webhook_id as id
    ), free as (
      select p.webhook_id as id from ${webhookProgress} p join ${webhooks} w on w.id = p.webhook_id
       where w.paused_at is null and (p.lease_holder is null or p.lease_until <= clock_timestamp())
       order by random() limit ${sql.raw(String(MAX_NEW))} for no key update of p skip locked
    ), taken as (
      update ${webhookProgress} p set lease_holder = ${holder.id}, lease_until = ${until}
        from free where p.webhook_id = free.id
      returning p.webhook_id as id
    )
    select id from renewed union all select id from taken`);
  return rows.map(({ id }) => id);
}

/** Gives all leases of a node back, so that another one sends at once. */
export async function releaseLeases(database: Database, holder: LeaseHolder): Promise<void> {
  await database
    .update(webhookProgress)
    .set({ leaseHolder: null, leaseUntil: null })
    .where(eq(webhookProgress.leaseHolder, holder.id));
}

/**
 * Creates a read of whether a node holds the lease of a webhook now, and the receiver has not asked to wait; concurrent reads
 * share a statement.
 */
export function createIsLeased(database: PreparedDatabase, holder: LeaseHolder): (id: string) => Promise<boolean> {
  const select = database
    .select({ id: webhookProgress.webhookId })
    .from(webhookProgress)
    .where(
      sql`${isAnyKey(webhookProgress.webhookId)} and ${webhookProgress.leaseHolder} = ${holder.id}
        and ${webhookProgress.leaseUntil} > clock_timestamp()
        and coalesce(${webhookProgress.restUntil} <= clock_timestamp(), true)`,
    );
  const read = createReadByKey(database, { name: 'leased_webhooks', select, keyOf: ({ id }) => id });
  return async (id) => (await read(id)) !== undefined;
}
