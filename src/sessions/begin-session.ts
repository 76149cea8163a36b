import { sql } from 'drizzle-orm';
import { v7 as uuid } from 'uuid';
import type { Database } from '../database/connect.js';
import { seconds } from '../database/seconds.js';
import type { User } from '../users/user.js';
import { endOfSession } from './session.js';
import type { SessionTokens, TokenPair } from './session-tokens.js';
import { sessions } from './table.js';

/**
 * Begins a session. The transaction has locked the user, so that neither a deletion nor a change of the password happens
 * between the check and this: both end all sessions that they find.
 */
export async function beginSession(
  transaction: Database,
  user: Pick<User, 'id' | 'role'>,
  tokens: SessionTokens,
): Promise<TokenPair> {
  const [begun] = await transaction
    .insert(sessions)
    .values({ id: uuid(), userId: user.id, expiresAt: endOfSession(sql`now()`, tokens.lifetime) })
    .returning({
      id: sessions.id,
      counter: sessions.counter,
      endsAt: seconds(sessions.expiresAt),
      now: seconds(sql`now()`),
    });
  if (begun === undefined) throw new Error('The insertion of a session returned no row.');
  return tokens.issue({ ...begun, user });
}
