/**
 * Watches whether the database is writable, on a connection of its own: no other work delays it, and it is renewed each
 * second, since a failover, a changed setting or a lost right may show only on new connections.
 */
import { sql } from 'drizzle-orm';
import type { Logger } from 'pino';
import { createSingleFlight } from '../concurrency/single-flight.js';
import { isMigrated } from './check-migrations.js';
import type { PooledDatabase } from './connect.js';
import { databaseFailure } from './failure.js';
import { UnfitServer } from './fence.js';
import { type Migration, readMigrations } from './migrations.js';
import { describeMissingGrants, findMissingGrants } from './privileges.js';

export interface ReadinessOptions {
  readonly database: PooledDatabase;
  readonly requireSyncStandby: boolean;
  readonly log: Logger;
}

/** Why a database is not writable. */
export interface ReadinessFault {
  readonly kind: 'STANDBY' | 'READ_ONLY' | 'NO_SYNC_STANDBY' | 'UNPRIVILEGED' | 'NOT_MIGRATED' | 'UNREACHABLE';
  /** In words for anyone, without a full stop. */
  readonly message: string;
}

export interface Readiness {
  /** Asks the database. Returns why it is not writable, in words for anyone; undefined: it is. */
  check(): Promise<string | undefined>;
  /**
   * Why no statement may be sent, as of the last check: the database is read-only, or a synchronous standby is required
   * and none is connected. A change would wait in vain.
   */
  refusal(): string | undefined;
  stop(): void;
}

/** The time between two checks. */
export const READINESS_MS = 1_000;

const NOT_MIGRATED: ReadinessFault = { kind: 'NOT_MIGRATED', message: 'the database lacks migrations' };
const UNDEFINED_TABLE = /^(42P01|3F000)$/;

/** Checks the database each second, and upon `check`. A change of the result is logged. */
export function watchReadiness({ database, requireSyncStandby, log }: ReadinessOptions): Readiness {
  const migrations = readMigrations();
  let known: ReadinessFault | undefined;
  let isStarting = true;
  let timer: NodeJS.Timeout | undefined;
  let isStopped = false;

  const check = createSingleFlight(async () => {
    const fault = await findReadinessFault({ database, requireSyncStandby, migrations });
    if (isStarting && fault !== undefined) return fault.message; // the start that waits logs why
    isStarting = false;
    if (fault?.message !== known?.message && !isStopped) {
      if (fault === undefined) log.info({ event: 'database_ready' }, 'the database is writable');
      else log.warn({ event: 'database_not_ready', reason: fault.message }, 'the database is not writable');
    }
    known = fault;
    return fault?.message;
  });
  const schedule = () => {
    timer = setTimeout(() => {
      void check().then(() => {
        if (!isStopped) schedule();
      });
    }, READINESS_MS).unref();
  };
  schedule();
  return {
    check,
    refusal: () => (known?.kind === 'NO_SYNC_STANDBY' || known?.kind === 'READ_ONLY' ? known.message : undefined),
    stop: () => {
      isStopped = true;
      clearTimeout(timer);
    },
  };
}

/** Asks the database once why it is not writable; undefined: it is. */
export async function findReadinessFault({
  database,
  requireSyncStandby,
  migrations = readMigrations(),
}: Omit<ReadinessOptions, 'log'> & { readonly migrations?: readonly Migration[] }): Promise<
  ReadinessFault | undefined
> {
  try {
    const { rows } = await database.execute<{
      isStandby: boolean;
      isReadOnly: boolean;
      hasSyncStandby: boolean;
    }>(sql`
      select pg_is_in_recovery() as "isStandby", current_setting('transaction_read_only') = 'on' as "isReadOnly",
             exists (select from pg_stat_replication
                      where sync_state in ('sync', 'quorum') and state = 'streaming') as "hasSyncStandby"`);
    const [state] = rows;
    if (state === undefined || state.isStandby) {
      return { kind: 'STANDBY', message: 'the database server is a standby' };
    }
    if (state.isReadOnly) return { kind: 'READ_ONLY', message: 'the database is read-only' };
    if (requireSyncStandby && !state.hasSyncStandby) {
      return { kind: 'NO_SYNC_STANDBY', message: 'no synchronous standby is connected' };
    }
    const unprivileged = describeMissingGrants(await findMissingGrants(database));
    if (unprivileged !== undefined) return { kind: 'UNPRIVILEGED', message: unprivileged };
    return (await isMigrated(database, migrations)) ? undefined : NOT_MIGRATED;
  } catch (error) {
    const failure = databaseFailure(error);
    if (failure?.kind === 'refused' && UNDEFINED_TABLE.test(failure.sqlState)) return NOT_MIGRATED;
    const cause = failure?.cause.cause;
    return {
      kind: 'UNREACHABLE',
      message: cause instanceof UnfitServer ? cause.message : 'the database cannot be reached',
    };
  }
}
