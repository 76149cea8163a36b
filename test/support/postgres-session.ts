import pg from 'pg';
import { expect, vi } from 'vitest';
import type { TestDatabase } from './database.js';

/** An operation as `apply_points` takes it. */
export interface SentOperation {
  readonly kind: 'ADD' | 'SPEND' | 'REVERSAL' | 'RESOLVE';
  readonly userId?: string;
  readonly username?: string;
  readonly points?: number;
  readonly reverses?: number;
  readonly ownerId: string;
  readonly idempotencyKey?: string;
  readonly tokenId?: string;
  readonly sessionId?: string;
  readonly role?: string;
  readonly retried?: boolean;
}

/** A row of `apply_points`, without the user. */
export interface Outcome {
  readonly outcome: string;
  readonly replayed?: boolean;
  readonly available?: number | null;
  readonly needed?: number | null;
  readonly entry?: { readonly sequence: number; readonly delta: number; readonly balance_after: number } | null;
}

/** Well below the time that a test has. */
const WAIT = { timeout: 10_000, interval: 1 };

/** A session of one's own with the database: its statements can wait for those of another. */
export interface Session {
  query(statement: string, values?: unknown[]): Promise<Record<string, unknown>[]>;
  /** Calls `apply_points`; returns the outcomes in the order of the operations. */
  apply(operations: readonly SentOperation[], waitMs: number): Promise<Outcome[]>;
  /** Resolves when the session waits for a lock. Fails after 10 seconds. */
  untilItWaits(): Promise<void>;
  end(): Promise<void>;
}

export async function openSession(database: TestDatabase): Promise<Session> {
  const client = new pg.Client({ connectionString: database.url });
  await client.connect();
  const [backend] = (await client.query('select pg_backend_pid() as pid')).rows;
  return {
    query: async (statement, values) => (await client.query(statement, values)).rows,
    apply: async (operations, waitMs) => {
      const text = 'select row from apply_points($1::jsonb, $2) as row';
      const { rows } = await client.query(text, [JSON.stringify(operations), waitMs]);
      return rows.map(({ row }) => row).sort((a, b) => a.ordinal - b.ordinal);
    },
    untilItWaits: async () => {
      const waiting = "select 1 from pg_stat_activity where pid = $1 and wait_event_type = 'Lock'";
      await vi.waitFor(async () => expect(await database.query(waiting, [backend.pid])).toHaveLength(1), WAIT);
    },
    end: async () => await client.end(),
  };
}
