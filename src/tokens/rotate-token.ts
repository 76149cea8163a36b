import { eq, sql } from 'drizzle-orm';
import { record } from '../audit/record.js';
import type { Actor } from '../auth/actor.js';
import { ScopesMissing } from '../auth/errors.js';
import { requireLiveCredential } from '../auth/live-credential.js';
import type { Scope } from '../auth/scope.js';
import type { Database } from '../database/connect.js';
import { BadUserInput } from '../errors.js';
import { lockUsers } from '../users/lock-users.js';
import { TokenNotFound } from './errors.js';
import { type IssuedToken, insertToken, type TokenIssuer } from './issue-token.js';
import { type LockedToken, lockToken } from './lock-token.js';
import { tokens } from './table.js';

/** The token to replace, and how long both work. */
export interface Rotation {
  readonly id: string;
  /** 0 to 604800. */
  readonly overlapSeconds: number;
}

/**
 * Issues a token with the name, owner, scopes, format and end of another, which ends after the overlap, and never later
 * than it would have.
 *
 * @throws TokenNotFound; BadUserInput when the token has ended or was rotated before; ScopesMissing also for a token with
 *   more scopes than the caller, who receives the new one; CredentialEnded. Nothing was changed.
 */
export async function rotateToken(
  { database, jwts }: TokenIssuer,
  rotation: Rotation,
  actor: Actor,
): Promise<IssuedToken> {
  return await database.keyedTransactions.run({ key: rotation.id, recheck: actor.recheck }, async (transaction) => {
    const [named] = await transaction
      .select({ ownerId: tokens.ownerId })
      .from(tokens)
      .where(eq(tokens.id, rotation.id));
    if (named === undefined) throw new TokenNotFound();
    const users = await lockUsers(transaction, actor, { kept: [named.ownerId] });
    const token = await lockToken(transaction, rotation.id, actor);
    const held = await requireLiveCredential(transaction, { actor, coordinate: 'Mutation.rotateToken' });
    const owner = users.get(named.ownerId);
    if (owner === undefined) throw noLongerWorks();
    requireRotatable(token, held);
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

function requireRotatable(token: LockedToken, held: readonly Scope[]): void {
  if (!token.isActive) throw noLongerWorks();
  // During an overlap the old token still works, but its end is that of the overlap: a second successor would end with it.
  if (token.successorId !== null) {
    throw new BadUserInput('input.id', `This token was rotated. Its successor is ${token.successorId}.`);
  }
  if (token.scopes.some((scope) => !held.includes(scope))) {
    throw new ScopesMissing(
      'Mutation.rotateToken',
      { required: token.scopes, held },
      (missing) => `This token has scopes that the caller lacks: ${missing}.`,
    );
  }
}

function noLongerWorks(): BadUserInput {
  return new BadUserInput('input.id', 'This token has ended. Issue a new one.');
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
