import { sql } from 'drizzle-orm';
import type { Database } from '../database/connect.js';
import { createLane } from '../database/lane.js';
import type { User, UserRef } from '../users/user.js';
import type { Entry } from './entry.js';
import { type PointsRefusal, PointsRefused } from './errors.js';

/** A change of a user's points, in the words of the database function `apply_points`. */
export interface PointsOperation {
  readonly user: UserRef;
  readonly change:
    | { readonly kind: 'ADD' | 'SPEND'; readonly points: number }
    /** `reverses` is the sequence of the user's entry to take back. */
    | { readonly kind: 'REVERSAL'; readonly reverses: number };
  readonly reason: string | null;
  readonly idempotencyKey: string | null;
  /** The user behind the credential: idempotency keys are theirs. */
  readonly ownerId: string;
  /** The app token, where one asked. */
  readonly tokenId: string | null;
}

/** A change that happened. */
export interface Applied {
  readonly entry: Entry;
  /** Whose points changed, as they are now. */
  readonly user: User;
  /** What the user was called when the entry was written. */
  readonly username: string;
  /** Whether this repeats an earlier answer. */
  readonly replayed: boolean;
}

/** Applies changes of points. Every answer is durable before it is given. */
export interface Ledger {
  /** @throws PointsRefused, with no effect. */
  apply(operation: PointsOperation): Promise<Applied>;
}

/** A row of `apply_points`. */
interface Answer {
  readonly ordinal: number;
  readonly outcome: 'APPLIED' | 'BUSY' | PointsRefusal;
  readonly replayed?: boolean;
  readonly available?: number;
  readonly needed?: number;
  readonly username?: string;
  readonly user: { id: string; username: string; role: User['role']; createdAt: string; deletedAt: string | null };
  readonly entry?: {
    user_id: string;
    sequence: number;
    kind: Entry['kind'];
    delta: number;
    balance_after: number;
    reason: string | null;
    reverses: number | null;
    created_at: string;
  };
}

export function createLedger(database: Database): Ledger {
  const statement = database
    .select({ answer: sql<Answer>`answer` })
    .from(sql`apply_points(${sql.placeholder('operations')}::jsonb, ${sql.placeholder('mayWait')}::boolean) as answer`)
    .prepare('apply_points');

  async function run(operations: readonly PointsOperation[], mayWait: boolean): Promise<readonly Answer[]> {
    const rows = await statement.execute({ operations: JSON.stringify(operations.map(toRow)), mayWait });
    return rows.map((row) => row.answer).sort((a, b) => a.ordinal - b.ordinal);
  }
  const enqueue = createLane<PointsOperation, Answer>({
    maxBatch: 200,
    maxQueue: 10_000,
    run: (operations) => run(operations, true),
  });

  return {
    apply: async (operation) => toApplied(await enqueue(operation)),
  };
}

function toRow({ user, change, reason, idempotencyKey, ownerId, tokenId }: PointsOperation) {
  return { ...(user.id === undefined ? { username: user.username } : { userId: user.id }), ...change, reason, idempotencyKey, ownerId, tokenId };
}

function toApplied(answer: Answer): Applied {
  const { outcome, entry, user, username = user.username, replayed = false, available = 0, needed = 0 } = answer;
  if (outcome === 'BUSY') throw new Error('A statement that waits for locks came back busy.');
  if (outcome !== 'APPLIED') throw new PointsRefused(outcome, { replayed, available, needed });
  if (entry === undefined) throw new Error('An applied operation came back without its entry.');
  return {
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
    user: { ...user, createdAt: new Date(user.createdAt), deletedAt: user.deletedAt === null ? null : new Date(user.deletedAt) },
    username,
    replayed,
  };
}
