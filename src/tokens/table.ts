import { sql } from 'drizzle-orm';
import {
  type AnyPgColumn,
  check,
  customType,
  index,
  pgTable,
  text,
  timestamp,
  uniqueIndex,
  uuid,
} from 'drizzle-orm/pg-core';
import { SCOPES } from '../auth/scope.js';
import { users } from '../users/table.js';

const bytea = customType<{ data: Buffer }>({ dataType: () => 'bytea' });

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
  },
  (table) => [
    uniqueIndex('tokens_have_unique_secrets').on(table.secretHash),
    index('tokens_by_owner').on(table.ownerId, table.id),
    index('tokens_key_id_idx').on(table.keyId).where(sql`${table.format} = 'JWT' and ${table.revokedAt} is null`),
    index('tokens_expires_at_id_idx').on(table.expiresAt, table.id).where(sql`${table.revokedAt} is null`),
    index('tokens_owner_id_expires_at_id_idx')
      .on(table.ownerId, table.expiresAt, table.id)
      .where(sql`${table.revokedAt} is null`),
    index('tokens_id_idx').on(table.id).where(sql`${table.revokedAt} is not null`),
    index('tokens_owner_id_id_idx').on(table.ownerId, table.id).where(sql`${table.revokedAt} is not null`),
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

/** As a literal, since a CHECK takes no parameters; the scopes are constants of ours. */
function knownScopes() {
  return sql.raw(`array[${SCOPES.map((scope) => `'${scope}'`).join(', ')}]::text[]`);
}
