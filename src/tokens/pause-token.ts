import { eq, sql } from 'drizzle-orm';
import { record } from '../audit/record.js';
import type { Actor } from '../auth/actor.js';
import type { PooledDatabase } from '../database/connect.js';
import { lockWorkingToken } from './lock-working-token.js';
import { readLockedToken } from './read-tokens.js';
import { tokens } from './table.js';
import type { Token } from './token.js';

/**
 * Pauses a token: every node rejects it from the next request on, until it is resumed. Pausing twice is no error; the
 * first `pausedAt` stays.
 *
 * @throws TokenNotFound; TokenNotChangeable for a token that has ended or was rotated; CredentialEnded, ScopesMissing. Nothing
 *   was changed.
 */
export async function pauseToken(database: PooledDatabase, id: string, actor: Actor): Promise<Token> {
  return await database.keyedTransactions.run({ key: id, recheck: actor.recheck }, async (transaction) => {
    const { token, owner } = await lockWorkingToken(transaction, id, { actor, coordinate: 'Mutation.pauseToken' });
    if (token.pausedAt === null) {
      await transaction.update(tokens).set({ pausedAt: sql`now()` }).where(eq(tokens.id, id));
      await record(transaction, actor, { action: 'TOKEN_PAUSED', tokenId: id, subjectId: owner.id });
    }
    return await readLockedToken(transaction, id);
  });
}
