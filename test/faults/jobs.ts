import { setTimeout as delay } from 'node:timers/promises';
import { connect } from '../../src/database/connect.js';
import { databaseFailure } from '../../src/database/failure.js';
import { createFence } from '../../src/database/fence.js';
import { runJobs } from '../../src/jobs/jobs.js';
import { createLedgerCheck } from '../../src/points/check-ledger.js';
import { purgeSessions } from '../../src/sessions/purge-sessions.js';
import { purgeThrottles } from '../../src/throttles/purge-throttles.js';
import { createPurgeRestingUsernames } from '../../src/users/purge-resting-usernames.js';
import type { FaultyDatabase } from './database.js';
import type { Node } from './nodes.js';

const SEED = [
  `insert into throttles (key, points, expire)
   select 'a fault run ' || gen_random_uuid(), 1, now() - interval '2 days' from generate_series(1, 600)`,
  `insert into sessions (id, user_id, expires_at)
   select gen_random_uuid(), id, now() - interval '31 days' from users, generate_series(1, 600) where username = 'admin'`,
  `insert into resting_usernames
   select gen_random_uuid()::text, id, now() - interval '31 days' from users, generate_series(1, 600) where username = 'admin'`,
];
const EXPIRED = `select 1 from throttles where expire < now() - interval '1 day'
 union all select 1 from sessions where expires_at < now() - interval '30 days'
 union all select 1 from resting_usernames where freed_at < now() - interval '30 days'`;

/**
 * Runs the jobs of a node again and again until the signal, over the wire that the faults cut: a node runs them too rarely
 * to be met by one. Returns one sentence for each violation.
 */
export async function repeatJobs(database: FaultyDatabase, { wire }: Node, signal: AbortSignal): Promise<string[]> {
  const found = new Set<string>();
  const { database: pool, close } = connect({
    url: wire.url,
    poolSize: 2,
    behindPooler: false,
    onLost: () => {},
    fence: createFence(),
  });
  const check = createLedgerCheck({
    onChecked: () => {},
    onFault: ({ userId }) => found.add(`I4: the job found a fault in the ledger of ${userId}`),
  });
  const runAll = async () => {
    for (const statement of SEED) await database.query(statement);
    await runJobs(pool, [purgeSessions, purgeThrottles, createPurgeRestingUsernames(30), check]);
  };
  while (!signal.aborted) {
    await runAll().catch((error: unknown) => {
      if (databaseFailure(error) === undefined) found.add(`I8: a job failed by itself: ${error}`);
    });
    await delay(50);
  }
  await runAll();
  if ((await database.query(EXPIRED)).length > 0) found.add('I8: a job left expired rows behind');
  await close();
  return [...found];
}
