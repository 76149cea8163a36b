import type { PreparedDatabase } from '../database/connect.js';
import { DomainError } from '../errors.js';
import type { User } from '../users/user.js';
import type { PointsChange } from './change.js';
import type { Ledger } from './ledger.js';
import type { ImportedChange, ImportedUser } from './parse-import.js';
import { createReadEntriesByKey, type EntryKey, type KeyedEntry } from './read-entries-by-key.js';

/** The result of a change. */
export type Imported =
  | { readonly outcome: 'DONE' }
  /** By an earlier import. */
  | { readonly outcome: 'DONE_BEFORE' }
  | { readonly outcome: 'FAILED'; readonly reason: string };

export interface ImportOptions {
  readonly database: PreparedDatabase;
  readonly ledger: Ledger;
  /** The owner of the idempotency keys. */
  readonly owner: User;
  /** Returns the ids of the users, in their order; or why a user is not to be had. */
  readonly findUsers: (users: readonly ImportedUser[]) => Promise<readonly (string | DomainError)[]>;
}

/** A change with the id of its user. */
interface KnownChange {
  readonly userId: string;
  readonly imported: ImportedChange;
}

/**
 * Creates a function that applies changes, each definite by itself, those of one user in the order given. It returns a
 * result for each.
 */
export function createImportPoints({ database, ledger, owner, findUsers }: ImportOptions) {
  const readEntriesByKey = createReadEntriesByKey(database, owner.id);

  return async (changes: readonly ImportedChange[]): Promise<ReadonlyMap<ImportedChange, Imported>> => {
    const results = new Map<ImportedChange, Imported>();
    const users = await findUsers(changes.map(({ user }) => user));
    const known = changes.flatMap((imported, index): KnownChange[] => {
      const user = users[index];
      if (typeof user === 'string') return [{ userId: user, imported }];
      results.set(imported, failed(user));
      return [];
    });
    for (const round of intoRounds(known)) {
      const reversed = new Map(
        (await readEntriesByKey(round.flatMap(reversedBy))).map((entry) => [nameOf(entry), entry]),
      );
      const requests = round.flatMap((change) => {
        const request = toPointsChange(change, owner, reversed);
        if (typeof request !== 'string') return [{ imported: change.imported, request }];
        results.set(change.imported, { outcome: 'FAILED', reason: request });
        return [];
      });
      const settled = await ledger.applyAll(requests.map(({ request }) => request));
      requests.forEach(({ imported }, index) => {
        const result = settled[index];
        if (result?.status !== 'fulfilled') results.set(imported, failed(result?.reason));
        else results.set(imported, { outcome: result.value.replayed ? 'DONE_BEFORE' : 'DONE' });
      });
    }
    return results;
  };
}

/** Splits changes so that an entry is written a round before its reversal. Those of one user keep their order. */
function intoRounds(changes: readonly KnownChange[]): KnownChange[][] {
  const rounds: KnownChange[][] = [];
  const lastOfUser = new Map<string, number>();
  const roundOfKey = new Map<string, number>();
  for (const change of changes) {
    const { userId, imported } = change;
    const reversed = reversedBy(change).map((key) => (roundOfKey.get(nameOf(key)) ?? -1) + 1);
    const round = Math.max(lastOfUser.get(userId) ?? 0, ...reversed);
    lastOfUser.set(userId, round);
    roundOfKey.set(nameOf({ userId, idempotencyKey: imported.idempotencyKey }), round);
    rounds[round] ??= [];
    rounds[round].push(change);
  }
  return rounds;
}

/** The key of the entry that a change reverses, if it is a reversal. */
function reversedBy({ userId, imported: { reversedKey } }: KnownChange): EntryKey[] {
  return reversedKey === null ? [] : [{ userId, idempotencyKey: reversedKey }];
}

function nameOf({ userId, idempotencyKey }: EntryKey): string {
  return `${userId} ${idempotencyKey}`;
}

/** The change to request; or why there is none. */
function toPointsChange(
  change: KnownChange,
  owner: User,
  reversed: ReadonlyMap<string, KeyedEntry>,
): PointsChange | string {
  const { points, reason, reference, metadata, createdAt, idempotencyKey } = change.imported;
  const [key] = reversedBy(change);
  const entry = key && reversed.get(nameOf(key));
  if (key !== undefined && entry === undefined) {
    return `The ledger has no entry with the key ${key.idempotencyKey}, which this line reverses.`;
  }
  if (entry !== undefined && entry.delta !== -points) {
    return `points must be ${-entry.delta}, since this line reverses an entry of ${entry.delta} points.`;
  }
  return {
    user: { id: change.userId },
    action:
      entry === undefined
        ? { kind: points > 0 ? 'ADD' : 'SPEND', points: Math.abs(points) }
        : { kind: 'REVERSAL', reverses: entry.sequence },
    reason,
    reference,
    metadata,
    ...(createdAt && { effectiveAt: createdAt }),
    idempotencyKey,
    ownerId: owner.id,
    credential: { kind: 'NONE' },
  };
}

/** An unexpected error is thrown: the next lines would meet it as well. */
function failed(thrown: unknown): Imported {
  const error = thrown instanceof Error && thrown.cause instanceof DomainError ? thrown.cause : thrown;
  if (error instanceof DomainError) return { outcome: 'FAILED', reason: error.message };
  throw thrown;
}
