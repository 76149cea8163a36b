import { sql } from 'drizzle-orm';
import type { PreparedDatabase } from '../database/connect.js';
import { prepare } from '../database/prepare.js';
import type { User } from '../users/user.js';
import type { ApplyPoints, Attempt, ChangeResult } from './change.js';
import type { DailyLimit, ExceededLimit } from './daily-limit.js';
import type { Entry } from './entry.js';

/** The result of a change, as `decide_change` returns it. */
interface Row {
  readonly ordinal: number;
  readonly outcome: ChangeResult['outcome'];
  readonly replayed?: boolean;
  readonly available?: number | null;
  readonly needed?: number | null;
  /** Of TOKEN_LIMIT, the last two for a daily limit. */
  readonly limit?: ExceededLimit['limit'];
  readonly max?: number;
  readonly used?: number;
  readonly retryAfterSeconds?: number;
  /** Of BUSY: the counter of the token was locked, and not the balance. */
  readonly counter?: boolean;
  readonly limits?: readonly DailyLimit[];
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
    effective_at: string | null;
    reference: string | null;
    metadata: Entry['metadata'];
  } | null;
}

/**
 * Creates the two statements that change points. One change has its own: its values need no list, which halves the time that
 * the database takes. Both decide by the same function, `decide_change`.
 */
export function createApplyPoints(database: PreparedDatabase): ApplyPoints {
  const applyOne = prepareApplyOne(database);
  const applyMany = prepareApplyMany(database);
  return async (attempts, waitMs) => {
    const [attempt] = attempts;
    const rows =
      attempt !== undefined && attempts.length === 1
        ? await applyOne(writeOne(attempt, waitMs))
        : await applyMany({ operations: JSON.stringify(attempts.map(write)), waitMs });
    const results: ChangeResult[] = [];
    for (const { row } of rows) results[row.ordinal - 1] = read(row);
    if (rows.length !== attempts.length) {
      throw new Error(`The database returned ${rows.length} results for ${attempts.length} changes of points.`);
    }
    return results;
  };
}

function prepareApplyOne(database: PreparedDatabase) {
  const value = (name: keyof ReturnType<typeof write>) => sql.placeholder(name);
  const change = sql`change_points(${sql.placeholder('waitMs')}, ${value('kind')}, ${value('userId')}, ${value('username')},
    ${value('points')}, ${value('reverses')}, ${value('reason')}, ${value('ownerId')}, ${value('tokenId')},
    ${value('sessionId')}, ${value('role')}, ${value('scopes')}, ${value('idempotencyKey')}, ${value('retried')},
    ${value('issuer')}, ${value('externalId')}, ${value('reference')}, ${value('metadata')}, ${value('effectiveAt')})`;
  // Not called in FROM, where PostgreSQL keeps the result of a function in a table.
  const result = sql`(select ${change} as row) as result`;
  return prepare(database, 'change_points', database.select({ row: sql<Row>`row` }).from(result));
}

function prepareApplyMany(database: PreparedDatabase) {
  const results = sql`apply_changes(${sql.placeholder('operations')}::jsonb, ${sql.placeholder('waitMs')}::integer) as row`;
  return prepare(database, 'apply_changes', database.select({ row: sql<Row>`row` }).from(results));
}

/** The values of {@link prepareApplyOne}: the driver would send a list as an array of PostgreSQL. */
function writeOne(attempt: Attempt, waitMs: number) {
  const { metadata, ...values } = write(attempt);
  return { ...values, metadata: metadata == null ? null : JSON.stringify(metadata), waitMs };
}

function write({ change, isRetry }: Attempt) {
  const { user, action, reason, reference, metadata, effectiveAt, idempotencyKey, ownerId, credential } = change;
  return {
    userId: user.id,
    username: user.username,
    issuer: user.external?.issuer,
    externalId: user.external?.id,
    kind: action.kind,
    points: 'points' in action ? action.points : undefined,
    reverses: 'reverses' in action ? action.reverses : undefined,
    reason,
    reference,
    metadata,
    effectiveAt: effectiveAt?.toISOString(), // the driver would write a Date in the time zone of the process
    idempotencyKey,
    ownerId,
    tokenId: credential.kind === 'APP' ? credential.tokenId : null,
    sessionId: credential.kind === 'USER' ? credential.sessionId : undefined,
    role: credential.kind === 'USER' ? credential.role : undefined,
    scopes: credential.kind === 'APP' ? credential.storedTerms : undefined,
    retried: isRetry,
  };
}

function read(row: Row): ChangeResult {
  const { outcome, entry, user, replayed = false } = row;
  if (outcome === 'BUSY') return { outcome, of: row.counter === true ? 'COUNTER' : 'ACCOUNT' };
  if (outcome === 'CREDENTIAL_ENDED' || outcome === 'DATE_REFUSED') return { outcome };
  const dailyLimits = row.limits;
  if (outcome !== 'APPLIED') {
    const { available, needed } = row;
    const exceeded = exceededIn(row);
    return { outcome, replayed, available: available ?? undefined, needed: needed ?? undefined, exceeded, dailyLimits };
  }
  if (user === undefined || entry == null)
    throw new Error('The database returned an applied change without its entry.');
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
        recordedAt: new Date(entry.created_at),
        effectiveAt: entry.effective_at === null ? null : new Date(entry.effective_at),
        reference: entry.reference,
        metadata: entry.metadata,
      },
      user: {
        ...user,
        createdAt: new Date(user.createdAt),
        deletedAt: user.deletedAt === null ? null : new Date(user.deletedAt),
      },
      username: row.username ?? user.username,
      replayed,
      dailyLimits,
    },
  };
}

function exceededIn({ limit, max, used, retryAfterSeconds }: Row): ExceededLimit | undefined {
  if (limit === undefined || max === undefined) return undefined;
  return { limit, max, ...(used !== undefined && { used, retryAfterSeconds }) };
}
