import { setTimeout as delay } from 'node:timers/promises';
import pg from 'pg';
import type { TestServer } from './server.js';

/** A lock that a test holds, so that a request stops where the test wants it to. */
export interface Held {
  /** Resolves when a statement waits for this lock. Fails after 10 seconds without one. */
  reached(): Promise<void>;
  /** Resolves when another statement waits for one that waits for this lock. Fails after 10 seconds without one. */
  isFollowed(): Promise<void>;
  /** Gives the locks back, and undoes what the statement did. */
  release(): Promise<void>;
  /** Keeps what the statement did, and gives the locks back. */
  commit(): Promise<void>;
}

/** Well below the time that a test has, so that the failure names the lock. */
const REACHED_WITHIN_MS = 10_000;

/** Takes the locks of a statement, in a transaction of its own. */
export async function hold({ database }: TestServer, statement: string, values: unknown[] = []): Promise<Held> {
  const client = new pg.Client({ connectionString: database.url });
  await client.connect();
  await client.query('begin');
  await client.query(statement, values);
  const { rows } = await client.query('select pg_backend_pid() as pid');
  const waiting = `select pid from pg_stat_activity
    where datname = current_database() and wait_event_type = 'Lock' and $1 = any(pg_blocking_pids(pid))`;
  const waitFor = async (query: string, failure: string) => {
    const deadline = performance.now() + REACHED_WITHIN_MS;
    while ((await database.query(query, [rows[0].pid])).length === 0) {
      if (performance.now() > deadline) throw new Error(failure);
      await delay(10);
    }
  };
  return {
    reached: async () => await waitFor(waiting, `No statement waits for the lock of: ${statement}`),
    isFollowed: async () =>
      await waitFor(
        `select 1 from pg_stat_activity where pg_blocking_pids(pid) && array(select pid from (${waiting}) as first)`,
        `No statement waits for what waits for the lock of: ${statement}`,
      ),
    release: async () => await client.end(),
    commit: async () => {
      await client.query('commit');
      await client.end();
    },
  };
}

/** What the test waits for, or after 10 seconds a failure that says what did not happen. */
export async function withDeadline<Result>(wanted: Promise<Result>, failure: string): Promise<Result> {
  const ended = new AbortController();
  const deadline = delay(REACHED_WITHIN_MS, undefined, { signal: ended.signal }).then(() => {
    throw new Error(failure);
  });
  try {
    return await Promise.race([wanted, deadline]);
  } finally {
    ended.abort();
    deadline.catch(() => {});
  }
}
