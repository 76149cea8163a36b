import { eq } from 'drizzle-orm';
import type { Actor } from '../auth/actor.js';
import type { PooledDatabase } from '../database/connect.js';
import { BadUserInput } from '../errors.js';
import { type ExternalRef, MAX_EXTERNAL_IDS } from '../users/external-ref.js';
import { externalIds } from '../users/table.js';
import type { User } from '../users/user.js';
import { linkIds } from './link-ids.js';
import { lockAccount } from './lock-account.js';

/** A user and an id in another system to link. `field` names the id's input, for messages. */
export interface NewLink {
  readonly userId: string;
  readonly external: ExternalRef;
  readonly field: string;
}

/**
 * Links a user to an id in another system. Where the user has the id already, nothing is changed or recorded.
 *
 * @throws UserNotFound; ExternalIdTaken, which tells callers with `users:write` whether its user has points; BadUserInput
 *   beyond {@link MAX_EXTERNAL_IDS}; CredentialEnded; ScopesMissing, also for an ADMIN and a caller without every scope;
 *   DatabaseContended. Nothing was changed.
 */
export async function linkExternalId(
  database: PooledDatabase,
  { userId, external, field }: NewLink,
  actor: Actor,
): Promise<User> {
  return await database.keyedTransactions.run({ key: userId, recheck: actor.recheck }, async (transaction) => {
    const change = { actor, coordinate: 'Mutation.linkExternalId' } as const;
    const { user, held } = await lockAccount(transaction, userId, change);
    const links = await transaction
      .select({ issuer: externalIds.issuer, id: externalIds.externalId })
      .from(externalIds)
      .where(eq(externalIds.userId, userId));
    if (links.some(({ issuer, id }) => issuer === external.issuer && id === external.id)) return user;
    if (links.length >= MAX_EXTERNAL_IDS) {
      throw new BadUserInput(field, `A user has at most ${MAX_EXTERNAL_IDS} ids in other systems. Unlink one first.`);
    }
    await linkIds(transaction, { userId, refs: [external], held }, actor);
    return user;
  });
}
