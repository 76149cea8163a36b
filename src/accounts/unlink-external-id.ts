import { and, eq } from 'drizzle-orm';
import { record } from '../audit/record.js';
import type { Actor } from '../auth/actor.js';
import type { PooledDatabase } from '../database/connect.js';
import { DatabaseContended } from '../database/failure.js';
import { UserNotFound } from '../users/errors.js';
import type { ExternalRef } from '../users/external-ref.js';
import { findHolder } from '../users/read-external-ids.js';
import { externalIds } from '../users/table.js';
import type { User } from '../users/user.js';
import { lockAccount } from './lock-account.js';

/** The id can be linked to another user before its user is locked. */
const MAX_ATTEMPTS = 3;

/**
 * Unlinks an id in another system from its user.
 *
 * @returns the user who had it.
 * @throws UserNotFound where no user has the id; CredentialEnded; ScopesMissing, also for an ADMIN and a caller without
 *   every scope; DatabaseContended. Nothing was changed.
 */
export async function unlinkExternalId(database: PooledDatabase, external: ExternalRef, actor: Actor): Promise<User> {
  for (let attempt = 1; attempt <= MAX_ATTEMPTS; attempt++) {
    const userId = await findHolder(database, external);
    if (userId === undefined) throw new UserNotFound();
    const user = await unlinkFrom(database, { userId, external }, actor);
    if (user !== undefined) return user;
  }
  throw new DatabaseContended();
}

/** @returns undefined: under the lock the user no longer has the id. */
async function unlinkFrom(
  database: PooledDatabase,
  { userId, external }: { readonly userId: string; readonly external: ExternalRef },
  actor: Actor,
): Promise<User | undefined> {
  return await database.keyedTransactions.run({ key: userId, recheck: actor.recheck }, async (transaction) => {
    const change = { actor, coordinate: 'Mutation.unlinkExternalId' } as const;
    const { user } = await lockAccount(transaction, userId, change);
    const isLink = and(
      eq(externalIds.userId, userId),
      eq(externalIds.issuer, external.issuer),
      eq(externalIds.externalId, external.id),
    );
    const unlinked = await transaction.delete(externalIds).where(isLink).returning({ issuer: externalIds.issuer });
    if (unlinked.length === 0) return undefined;
    // Without the id, which can be an e-mail address.
    const event = { action: 'EXTERNAL_ID_UNLINKED', subjectId: userId, detail: external.issuer } as const;
    await record(transaction, actor, event);
    return user;
  });
}
