import { sql } from 'drizzle-orm';
import type { PreparedDatabase } from '../database/connect.js';
import { prepare } from '../database/prepare.js';
import type { User, UserRef } from '../users/user.js';
import type { ApplyPoints, Attempt, ChangeResult, Written } from './change.js';
import { type ExceededLimit, type StoredLimits, toDailyLimits } from './daily-limit.js';
import type { Entry } from './entry.js';
import type { PointsRefused } from './errors.js';
import type { Hold } from './holds/hold.js';

/** The result of a change, as `decide_change` returns it. */
interface Row {
  readonly ordinal: number;
  readonly outcome: ChangeResult['outcome'];
  readonly replayed?: boolean;
  readonly available?: number | null;
  readonly needed?: number | null;
  readonly held?: number | null;
  readonly state?: PointsRefused['details']['state'] | null;
  /** Of TOKEN_LIMIT, the last two for a daily limit. */
  readonly limit?: ExceededLimit['limit'];
  readonly max?: number;
  readonly used?: number;
  readonly retryAfterSeconds?: number;
  /** Of BUSY: the counter of the token was locked, and not the balance. */
  readonly counter?: boolean | null;
  /** Of BUSY: the user whose balance was locked. */
  readonly waitsFor?: string | null;
  readonly limits?: StoredLimits;
  /** The user's name when the entry was written. */
  readonly username?: string;
  readonly user?: { id: string; username: string; role: User['role']; createdAt: string; deletedAt: string | null };
  readonly entry?: StoredEntry | null;
  /** Of a transfer, or its reversal. */
  readonly counterpart?: StoredEntry | null;
  readonly counterpartUsername?: string;
  /** Of a hold, instead of an entry. */
  readonly hold?: StoredHold | null;
  readonly holdChange?: 'HOLD' | 'RELEASE';
}

/** A row of `entries`. */
interface StoredEntry {
  readonly user_id: string;
  readonly sequence: number;
  readonly kind: Entry['kind'];
  readonly delta: number;
  readonly balance_after: number;
  readonly reason: string | null;
  readonly reverses: number | null;
  readonly created_at: string;
  readonly effective_at: string | null;
  readonly reference: string | null;
  readonly metadata: Entry['metadata'];
  /** Absent like the next ones: null. */
  readonly hold?: number | null;
  readonly counterpart_user_id?: string | null;
  readonly counterpart_sequence?: number | null;
}

/** A row of `holds`. */
interface StoredHold {
  readonly user_id: string;
  readonly number: number;
  readonly points: number;
  readonly state: Hold['state'];
  readonly created_at: string;
  readonly expires_at: string;
  readonly ended_at: string | null;
  readonly captured: number | null;
  readonly entry_sequence: number | null;
  readonly reason: string | null;
  readonly reference: string | null;
  readonly metadata: Hold['metadata'];
  readonly owner_id: string;
  readonly token_id: string | null;
  readonly idempotency_key: string | null;
}

/**
 * Creates the two statements that change points. One change of a balance alone has its own: its values need no list, which
 * halves the time that the database takes. Both decide by the same function, `decide_change`.
 */
export function createApplyPoints(database: PreparedDatabase): ApplyPoints {
  const applyOne = prepareApplyOne(database);
  const applyMany = prepareApplyMany(database);
  return async (attempts, waitMs) => {
    const [attempt] = attempts;
    const rows =
      attempt !== undefined && attempts.length === 1 && !isInList(attempt)
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

/** Whether only the statement for many knows how to make a change, or to wait for the other user. */
function isInList({ change: { action }, waitsFor }: Attempt): boolean {
  return 'hold' in action || action.kind === 'HOLD' || action.kind === 'TRANSFER' || waitsFor !== undefined;
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

function write({ change, isRetry, waitsFor }: Attempt) {
  const { user, action, reason, reference, metadata, effectiveAt, idempotencyKey, ownerId, credential } = change;
  return {
    userId: user.id,
    username: user.username,
    issuer: user.external?.issuer,
    externalId: user.external?.id,
    kind: action.kind,
    points: 'points' in action ? (action.points ?? undefined) : undefined,
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
    waitsFor,
    ...('hold' in action && { hold: action.hold }),
    ...('expiresInSeconds' in action && { expiresInSeconds: action.expiresInSeconds }),
    ...('to' in action && action.to !== null && writeReceiver(action.to)),
  };
}

function writeReceiver({ id, username, external }: UserRef) {
  return { toUserId: id, toUsername: username, toIssuer: external?.issuer, toExternalId: external?.id };
}

function read(row: Row): ChangeResult {
  const { outcome, user, replayed = false, limits } = row;
  const dailyLimits = limits && toDailyLimits(limits);
  if (outcome === 'BUSY') {
    return { outcome, of: row.counter === true ? 'COUNTER' : 'ACCOUNT', waitsFor: row.waitsFor ?? undefined };
  }
  if (outcome === 'CREDENTIAL_ENDED' || outcome === 'DATE_REFUSED') return { outcome };
  if (outcome === 'SAME_USER' || outcome === 'NOTES_TOO_LONG') return { outcome };
  if (outcome !== 'APPLIED') {
    const { available, needed, held, state } = row;
    return {
      ...{ outcome, replayed, available: available ?? undefined, needed: needed ?? undefined, held: held ?? undefined },
      ...{ state: state ?? undefined, exceeded: exceededIn(row), dailyLimits },
    };
  }
  if (user === undefined) throw new Error('The database returned an applied change without its user.');
  return {
    outcome,
    applied: {
      written: writtenIn(row),
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

function writtenIn({ entry, counterpart, counterpartUsername, hold, holdChange, available }: Row): Written {
  if (hold != null && holdChange !== undefined && available != null) {
    return { kind: 'HOLD', change: holdChange, hold: toHold(hold), available };
  }
  if (entry == null) throw new Error('The database returned an applied change without its entry.');
  return {
    kind: 'ENTRY',
    entry: toEntry(entry),
    counterpart:
      counterpart == null || counterpartUsername === undefined
        ? null
        : { entry: toEntry(counterpart), username: counterpartUsername },
  };
}

function toEntry(entry: StoredEntry): Entry {
  return {
    userId: entry.user_id,
    sequence: entry.sequence,
    kind: entry.kind,
    delta: entry.delta,
    balanceAfter: entry.balance_after,
    reason: entry.reason,
    reverses: entry.reverses,
    recordedAt: new Date(entry.created_at),
    effectiveAt: toDate(entry.effective_at),
    reference: entry.reference,
    metadata: entry.metadata,
    hold: entry.hold ?? null,
    counterpartUserId: entry.counterpart_user_id ?? null,
    counterpartSequence: entry.counterpart_sequence ?? null,
  };
}

function toHold(hold: StoredHold): Hold {
  return {
    userId: hold.user_id,
    number: hold.number,
    points: hold.points,
    state: hold.state,
    createdAt: new Date(hold.created_at),
    expiresAt: new Date(hold.expires_at),
    endedAt: toDate(hold.ended_at),
    captured: hold.captured,
    entrySequence: hold.entry_sequence,
    reason: hold.reason,
    reference: hold.reference,
    metadata: hold.metadata,
    ownerId: hold.owner_id,
    tokenId: hold.token_id,
    idempotencyKey: hold.idempotency_key,
  };
}

function toDate(text: string | null): Date | null {
  return text === null ? null : new Date(text);
}

function exceededIn({ limit, max, used, retryAfterSeconds }: Row): ExceededLimit | undefined {
  if (limit === undefined || max === undefined) return undefined;
  return { limit, max, ...(used !== undefined && { used, retryAfterSeconds }) };
}
