import { eq, sql } from 'drizzle-orm';
import { record } from '../audit/record.js';
import type { Actor } from '../auth/actor.js';
import type { Scope } from '../auth/scope.js';
import { seconds } from '../database/seconds.js';
import { inTurn } from '../database/turns.js';
import { BadUserInput } from '../errors.js';
import { isUser } from '../users/read-users.js';
import { users } from '../users/table.js';
import { ScopesBeyondCaller, TokenNotFound } from './errors.js';
import { type IssuedToken, insertToken, type TokenIssuer } from './issue-token.js';
import { tokens } from './table.js';

/** Which token gives way to a new one, and how long both work. */
export interface Rotation {
  readonly id: string;
  /** 0 to 604800. */
  readonly overlapSeconds: number;
  /** What the caller may do, who gets hold of the new one. */
  readonly scopes: readonly Scope[];
}

/**
 * Issues a token with the name, owner, scopes, format and end of another, which ends after the overlap, and never later
 * than it would have.
 *
 * @throws TokenNotFound; BadUserInput when the token does not work any more; ScopesBeyondCaller. Nothing was changed.
 */
export async function rotateToken(
  { database, jwts }: TokenIssuer,
  rotation: Rotation,
  actor: Actor,
): Promise<IssuedToken> {
  return await inTurn(database, rotation.id, async (transaction) => {
    const [named] = await transaction
      .select({ ownerId: tokens.ownerId })
      .from(tokens)
      .where(eq(tokens.id, rotation.id));
    if (named === undefined) throw new TokenNotFound();
    // The owner before the token, as whoever deletes a user locks them.
    const [owner] = await transaction
      .select({ id: users.id, now: seconds(sql`now()`) })
      .from(users)
      .where(isUser({ id: named.ownerId }))
      .for('share');
    const [token] = await transaction
      .select({
        name: tokens.name,
        scopes: tokens.scopes,
        format: tokens.format,
        expiresAt: tokens.expiresAt,
        isActive: sql<boolean>`${tokens.revokedAt} is null and coalesce(${tokens.expiresAt} > now(), true)`,
      })
      .from(tokens)
      .where(eq(tokens.id, rotation.id))
      .for('no key update');
    if (owner === undefined || token?.isActive !== true) {
      throw new BadUserInput('input.id', 'This token does not work any more. Issue a new one.');
    }
    const missing = token.scopes.filter((scope) => !rotation.scopes.includes(scope));
    if (missing.length > 0) throw new ScopesBeyondCaller('Mutation.rotateToken', { required: token.scopes, missing });
    const overlap = sql`make_interval(secs => ${rotation.overlapSeconds}::int)`;
    await transaction
      .update(tokens)
      .set({ expiresAt: sql`least(${tokens.expiresAt}, now() + ${overlap})` })
      .where(eq(tokens.id, rotation.id));
    const successor = { ...token, ownerId: owner.id, issuedById: actor.userId, now: owner.now };
    const issued = await insertToken({ database: transaction, jwts }, successor);
    const detail = `successor ${issued.token.id}`;
    await record(transaction, actor, { action: 'TOKEN_ROTATED', tokenId: rotation.id, subjectId: owner.id, detail });
    return issued;
  });
}
