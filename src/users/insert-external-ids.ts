import type { Database } from '../database/connect.js';
import type { ExternalRef } from './external-ref.js';
import { externalIds } from './table.js';

/**
 * Links a user to ids in other systems, after transactions in progress that link or unlink one of them.
 *
 * @returns whether all of them were free. Otherwise the free ones were linked, and the caller ends the transaction.
 */
export async function insertExternalIds(
  transaction: Database,
  userId: string,
  refs: readonly ExternalRef[],
): Promise<boolean> {
  if (refs.length === 0) return true;
  // In one order everywhere, so that two transactions do not deadlock on the primary key.
  const ordered = refs.toSorted((one, other) => (`${one.issuer}:${one.id}` < `${other.issuer}:${other.id}` ? -1 : 1));
  const inserted = await transaction
    .insert(externalIds)
    .values(ordered.map(({ issuer, id }) => ({ issuer, externalId: id, userId })))
    .onConflictDoNothing()
    .returning({ issuer: externalIds.issuer });
  return inserted.length === refs.length;
}
