import { setTimeout as delay } from 'node:timers/promises';
import { drizzle } from 'drizzle-orm/node-postgres';
import type pg from 'pg';
import type { Logger } from 'pino';
import { tryAdvisoryLock } from './advisory-lock.js';

/** The key of the advisory lock: 'scrip' in ASCII. */
export const MIGRATION_LOCK = 0x7363726970;

const POLL_MS = 250;

/**
 * Lets one node at a time migrate. The lock is polled, not waited for: CREATE INDEX CONCURRENTLY waits for every snapshot,
 * and a statement that waits for the lock has one.
 */
export class MigrationLock {
  readonly #client: pg.Client;
  readonly #log: Logger;
  #isAnnounced = false;

  constructor(client: pg.Client, log: Logger) {
    this.#client = client;
    this.#log = log;
  }

  /** Runs the work in a transaction that holds the lock. */
  async inTransaction(work: () => Promise<void>): Promise<void> {
    const client = this.#client;
    for (;;) {
      await client.query('begin');
      try {
        await liftLimits(client, true);
        if (await tryAdvisoryLock(drizzle(client), MIGRATION_LOCK)) {
          await work();
          await client.query('commit');
          return;
        }
      } catch (error) {
        await client.query('rollback').catch(() => {}); // the connection may have broken
        throw error;
      }
      await client.query('rollback');
      await this.#pause();
    }
  }

  /** Runs the work outside a transaction, while the session holds the lock: not possible behind a pooler. */
  async inSession(work: () => Promise<void>): Promise<void> {
    const client = this.#client;
    await liftLimits(client, false);
    while (!(await tryAdvisoryLock(drizzle(client), MIGRATION_LOCK, 'SESSION'))) await this.#pause();
    try {
      await work();
    } finally {
      await client.query('select pg_advisory_unlock($1)', [MIGRATION_LOCK]).catch(() => {}); // else the session's end does
    }
  }

  async #pause(): Promise<void> {
    if (!this.#isAnnounced) {
      this.#log.info({ event: 'migration_waiting' }, 'waiting while another node migrates the database');
    }
    this.#isAnnounced = true;
    await delay(POLL_MS);
  }
}

/** The role, the database or the URL may set some of them. `transaction_timeout` came with PostgreSQL 17. */
async function liftLimits(client: pg.Client, isLocal: boolean): Promise<void> {
  await client.query(
    `select set_config(name, '0', $1) from pg_settings
      where name in ('statement_timeout', 'lock_timeout', 'transaction_timeout',
                     'idle_in_transaction_session_timeout', 'idle_session_timeout')`,
    [isLocal],
  );
}
