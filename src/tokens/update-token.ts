import { eq, sql } from 'drizzle-orm';
import { record } from '../audit/record.js';
import type { Actor } from '../auth/actor.js';
import type { Database, PooledDatabase } from '../database/connect.js';
import { BadUserInput } from '../errors.js';
import { describeChanges, type TokenChanges } from './changes.js';
import { requireFutureEnd } from './end.js';
import type { LockedToken } from './lock-token.js';
import { lockWorkingToken, requireEachScope } from './lock-working-token.js';
import { readLockedToken } from './read-tokens.js';
import { tokens } from './table.js';
import { arrayOfNetworks, limitsOf, type Token } from './token.js';

/**
 * Changes a token, from its next request on. What it has used of its limits stays.
 *
 * @throws TokenNotFound; TokenNotChangeable for a token that has ended or was rotated; BadUserInput for an end in the past,
 *   and for one later than the `exp` of a JWT; ScopesMissing also for a token with more scopes than the caller;
 *   CredentialEnded. Nothing was changed.
 */
export async function updateToken(
  database: PooledDatabase,
  id: string,
  changes: TokenChanges,
  actor: Actor,
): Promise<Token> {
  const coordinate = 'Mutation.updateToken';
  return await database.keyedTransactions.run({ key: id, recheck: actor.recheck }, async (transaction) => {
    const working = await lockWorkingToken(transaction, id, { actor, coordinate });
    const { token, owner } = working;
    requireEachScope(working, coordinate);
    if (changes.expiresAt !== undefined) requireEnd(changes.expiresAt, token, owner.now);
    const detail = describeChanges(token, changes);
    if (detail !== '') {
      await write(transaction, token, changes);
      await record(transaction, actor, { action: 'TOKEN_UPDATED', tokenId: id, subjectId: owner.id, detail });
    }
    return await readLockedToken(transaction, id);
  });
}

function requireEnd(expiresAt: Date | null, { format, signedEnd }: LockedToken, now: number): void {
  requireFutureEnd(expiresAt, now);
  if (format !== 'JWT' || signedEnd === null || (expiresAt !== null && expiresAt <= signedEnd)) return;
  const message = `This JWT ends at ${signedEnd.toISOString()} by its signature. Issue a new one for a later end.`;
  throw new BadUserInput('input.expiresAt', message);
}

async function write(transaction: Database, { id, format }: LockedToken, changes: TokenChanges): Promise<void> {
  const { name, expiresAt, limits, networks } = changes;
  await transaction
    .update(tokens)
    .set({
      name,
      expiresAt,
      signedExpiresAt:
        format === 'JWT' ? sql`coalesce(${tokens.signedExpiresAt}, ${tokens.expiresAt}, 'infinity')` : undefined,
      ...(limits !== undefined && limitsOf(limits ?? {})),
      networks: networks && arrayOfNetworks(networks),
    })
    .where(eq(tokens.id, id));
}
