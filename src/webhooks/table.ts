import { sql } from 'drizzle-orm';
import {
  type AnyPgColumn,
  bigint,
  check,
  customType,
  index,
  integer,
  pgTable,
  primaryKey,
  text,
  timestamp,
  uuid,
} from 'drizzle-orm/pg-core';
import { tokens } from '../tokens/table.js';
import { users } from '../users/table.js';
import { WEBHOOK_EVENTS } from './event.js';

const bytea = customType<{ data: Buffer }>({ dataType: () => 'bytea' });

/** Where events are sent to, and by whose credential. Only operations change it; what the sender notes is in the other tables. */
export const webhooks = pgTable(
  'webhooks',
  {
    /** UUID version 7: the order of ids is the order of creation. */
    id: uuid('id').primaryKey(),
    url: text('url').notNull(),
    events: text('events', { enum: WEBHOOK_EVENTS }).array().notNull(),
    /** The only user whose events are sent; null: those of all users. */
    userId: uuid('user_id').references(() => users.id),
    /** The user of the session, or the owner of the token, that made it. */
    ownerId: uuid('owner_id')
      .notNull()
      .references(() => users.id),
    /** The first token of the rotations of the token that made it; null: a session did. */
    rootId: uuid('root_id').references(() => tokens.id),
    signature: text('signature', { enum: ['ED25519', 'HMAC_SHA256'] }).notNull(),
    createdAt: timestamp('created_at', { withTimezone: true }).notNull().defaultNow(),
    /** Null: not paused. A webhook whose credential has ended is paused too, without a mark. */
    pausedAt: timestamp('paused_at', { withTimezone: true }),
    pausedBecause: text('paused_because', { enum: ['REQUESTED', 'GONE', 'FAILURES'] }),
    /** The user who paused it; null: the server, or the command line. */
    pausedById: uuid('paused_by_id'),
  },
  (table) => [
    index('webhooks_owner_id_idx').on(table.ownerId),
    check('webhooks_url_bounded', sql`char_length(${table.url}) between 1 and 2000`),
    check('webhooks_events_known', sql`${table.events} <@ ${knownEvents()} and cardinality(${table.events}) > 0`),
    check('webhooks_signature_known', sql`${table.signature} in ('ED25519', 'HMAC_SHA256')`),
    check('webhooks_paused_for_reason', sql`(${table.pausedAt} is null) = (${table.pausedBecause} is null)`),
    check('webhooks_reason_known', sql`${table.pausedBecause} in ('REQUESTED', 'GONE', 'FAILURES')`),
  ],
);

/** The keys that a webhook is signed with, encrypted: the newest, and earlier ones until they expire. */
export const webhookKeys = pgTable(
  'webhook_keys',
  {
    webhookId: ofWebhook(),
    /** Counts the keys of the webhook from 1. */
    number: integer('number').notNull(),
    /**
     * The private key or the secret, encrypted with a key that is derived from a signing key of tokens. Both columns keep
     * the names of their first release, which older nodes read.
     */
    encrypted: bytea('sealed').notNull(),
    /** The id of that signing key. */
    encryptedBy: text('sealed_by').notNull(),
    /** `whpk_…`; null for HMAC_SHA256. */
    publicKey: text('public_key'),
    createdAt: timestamp('created_at', { withTimezone: true }).notNull().defaultNow(),
    /** Null: the newest. */
    expiresAt: timestamp('expires_at', { withTimezone: true }),
  },
  (table) => [
    primaryKey({ name: 'webhook_keys_pkey', columns: [table.webhookId, table.number] }),
    check('webhook_keys_number_positive', sql`${table.number} >= 1`),
  ],
);

/** How far the events of a webhook were found, and which node sends it. The sender writes it, and operations that make a webhook begin. */
export const webhookProgress = pgTable('webhook_progress', {
  webhookId: uuid('webhook_id')
    .primaryKey()
    .references((): AnyPgColumn => webhooks.id, { onDelete: 'cascade' }),
  /** Of everything written up to this time, what is not delivered has a row in `webhook_deliveries`. */
  horizon: timestamp('horizon', { withTimezone: true }).notNull(),
  /** Nothing is sent before, since the receiver asked for it; null: it did not. */
  restUntil: timestamp('rest_until', { withTimezone: true }),
  lastDeliveredAt: timestamp('last_delivered_at', { withTimezone: true }),
  lastFailureAt: timestamp('last_failure_at', { withTimezone: true }),
  lastFailure: text('last_failure'),
  /** The process that sends it, until `leaseUntil`; null: none does. */
  leaseHolder: uuid('lease_holder'),
  leaseUntil: timestamp('lease_until', { withTimezone: true }),
});

/**
 * What is being delivered, has failed, or was delivered so recently that it could be found once more. For POINTS_ENTRY the
 * subject is a user, whose entries after `sequence` are to be delivered; otherwise each row is one event.
 */
export const webhookDeliveries = pgTable(
  'webhook_deliveries',
  {
    webhookId: ofWebhook(),
    event: text('event', { enum: WEBHOOK_EVENTS }).notNull(),
    /** The user; for TOKEN_EXPIRING and TOKEN_REVOKED the token. */
    subjectId: uuid('subject_id').notNull(),
    /** For HOLD_ENDED the number of the hold, for TOKEN_EXPIRING the expiry in seconds since 1970, else 0. */
    number: bigint('number', { mode: 'number' }).notNull().default(0),
    /** For POINTS_ENTRY the last entry that was delivered; else 0. */
    sequence: integer('sequence').notNull().default(0),
    /** For POINTS_ENTRY the last entry that was found; else 0. */
    lastFound: integer('last_found').notNull().default(0),
    /** The time of the newest event found. The row is deleted once the horizon has passed it. */
    foundUntil: timestamp('found_until', { withTimezone: true }).notNull(),
    /** Failed attempts in a row. */
    attempts: integer('attempts').notNull().default(0),
    /** How often a redelivery was requested: what was sent before does not count as progress of it. */
    restarts: integer('restarts').notNull().default(0),
    /** When it is sent; null: everything found was delivered. */
    nextAt: timestamp('next_at', { withTimezone: true }),
  },
  (table) => [
    primaryKey({
      name: 'webhook_deliveries_pkey',
      columns: [table.webhookId, table.event, table.subjectId, table.number],
    }),
    // Apart: what has failed, however much it is, does not stand before what was not sent yet.
    index('webhook_deliveries_new_idx')
      .on(table.webhookId, table.nextAt)
      .where(sql`${table.nextAt} is not null and ${table.attempts} = 0`),
    index('webhook_deliveries_failed_idx')
      .on(table.webhookId, table.nextAt)
      .where(sql`${table.nextAt} is not null and ${table.attempts} > 0`),
    index('webhook_deliveries_webhook_id_found_until_idx')
      .on(table.webhookId, table.foundUntil)
      .where(sql`${table.nextAt} is null`),
    check('webhook_deliveries_event_known', sql`array[${table.event}] <@ ${knownEvents()}`),
    check('webhook_deliveries_counts', sql`least(${table.sequence}, ${table.attempts}) >= 0`),
  ],
);

function ofWebhook() {
  return uuid('webhook_id')
    .notNull()
    .references((): AnyPgColumn => webhooks.id, { onDelete: 'cascade' });
}

/** As a literal, since a CHECK takes no parameters; the events are constants of ours. */
function knownEvents() {
  return sql.raw(`array[${WEBHOOK_EVENTS.map((event) => `'${event}'`).join(', ')}]::text[]`);
}
