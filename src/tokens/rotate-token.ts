import { asc, eq, inArray, sql } from 'drizzle-orm';
import { record } from '../audit/record.js';
import type { Actor } from '../auth/actor.js';
import { ScopesMissing } from '../auth/errors.js';
import { BadUserInput } from '../errors.js';
import { type Permission, requireLiveCredential } from '../users/live-credential.js';
import { lockUsers } from '../users/lock-user.js';
import { TokenNotFound } from './errors.js';
import { type IssuedToken, insertToken, type TokenIssuer } from './issue-token.js';
import { tokens } from './table.js';

/** Which token gives way to a new one, and how long both work. */
export interface Rotation {
  readonly id: string;
  /** 0 to 604800. */
  readonly overlapSeconds: number;
}

const PERMISSION: Permission = { coordinate: 'Mutation.rotateToken', scopes: ['tokens:issue', 'tokens:revoke'] };

/**
 * Issues a token with the name, owner, scopes, format and end of another, which ends after the overlap, and never later
 * than it would have.
 *
 * @throws TokenNotFound; BadUserInput when the token has ended or was rotated before; ScopesMissing also for a token wider than
 *   the caller, who gets hold of the new one; CredentialEnded. Nothing was changed.
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
    // Users before tokens, and both in the order of ids: see `requireLiveCredential`.
    const users = await lockUsers(transaction, [named.ownerId], actor);
    const own = actor.credential.kind === 'APP' ? [actor.credential.tokenId] : [];
    const locked = await transaction
      .select({
        id: tokens.id,
        name: tokens.name,
        scopes: tokens.scopes,
        format: tokens.format,
        expiresAt: tokens.expiresAt,
        successorId: tokens.successorId,
        isActive: sql<boolean>`${tokens.revokedAt} is null and coalesce(${tokens.expiresAt} > clock_timestamp(), true)`,
      })
      .from(tokens)
      .where(inArray(tokens.id, [rotation.id, ...own]))
      .orderBy(asc(tokens.id))
      .for('no key update');
    const held = await requireLiveCredential(transaction, actor, PERMISSION);
    const owner = users.find(({ id }) => id === named.ownerId);
    const token = locked.find(({ id }) => id === rotation.id);
    if (owner === undefined || token?.isActive !== true) {
      throw new BadUserInput('input.id', 'This token does not work any more. Issue a new one.');
    }
    // During an overlap the old token still works, but its end is that of the overlap: a second successor would end with it.
    if (token.successorId !== null) {
      throw new BadUserInput('input.id', `This token was rotated. Its successor is ${token.successorId}.`);
    }
    if (token.scopes.some((scope) => !held.includes(scope))) {
      throw new ScopesMissing(
        PERMISSION.coordinate,
        { required: token.scopes, held },
        (missing) => `This token can do what you cannot: ${missing}.`,
      );
    }
    const successor = { ...token, ownerId: owner.id, issuedById: actor.userId, now: owner.now };
    const issued = await insertToken({ transaction, jwts }, successor);
    const overlap = sql`make_interval(secs => ${rotation.overlapSeconds}::int)`;
    await transaction
      .update(tokens)
      .set({ expiresAt: sql`least(${tokens.expiresAt}, now() + ${overlap})`, successorId: issued.token.id })
      .where(eq(tokens.id, rotation.id));
    const detail = `successor ${issued.token.id}`;
    await record(transaction, actor, { action: 'TOKEN_ROTATED', tokenId: rotation.id, subjectId: owner.id, detail });
    return issued;
  });
}
