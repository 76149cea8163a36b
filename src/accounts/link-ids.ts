import { and, eq, ne, or } from 'drizzle-orm';
import { recordAll } from '../audit/record.js';
import type { Actor } from '../auth/actor.js';
import type { Scope } from '../auth/scope.js';
import type { Database } from '../database/connect.js';
import { DatabaseContended } from '../database/failure.js';
import type { DomainError } from '../errors.js';
import { balances } from '../points/table.js';
import { ExternalIdTaken } from '../users/errors.js';
import type { ExternalRef } from '../users/external-ref.js';
import { insertExternalIds } from '../users/insert-external-ids.js';
import { externalIds } from '../users/table.js';

/** The links to make: of a user whom the transaction has locked or created, to ids that they do not have. */
interface NewLinks {
  readonly userId: string;
  readonly refs: readonly ExternalRef[];
  /** The scopes of the caller, who is told more of another user with `users:write`. */
  readonly held: readonly Scope[];
}

/**
 * Links a user to ids in other systems, and records each link.
 *
 * @throws ExternalIdTaken; DatabaseContended where an id was freed at this moment. The caller ends the transaction.
 */
export async function linkIds(transaction: Database, links: NewLinks, actor: Actor): Promise<void> {
  const { userId, refs } = links;
  if (refs.length === 0) return;
  if (!(await insertExternalIds(transaction, userId, refs))) throw await describeTaken(transaction, links);
  await recordAll(
    transaction,
    actor,
    // Without the id, which can be an e-mail address.
    refs.map(({ issuer }) => ({ action: 'EXTERNAL_ID_LINKED', subjectId: userId, detail: issuer })),
  );
}

async function describeTaken(transaction: Database, { userId, refs, held }: NewLinks): Promise<DomainError> {
  if (!held.includes('users:write')) return new ExternalIdTaken();
  const isWanted = refs.map(({ issuer, id }) => and(eq(externalIds.issuer, issuer), eq(externalIds.externalId, id)));
  const holders = await transaction
    .select({ points: balances.points })
    .from(externalIds)
    .innerJoin(balances, eq(balances.userId, externalIds.userId))
    .where(and(ne(externalIds.userId, userId), or(...isWanted)));
  return holders.length === 0 ? new DatabaseContended() : new ExternalIdTaken(holders.some(({ points }) => points > 0));
}
