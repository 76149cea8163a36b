import pg from 'pg';
import { expect, vi } from 'vitest';
import type { TestDatabase } from './database.js';

/** An operation as `apply_changes` takes it. */
export interface SentOperation {
  readonly kind: 'ADD' | 'SPEND' | 'REVERSAL' | 'RESOLVE' | 'HOLD' | 'CAPTURE' | 'RELEASE' | 'TRANSFER';
  readonly userId?: string;
  readonly username?: string;
  readonly issuer?: string;
  readonly externalId?: string;
  readonly points?: number;
  readonly reverses?: number;
  readonly hold?: number;
  readonly expiresInSeconds?: number;
  readonly toUserId?: string;
  readonly toUsername?: string;
  readonly ownerId: string;
  readonly idempotencyKey?: string;
  readonly tokenId?: string;
  readonly sessionId?: string;
  readonly role?: string;
  readonly retried?: boolean;
  readonly reference?: string;
  readonly metadata?: readonly object[];
  readonly effectiveAt?: string;
  readonly waitsFor?: string;
}

/** A result of `decide_change`, without the user. */
export interface Outcome {
  readonly outcome: string;
  readonly replayed?: boolean;
  readonly available?: number | null;
  readonly needed?: number | null;
  readonly held?: number | null;
  readonly state?: string | null;
  readonly waitsFor?: string | null;
  readonly counter?: boolean | null;
  readonly limits?: readonly unknown[];
  readonly hold?: { readonly number: number; readonly state: string };
  readonly used?: number;
  readonly max?: number;
  readonly entry?: {
    readonly sequence: number;
    readonly delta: number;
    readonly balance_after: number;
    readonly created_at: string;
    readonly effective_at: string | null;
  } | null;
}

/** Well below the time that a test has. */
const WAIT = { timeout: 10_000, interval: 1 };

/** A session of one's own with the database: its statements can wait for those of another. */
export interface Session {
  query(statement: string, values?: unknown[]): Promise<Record<string, unknown>[]>;
  /** Applies changes by the function for as many; returns the outcomes in the order of the operations. */
  apply(operations: readonly SentOperation[], waitMs: number): Promise<Outcome[]>;
  /** Resolves when the session waits for a lock. Fails after 10 seconds. */
  untilItWaits(): Promise<void>;
  end(): Promise<void>;
}

/** The function that applies one change: the one for one change, or the one for many. */
export type ApplyOneBy = 'change_points' | 'apply_changes';

export async function openSession(database: TestDatabase, applyOneBy: ApplyOneBy = 'change_points'): Promise<Session> {
  const client = new pg.Client({ connectionString: database.url });
  await client.connect();
  await client.query(`set lock_timeout = '${WAIT.timeout}ms'`); // a function that should not wait fails, and does not hang
  const [backend] = (await client.query('select pg_backend_pid() as pid')).rows;
  return {
    query: async (statement, values) => (await client.query(statement, values)).rows,
    apply: async (operations, waitMs) => {
      const byOne = applyOneBy === 'change_points' && operations.length === 1 && !operations.some(isInList);
      const { rows } = await client.query(byOne ? APPLY_ONE : APPLY_MANY, [JSON.stringify(operations), waitMs]);
      return rows.map(({ row }) => row).sort((a, b) => a.ordinal - b.ordinal);
    },
    untilItWaits: async () => {
      const waiting = "select 1 from pg_stat_activity where pid = $1 and wait_event_type = 'Lock'";
      await vi.waitFor(async () => expect(await database.query(waiting, [backend.pid])).toHaveLength(1), WAIT);
    },
    end: async () => await client.end(),
  };
}

/** Whether only the function for many knows how to make a change. */
function isInList({ kind }: SentOperation): boolean {
  return ['HOLD', 'CAPTURE', 'RELEASE', 'TRANSFER'].includes(kind);
}

const APPLY_MANY = 'select row from apply_changes($1::jsonb, $2) as row';

const APPLY_ONE = `
  select change_points($2, o.kind, o."userId", o.username, o.points, o.reverses, o.reason, o."ownerId", o."tokenId",
           o."sessionId", o.role, o.scopes, o."idempotencyKey", o.retried, o.issuer, o."externalId", o.reference,
           o.metadata, o."effectiveAt") as row
    from jsonb_to_recordset($1::jsonb) as o(
           kind text, "userId" uuid, username text, points bigint, reverses integer, reason text, "ownerId" uuid,
           "tokenId" uuid, "sessionId" uuid, role text, scopes text, "idempotencyKey" text, retried boolean, issuer text,
           "externalId" text, reference text, metadata jsonb, "effectiveAt" timestamptz)`;
