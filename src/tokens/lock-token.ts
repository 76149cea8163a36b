import { asc, inArray, sql } from 'drizzle-orm';
import type { Actor } from '../auth/actor.js';
import type { Database } from '../database/connect.js';
import { lockInOrder } from '../database/lock-in-order.js';
import { tokens } from './table.js';
import { limitColumns, networkList } from './token.js';

/** A token as it is under the lock. */
export type LockedToken = Awaited<ReturnType<typeof lockToken>>;

/**
 * Locks a token that is to be changed, and the caller's own, which other changes may share. The transaction has locked the
 * owner: see `requireLiveCredential`.
 */
export async function lockToken(transaction: Database, id: string, { credential }: Actor) {
  const kept = credential.kind === 'APP' ? [credential.tokenId] : [];
  const locked = await lockInOrder({ changed: [id], kept }, (ids, strength) =>
    transaction
      .select({
        id: tokens.id,
        name: tokens.name,
        scopes: tokens.scopes,
        format: tokens.format,
        expiresAt: tokens.expiresAt,
        revokedAt: tokens.revokedAt,
        successorId: tokens.successorId,
        rootId: tokens.rootId,
        signedEnd: sql`nullif(coalesce(${tokens.signedExpiresAt}, ${tokens.expiresAt}), 'infinity')`.mapWith(
          tokens.expiresAt,
        ),
        pausedAt: tokens.pausedAt,
        ...limitColumns,
        networks: networkList,
        hasDocuments: tokens.hasDocuments,
        // By the clock: the transaction may have begun before the end of the token.
        hasEnded: sql<boolean>`${tokens.revokedAt} is not null or coalesce(${tokens.expiresAt} <= clock_timestamp(), false)`,
      })
      .from(tokens)
      .where(inArray(tokens.id, ids))
      .orderBy(asc(tokens.id))
      .for(strength),
  );
  const token = locked.find((candidate) => candidate.id === id);
  if (token === undefined) throw new Error('A token was deleted, which no code does.');
  return token;
}
