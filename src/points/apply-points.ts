import { sql } from 'drizzle-orm';
import type { PooledDatabase } from '../database/connect.js';
import { prepare } from '../database/prepare.js';
import type { User } from '../users/user.js';
import type { ApplyPoints, Attempt, ChangeResult } from './change.js';
import type { Entry } from './entry.js';

/** A row of `apply_points`. */
interface Row {
  readonly ordinal: number;
  readonly outcome: ChangeResult['outcome'];
  readonly replayed?: boolean;
  readonly available?: number | null;
  readonly needed?: number | null;
  /** The user's name when the entry was written. */
  readonly username?: string;
  readonly user?: { id: string; username: string; role: User['role']; createdAt: string; deletedAt: string | null };
  readonly entry?: {
    user_id: string;
    sequence: number;
    kind: Entry['kind'];
    delta: number;
    balance_after: number;
    reason: string | null;
    reverses: number | null;
    created_at: string;
  } | null;
}

/** Creates the one statement that changes points. */
export function createApplyPoints(database: PooledDatabase): ApplyPoints {
  const readRows = prepare(
    database,
    'apply_points',
    database
      .select({ row: sql<Row>`row` })
      .from(sql`apply_points(${sql.placeholder('operations')}::jsonb, ${sql.placeholder('waitMs')}::integer) as row`),
  );

  return async (attempts, waitMs) => {
    const rows = await readRows({ operations: JSON.stringify(attempts.map(write)), waitMs });
    const results: ChangeResult[] = [];
    for (const { row } of rows) results[row.ordinal - 1] = read(row);
    if (rows.length !== attempts.length) {
      throw new Error(`apply_points returned ${rows.length} results for ${attempts.length} operations.`);
    }
    return results;
  };
}

function write({ change, isRetry }: Attempt) {
  const { user, action, reason, idempotencyKey, ownerId, credential } = change;
  return {
    userId: user.id,
    username: user.username,
    kind: action.kind,
    points: 'points' in action ? action.points : undefined,
    reverses: 'reverses' in action ? action.reverses : undefined,
    reason,
    idempotencyKey,
    ownerId,
    tokenId: credential.kind === 'APP' ? credential.tokenId : null,
    sessionId: credential.kind === 'USER' ? credential.sessionId : undefined,
    role: credential.kind === 'USER' ? credential.role : undefined,
    facts: credential.kind === 'APP' ? credential.facts : undefined,
    retried: isRetry,
  };
}

function read(row: Row): ChangeResult {
  const { outcome, entry, user, replayed = false } = row;
  if (outcome === 'BUSY' || outcome === 'CREDENTIAL_ENDED') return { outcome };
  if (outcome !== 'APPLIED') {
    return { outcome, replayed, available: row.available ?? undefined, needed: row.needed ?? undefined };
  }
  if (user === undefined || entry == null)
    throw new Error('apply_points returned an applied operation without its entry.');
  return {
    outcome,
    applied: {
      entry: {
        userId: entry.user_id,
        sequence: entry.sequence,
        kind: entry.kind,
        delta: entry.delta,
        balanceAfter: entry.balance_after,
        reason: entry.reason,
        reverses: entry.reverses,
        createdAt: new Date(entry.created_at),
      },
      user: {
        ...user,
        createdAt: new Date(user.createdAt),
        deletedAt: user.deletedAt === null ? null : new Date(user.deletedAt),
      },
      username: row.username ?? user.username,
      replayed,
    },
  };
}
