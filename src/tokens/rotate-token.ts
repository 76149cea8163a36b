import { eq, sql } from 'drizzle-orm';
import { record } from '../audit/record.js';
import type { Actor } from '../auth/actor.js';
import type { Database } from '../database/connect.js';
import { TokenNotChangeable } from './errors.js';
import { type IssuedToken, insertToken, type TokenIssuer } from './issue-token.js';
import { lockWorkingToken, requireEachScope } from './lock-working-token.js';
import { tokens } from './table.js';

/** The token to replace, and how long both work. */
export interface Rotation {
  readonly id: string;
  /** 0 to 604800. */
  readonly overlapSeconds: number;
}

/**
 * Issues a token with the name, owner, scopes, format, end, limits, networks and documents of another, which ends after the
 * overlap, and never later than it would have. Both use one set of counters.
 *
 * @throws TokenNotFound; TokenNotChangeable when the token has ended, was rotated before or is paused; ScopesMissing also for a
 *   token with more scopes than the caller, who receives the new one; CredentialEnded. Nothing was changed.
 */
export async function rotateToken(
  { database, jwts }: TokenIssuer,
  rotation: Rotation,
  actor: Actor,
): Promise<IssuedToken> {
  const coordinate = 'Mutation.rotateToken';
  return await database.keyedTransactions.run({ key: rotation.id, recheck: actor.recheck }, async (transaction) => {
    const { credential } = actor;
    const isItself = credential.kind === 'APP' && credential.tokenId === rotation.id;
    const change = { actor, coordinate, delegation: isItself ? null : coordinate } as const;
    const working = await lockWorkingToken(transaction, rotation.id, change);
    const { token, owner } = working;
    if (token.pausedAt !== null) throw new TokenNotChangeable('This token is paused. Resume it first.');
    requireEachScope(working, coordinate);
    const successor = {
      ...token,
      ownerId: owner.id,
      issuedById: actor.userId,
      rootId: token.rootId ?? token.id,
      networks: token.networks.length > 0 ? token.networks : null,
      now: owner.now,
    };
    const issued = await insertToken({ transaction, jwts }, successor);
    await endAfterOverlap(transaction, rotation, issued.token.id);
    const detail = `successor ${issued.token.id}`;
    await record(transaction, actor, { action: 'TOKEN_ROTATED', tokenId: rotation.id, subjectId: owner.id, detail });
    return issued;
  });
}

async function endAfterOverlap(
  transaction: Database,
  { id, overlapSeconds }: Rotation,
  successorId: string,
): Promise<void> {
  const overlap = sql`make_interval(secs => ${overlapSeconds}::int)`;
  await transaction
    .update(tokens)
    .set({ expiresAt: sql`least(${tokens.expiresAt}, now() + ${overlap})`, successorId })
    .where(eq(tokens.id, id));
}
