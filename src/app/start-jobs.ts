import type { Logger } from 'pino';
import type { Config } from '../config.js';
import type { ServedDatabase } from '../database/open-database.js';
import type { Metrics } from '../http/metrics.js';
import { type RunningJobs, startJobs } from '../jobs/jobs.js';
import { createLedgerCheck } from '../points/check-ledger.js';
import { markExpiredHolds } from '../points/holds/mark-expired-holds.js';
import { purgeSessions } from '../sessions/purge-sessions.js';
import { purgeThrottles } from '../throttles/purge-throttles.js';
import { purgeTokenRequests, purgeUserCounters } from '../tokens/purge-counters.js';
import { createPurgeRestingUsernames } from '../users/purge-resting-usernames.js';

interface JobsOptions {
  readonly config: Config;
  readonly log: Logger;
  readonly database: ServedDatabase;
  readonly metrics: Metrics;
}

/** Background work, by one node at a time. */
export function startAllJobs({ config, log, database, metrics }: JobsOptions): readonly RunningJobs[] {
  return [
    startJobs({
      database: database.database,
      jobs: [
        purgeSessions,
        purgeThrottles,
        createPurgeRestingUsernames(config.usernameRestDays),
        purgeUserCounters,
        purgeTokenRequests,
      ],
      intervalSeconds: 300,
      onFailure: (error) => log.warn({ event: 'purge_failed', err: error }, 'expired rows could not be purged'),
    }),
    startJobs({
      database: database.database,
      jobs: [markExpiredHolds],
      intervalSeconds: 30,
      onFailure: (error) =>
        log.warn({ event: 'holds_not_marked', err: error }, 'expired holds could not be marked as such'),
    }),
    startJobs({
      database: database.database,
      jobs: [
        createLedgerCheck({
          onChecked: metrics.ledgerChecked,
          onFault: (fault) => log.error({ event: 'ledger_fault', fault }, 'ledger invariant violated'),
        }),
      ],
      intervalSeconds: 60,
      onFailure: (error) => log.warn({ event: 'ledger_check_failed', err: error }, 'the ledger could not be checked'),
    }),
  ];
}
