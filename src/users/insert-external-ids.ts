import type { Database } from '../database/connect.js';
import { onConstraint } from '../database/failure.js';
import { ExternalIdTaken } from './errors.js';
import type { ExternalRef } from './external-ref.js';
import { externalIds } from './table.js';

/**
 * Links a user to ids in other systems.
 *
 * @throws ExternalIdTaken, which ends the transaction, where a user has one of them.
 */
export async function insertExternalIds(
  transaction: Database,
  userId: string,
  refs: readonly ExternalRef[],
): Promise<void> {
  if (refs.length === 0) return;
  // In one order everywhere, so that two transactions do not deadlock on the primary key.
  const ordered = refs.toSorted((one, other) => (`${one.issuer}:${one.id}` < `${other.issuer}:${other.id}` ? -1 : 1));
  const insertion = transaction
    .insert(externalIds)
    .values(ordered.map(({ issuer, id }) => ({ issuer, externalId: id, userId })));
  await onConstraint(insertion, { external_ids_pkey: () => new ExternalIdTaken() });
}
