import { eq } from 'drizzle-orm';
import { record } from '../audit/record.js';
import type { Actor } from '../auth/actor.js';
import type { PooledDatabase } from '../database/connect.js';
import { lockWorkingToken, requireEachScope } from './lock-working-token.js';
import { readLockedToken } from './read-tokens.js';
import { tokens } from './table.js';
import type { Token } from './token.js';

/**
 * Makes a paused token valid again. It is no error where the token is not paused.
 *
 * @throws TokenNotFound; TokenNotChangeable for a token that has ended or was rotated; ScopesMissing also for a token with more
 *   scopes than the caller; CredentialEnded. Nothing was changed.
 */
export async function resumeToken(database: PooledDatabase, id: string, actor: Actor): Promise<Token> {
  const coordinate = 'Mutation.resumeToken';
  return await database.keyedTransactions.run({ key: id, recheck: actor.recheck }, async (transaction) => {
    const working = await lockWorkingToken(transaction, id, { actor, coordinate });
    requireEachScope(working, coordinate);
    if (working.token.pausedAt !== null) {
      await transaction.update(tokens).set({ pausedAt: null }).where(eq(tokens.id, id));
      await record(transaction, actor, { action: 'TOKEN_RESUMED', tokenId: id, subjectId: working.owner.id });
    }
    return await readLockedToken(transaction, id);
  });
}
