import { sql } from 'drizzle-orm';
import {
  type AnyPgColumn,
  bigint,
  boolean,
  check,
  customType,
  date,
  index,
  integer,
  numeric,
  pgTable,
  primaryKey,
  text,
  timestamp,
  uniqueIndex,
  uuid,
} from 'drizzle-orm/pg-core';
import { SCOPES } from '../auth/scope.js';
import { users } from '../users/table.js';

const bytea = customType<{ data: Buffer }>({ dataType: () => 'bytea' });
const cidrs = customType<{ data: string; driverData: string }>({ dataType: () => 'cidr[]' });

/** A limit in points; null: none. */
const limit = (name: string) => bigint(name, { mode: 'number' });

/** App tokens. The secrets themselves are stored nowhere. */
export const tokens = pgTable(
  'tokens',
  {
    /** UUID version 7: the order of ids is the order of issue. */
    id: uuid('id').primaryKey(),
    name: text('name').notNull(),
    format: text('format', { enum: ['OPAQUE', 'JWT'] }).notNull(),
    /** SHA-256 of the secret, whose 256 random bits need no slow or keyed hash. */
    secretHash: bytea('secret_hash').notNull(),
    /** The secret's prefix and its last characters. */
    hint: text('hint').notNull(),
    scopes: text('scopes', { enum: SCOPES }).array().notNull(),
    ownerId: uuid('owner_id')
      .notNull()
      .references(() => users.id),
    /** No foreign key: the issuer may be on another shard. Null: issued on the command line. */
    issuedById: uuid('issued_by_id'),
    issuedAt: timestamp('issued_at', { withTimezone: true }).notNull().defaultNow(),
    expiresAt: timestamp('expires_at', { withTimezone: true }),
    revokedAt: timestamp('revoked_at', { withTimezone: true }),
    /** The token that replaced this one; null: it was not rotated. */
    successorId: uuid('successor_id').references((): AnyPgColumn => tokens.id),
    /** The `kid` of the key that signed the JWT; null: an opaque token, or one issued by release 0.1.0. */
    keyId: text('key_id'),
    /** The first token of the rotations that led to this one; null: this one. Its counters and documents are those of all. */
    rootId: uuid('root_id').references((): AnyPgColumn => tokens.id),
    /** The `exp` of a JWT, which its end is never later than; infinity: it has none; null: until its first update, the end. */
    signedExpiresAt: timestamp('signed_expires_at', { withTimezone: true }),
    /** Null: not paused. */
    pausedAt: timestamp('paused_at', { withTimezone: true }),
    maxPointsPerChange: limit('max_points_per_change'),
    maxAddedPerDay: limit('max_added_per_day'),
    maxSpentPerDay: limit('max_spent_per_day'),
    maxAddedPerUserPerDay: limit('max_added_per_user_per_day'),
    maxSpentPerUserPerDay: limit('max_spent_per_user_per_day'),
    requestsPerMinute: integer('requests_per_minute'),
    /** Where requests may come from, as an array of PostgreSQL; null: from anywhere. */
    networks: cidrs('networks'),
    /** Whether it runs only the operations in `token_documents`. */
    hasDocuments: boolean('has_documents').notNull().default(false),
  },
  (table) => [
    uniqueIndex('tokens_have_unique_secrets').on(table.secretHash),
    index('tokens_by_owner').on(table.ownerId, table.id),
    index('tokens_key_id_idx').on(table.keyId).where(sql`${table.format} = 'JWT' and ${table.revokedAt} is null`),
    index('tokens_expires_at_id_paused_at_idx')
      .on(table.expiresAt, table.id, table.pausedAt)
      .where(sql`${table.revokedAt} is null`),
    index('tokens_owner_id_expires_at_id_idx')
      .on(table.ownerId, table.expiresAt, table.id)
      .where(sql`${table.revokedAt} is null`),
    index('tokens_root_id_idx').on(table.rootId).where(sql`${table.rootId} is not null`),
    index('tokens_revoked_at_idx').on(table.revokedAt).where(sql`${table.revokedAt} is not null`),
    index('tokens_id_idx').on(table.id).where(sql`${table.revokedAt} is not null`),
    index('tokens_owner_id_id_idx').on(table.ownerId, table.id).where(sql`${table.revokedAt} is not null`),
    index('tokens_paused_idx').on(table.id).where(sql`${table.pausedAt} is not null and ${table.revokedAt} is null`),
    check(
      'tokens_limits_positive',
      sql`least(${table.maxPointsPerChange}, ${table.maxAddedPerDay}, ${table.maxSpentPerDay},
      ${table.maxAddedPerUserPerDay}, ${table.maxSpentPerUserPerDay}, ${table.requestsPerMinute}) >= 1`,
    ),
    check('tokens_root_differs', sql`${table.rootId} <> ${table.id}`),
    check('tokens_networks_bounded', sql`cardinality(${table.networks}) between 1 and 50`),
    check('tokens_have_a_name', sql`char_length(${table.name}) between 1 and 100`),
    check('tokens_are_hashed_by_sha256', sql`octet_length(${table.secretHash}) = 32`),
    check('tokens_have_known_scopes', sql`${table.scopes} <@ ${knownScopes()} and cardinality(${table.scopes}) > 0`),
    check('tokens_have_a_known_format', sql`${table.format} in ('OPAQUE', 'JWT')`),
  ],
);

/** Apart from `tokens`, so that recording a use never touches the row that every request reads. */
export const tokenUsage = pgTable('token_usage', {
  tokenId: uuid('token_id')
    .primaryKey()
    .references(() => tokens.id),
  lastUsedAt: timestamp('last_used_at', { withTimezone: true }).notNull(),
});

/** The operations that a token may run, by the first token of its rotations. They never change. */
export const tokenDocuments = pgTable(
  'token_documents',
  {
    rootId: uuid('root_id')
      .notNull()
      .references(() => tokens.id),
    /** The place in the list, from 1. */
    position: integer('position').notNull(),
    text: text('text').notNull(),
  },
  (table) => [
    primaryKey({ name: 'token_documents_pkey', columns: [table.rootId, table.position] }),
    check('token_documents_position_positive', sql`${table.position} >= 1`),
  ],
);

/**
 * What was added and spent by a token, and all that it was rotated to and from, on the last day with a change: counted while it
 * has a daily limit over all users. A change locks the row after all others. Numeric: a day has more than 2^63 points.
 */
export const tokenCounters = pgTable(
  'token_counters',
  {
    rootId: uuid('root_id')
      .primaryKey()
      .references(() => tokens.id),
    /** In UTC. */
    day: date('day').notNull(),
    added: numeric('added').notNull().default('0'),
    spent: numeric('spent').notNull().default('0'),
    /** The part of it that was added while nothing limited that. It does not count against a later limit. */
    addedUnlimited: numeric('added_unlimited').notNull().default('0'),
    spentUnlimited: numeric('spent_unlimited').notNull().default('0'),
  },
  (table) => [
    check(
      'token_counters_consistent',
      sql`${table.addedUnlimited} <= ${table.added} and ${table.spentUnlimited} <= ${table.spent}`,
    ),
  ],
);

/**
 * What was added to and spent from one user by a token, as in `token_counters`: counted while the token has such a limit per
 * user, under the lock of the user's balance.
 */
export const tokenUserCounters = pgTable(
  'token_user_counters',
  {
    userId: uuid('user_id').notNull(),
    rootId: uuid('root_id').notNull(),
    /** In UTC. */
    day: date('day').notNull(),
    added: numeric('added').notNull().default('0'),
    spent: numeric('spent').notNull().default('0'),
  },
  (table) => [
    primaryKey({ name: 'token_user_counters_pkey', columns: [table.userId, table.rootId] }),
    index('token_user_counters_day_idx').on(table.day),
    check('token_user_counters_not_negative', sql`least(${table.added}, ${table.spent}) >= 0`),
  ],
);

/**
 * The requests of a minute by a token and all that it was rotated to and from. Unlogged (see the migration), as `throttles` is.
 */
export const tokenRequests = pgTable(
  'token_requests',
  {
    rootId: uuid('root_id').primaryKey(),
    /** When the minute began. */
    minute: timestamp('minute', { withTimezone: true }).notNull(),
    requests: integer('requests').notNull(),
  },
  (table) => [check('token_requests_not_negative', sql`${table.requests} >= 0`)],
);

/** As a literal, since a CHECK takes no parameters; the scopes are constants of ours. */
function knownScopes() {
  return sql.raw(`array[${SCOPES.map((scope) => `'${scope}'`).join(', ')}]::text[]`);
}
