import { setTimeout as delay } from 'node:timers/promises';
import pg from 'pg';
import type { TestServer } from './server.js';

/** A lock that a test holds, so that a request stops where the test wants it to. */
export interface Held {
  /** Resolves when a statement of the server waits for a lock. */
  reached(): Promise<void>;
  release(): Promise<void>;
}

/** Takes the locks of a statement, in a transaction of its own. */
export async function hold({ database }: TestServer, statement: string, values: unknown[] = []): Promise<Held> {
  const client = new pg.Client({ connectionString: database.url });
  await client.connect();
  await client.query('begin');
  await client.query(statement, values);
  return {
    reached: async () => {
      const isWaiting =
        "select 1 from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'";
      while ((await database.query(isWaiting)).length === 0) await delay(10);
    },
    release: async () => await client.end(),
  };
}
