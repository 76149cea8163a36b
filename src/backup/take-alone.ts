import { setTimeout as delay } from 'node:timers/promises';
import { sql } from 'drizzle-orm';
import type { Database } from '../database/connect.js';
import { databaseFailure } from '../database/failure.js';
import { READINESS_MS } from '../database/readiness.js';
import { UnusableDatabase } from '../database/unusable-database.js';

/**
 * Takes the database for one transaction alone. A node that starts meanwhile waits for its end with the first credential.
 *
 * A node is recognised by what it needs: a session whose role may change tokens. Its name tells nothing, since a pooler gives
 * its own.
 *
 * @throws UnusableDatabase naming the sessions that could be a node's.
 */
export async function takeAlone(transaction: Database): Promise<void> {
  await transaction.execute(sql`
    select set_config(name, value, true)
      from (values ('statement_timeout', '0'), ('lock_timeout', '2s'), ('idle_in_transaction_session_timeout', '0'),
                   ('scrip.sealing', 'on')) as setting(name, value)`);
  await waitForOthers(transaction);
  await watchForOthers(transaction);
  await transaction
    .execute(sql`lock table users, tokens, sessions, webhooks in access exclusive mode`)
    .catch(refuseLocked);
  refuse(await findOthers(transaction)); // what came before the lock; what comes after it, waits
}

const LOOK_MS = 100;

/** A session whose client has just ended is listed for a moment. */
async function waitForOthers(transaction: Database): Promise<void> {
  let others = await findOthers(transaction);
  for (let attempt = 0; others.length > 0 && attempt < 20; attempt += 1) {
    await delay(LOOK_MS);
    others = await findOthers(transaction);
  }
  refuse(others);
}

/** A node without requests has only the session of its last check, and for a moment none. */
async function watchForOthers(transaction: Database): Promise<void> {
  for (let watched = 0; watched < 2 * READINESS_MS; watched += LOOK_MS) {
    await delay(LOOK_MS);
    refuse(await findOthers(transaction));
  }
}

async function findOthers(transaction: Database): Promise<readonly string[]> {
  await transaction.execute(sql`select pg_stat_clear_snapshot()`); // else a transaction sees the same sessions up to its end
  const { rows } = await transaction.execute<{ session: string }>(sql`
    select format('process %s (%s, role %s)', pid, coalesce(nullif(application_name, ''), 'without a name'), usename) as session
      from pg_stat_activity
     where datname = current_database() and pid <> pg_backend_pid() and usesysid is not null
       and coalesce(backend_type, 'client backend') = 'client backend' and has_table_privilege(usesysid, 'tokens', 'UPDATE')
     order by pid limit 10`);
  return rows.map(({ session }) => session);
}

function refuse(sessions: readonly string[]): void {
  if (sessions.length === 0) return;
  throw new UnusableDatabase(
    `The database is in use: ${sessions.join(', ')}. Stop every node and every command of Scrip, end other sessions that may change it, ` +
      'and seal it then. Nothing was changed.',
  );
}

/** A prepared transaction holds locks without a session. */
function refuseLocked(error: unknown): never {
  const failure = databaseFailure(error);
  if (failure?.kind !== 'refused' || failure.sqlState !== '55P03') throw error;
  throw new UnusableDatabase(
    'The database is in use: a transaction holds its tables (see pg_locks and pg_prepared_xacts). Nothing was changed.',
    { cause: error },
  );
}
