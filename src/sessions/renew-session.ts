import { eq, sql } from 'drizzle-orm';
import { record } from '../audit/record.js';
import { REJECTIONS } from '../auth/rejection.js';
import type { Database } from '../database/connect.js';
import { seconds } from '../database/seconds.js';
import { WithExtensions } from '../errors.js';
import { refusalOf } from '../throttles/errors.js';
import { users } from '../users/table.js';
import { RefreshTokenRefused } from './errors.js';
import type { LogInContext } from './log-in-context.js';
import type { Renewal } from './refresh-token.js';
import { endOfSession } from './session.js';
import type { LiveSession, TokenPair } from './session-tokens.js';
import { sessions } from './table.js';

/** How long a used token gets the same successor again: for two tabs at once, or a response that was lost. */
const GRACE = sql`interval '10 s'`;

/**
 * Exchanges a refresh token for the next pair. Used again within 10 seconds it gets the same refresh token; used later,
 * or after its successor was used, it ends the session: a copy is in use (RFC 9700, section 4.14.2).
 *
 * A token that this server made is counted by its session alone: made-up ones from the same address cannot have it
 * refused. Any other costs no statement, ends no session and is counted by network.
 *
 * @throws RefreshTokenRefused
 * @throws RateLimited. Nothing was changed.
 */
export async function renewSession(context: LogInContext, refreshToken: string): Promise<TokenPair> {
  const { actor, database, sessionTokens, throttles } = context;
  const renewal = sessionTokens.read(refreshToken);
  const count = renewal
    ? throttles.countRenewal(renewal.sessionId)
    : throttles.countRejection(REJECTIONS.TOKEN_INVALID, actor.network);
  const limited = refusalOf(count);
  if (limited !== undefined) throw limited;
  if (renewal === undefined) throw new RefreshTokenRefused('REFRESH_TOKEN_INVALID');

  await throttles.renewals.check(renewal.sessionId);
  // Decided in the transaction and thrown after it: where it ends the session, it has to commit.
  const outcome: Outcome = await database.keyedTransactions.run(
    { key: renewal.sessionId, recheck: actor.recheck },
    (transaction) => renew(transaction, renewal, context),
  );
  const isRefused = typeof outcome === 'string';
  if (isRefused || !outcome.isRepeated) {
    await throttles.renewals.add(renewal.sessionId).catch((error: unknown) => {
      throw new WithExtensions(error, { effect: 'UNKNOWN' }); // the session has been renewed, or has ended
    });
  }
  if (isRefused) throw new RefreshTokenRefused(outcome);
  return sessionTokens.issue(outcome);
}

/** `isRepeated`: the token was exchanged a moment before. */
type Outcome = (LiveSession & { readonly isRepeated: boolean }) | RefreshTokenRefused['code'];

async function renew(
  transaction: Database,
  { sessionId, counter }: Renewal,
  { actor, sessionTokens: { lifetime } }: LogInContext,
): Promise<Outcome> {
  const end = endOfSession(sql`${sessions.createdAt}`, lifetime);
  const [session] = await transaction
    .select({
      id: sessions.id,
      counter: sessions.counter,
      user: { id: users.id, role: users.role },
      endsAt: seconds(sessions.expiresAt),
      now: seconds(sql`now()`),
      isEnded: sql<boolean>`${sessions.endedAt} is not null or ${users.deletedAt} is not null`,
      isExpired: sql<boolean>`least(${sessions.expiresAt}, ${end}) <= now()`,
      isJustRenewed: sql<boolean>`${sessions.renewedAt} >= now() - ${GRACE}`,
    })
    .from(sessions)
    .innerJoin(users, eq(users.id, sessions.userId))
    .where(eq(sessions.id, sessionId))
    // Renewals, and changes that end the session, happen one after another.
    .for('no key update', { of: sessions });
  if (session === undefined || counter > session.counter) return 'REFRESH_TOKEN_INVALID';
  if (session.isEnded) return 'REFRESH_TOKEN_REVOKED';
  if (session.isExpired) return 'REFRESH_TOKEN_EXPIRED';
  if (counter === session.counter - 1 && session.isJustRenewed) return { ...session, isRepeated: true };
  if (counter < session.counter) {
    await transaction.update(sessions).set({ endedAt: sql`now()` }).where(eq(sessions.id, sessionId));
    const event = { subjectId: session.user.id, detail: `session ${sessionId}` };
    await record(transaction, actor, { action: 'REFRESH_TOKEN_REUSED', ...event });
    return 'REFRESH_TOKEN_REUSED';
  }
  const [renewed] = await transaction
    .update(sessions)
    .set({ counter: counter + 1, renewedAt: sql`now()`, expiresAt: end })
    .where(eq(sessions.id, sessionId))
    .returning({ counter: sessions.counter, endsAt: seconds(sessions.expiresAt) });
  if (renewed === undefined) throw new Error('A locked session does not exist.');
  return { ...session, ...renewed, isRepeated: false };
}
