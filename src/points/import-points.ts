import type { PreparedDatabase } from '../database/connect.js';
import { DomainError } from '../errors.js';
import type { User } from '../users/user.js';
import type { PointsChange } from './change.js';
import { SameUser } from './errors.js';
import { type ImportLine, ImportOrder, type ImportStep } from './import-order.js';
import type { Ledger } from './ledger.js';
import type { ImportedChange, ImportedUser } from './parse-import.js';
import { createReadEntriesByKey, type EntryKey, type KeyedEntry } from './read-entries-by-key.js';

/** The result of a change. */
export type Imported =
  | { readonly outcome: 'DONE' }
  /** By an earlier import. */
  | { readonly outcome: 'DONE_BEFORE' }
  | { readonly outcome: 'FAILED'; readonly reason: string };

type Results = Map<ImportedChange, Imported>;

export interface ImportOptions {
  readonly database: PreparedDatabase;
  readonly ledger: Ledger;
  /** The owner of the idempotency keys. */
  readonly owner: User;
  /** Returns the ids of the users, in their order; or why a user is not to be had. */
  readonly findUsers: (users: readonly ImportedUser[]) => Promise<readonly (string | DomainError)[]>;
}

/** The import of one file. */
export interface PointsImport {
  /**
   * Takes the next lines, and applies the changes that can be made, each definite by itself, those of one user in the order
   * given.
   *
   * @returns results of these lines and of earlier ones that have waited for them.
   * @throws BadUserInput where too many lines wait for the other line of a pair.
   */
  apply(changes: readonly ImportedChange[]): Promise<ReadonlyMap<ImportedChange, Imported>>;
  /** The results of the lines that still wait after the last one: they fail. */
  finish(): ReadonlyMap<ImportedChange, Imported>;
}

/** Changes that the ledger is given at once. */
const MAX_STEPS = 1_000;

export function createImportPoints({ database, ledger, owner, findUsers }: ImportOptions): PointsImport {
  const readEntriesByKey = createReadEntriesByKey(database, owner.id);
  const order = new ImportOrder();

  async function addLines(changes: readonly ImportedChange[], results: Results): Promise<void> {
    const receivers = changes.flatMap(({ receiver }) => receiver ?? []);
    const users = [...(await findUsers([...changes.map(({ user }) => user), ...receivers]))];
    const found = users.splice(changes.length);
    changes.forEach((imported, index) => {
      const [userId, receiverId] = [users[index], imported.receiver === null ? null : found.shift()];
      if (typeof userId !== 'string') results.set(imported, failed(userId));
      else if (receiverId === userId) results.set(imported, failed(new SameUser()));
      else if (receiverId === null || typeof receiverId === 'string') order.add({ imported, userId, receiverId });
      else results.set(imported, failed(receiverId, '`to`: '));
    });
  }

  async function applyRound(steps: readonly Step[], results: Results): Promise<void> {
    const reversed = new Map(
      (await readEntriesByKey(steps.flatMap(reversedBy))).map((entry) => [nameOf(entry), entry]),
    );
    const requests = steps.flatMap((step) => {
      const request = toPointsChange(step, owner, reversed);
      if (typeof request !== 'string') return [{ step, request }];
      setResult(results, step, { outcome: 'FAILED', reason: request });
      return [];
    });
    const settled = await ledger.applyAll(requests.map(({ request }) => request));
    requests.forEach(({ step }, index) => {
      const result = settled[index];
      if (result?.status !== 'fulfilled') setResult(results, step, failed(result?.reason));
      else setResult(results, step, { outcome: result.value.replayed ? 'DONE_BEFORE' : 'DONE' });
    });
  }

  return {
    apply: async (changes) => {
      const results: Results = new Map();
      await addLines(changes, results);
      for (let steps = order.take(MAX_STEPS); steps.length > 0; steps = order.take(MAX_STEPS)) {
        for (const round of intoRounds(steps.map(toStep))) await applyRound(round, results);
      }
      return results;
    },
    finish: () =>
      new Map([...order.waiting()].map(([{ imported }, reason]) => [imported, { outcome: 'FAILED', reason }])),
  };
}

/** A change to make. */
interface Step extends ImportStep {
  /** The line that says what to change: of a pair, the one of the user who gave points, to whom a reversal gives them back. */
  readonly line: ImportLine;
  /** The other line of a pair. */
  readonly other: ImportLine | undefined;
}

function toStep({ lines, userIds }: ImportStep): Step {
  const isOfGiver = ({ imported: { points, reversedKey } }: ImportLine) => points < 0 === (reversedKey === null);
  const [line, other] = lines.toSorted((one, two) => Number(isOfGiver(two)) - Number(isOfGiver(one)));
  if (line === undefined) throw new Error('A change has no line.');
  return { lines, userIds, line, other };
}

function setResult(results: Results, { lines }: Step, result: Imported): void {
  for (const { imported } of lines) results.set(imported, result);
}

/** Splits changes so that an entry is written a round before its reversal. Those of one user keep their order. */
function intoRounds(steps: readonly Step[]): Step[][] {
  const rounds: Step[][] = [];
  const lastOfUser = new Map<string, number>();
  const roundOfKey = new Map<string, number>();
  for (const step of steps) {
    const { userId, imported } = step.line;
    const reversed = reversedBy(step).map((key) => (roundOfKey.get(nameOf(key)) ?? -1) + 1);
    const round = Math.max(0, ...step.userIds.map((id) => lastOfUser.get(id) ?? 0), ...reversed);
    for (const id of step.userIds) lastOfUser.set(id, round);
    roundOfKey.set(nameOf({ userId, idempotencyKey: imported.idempotencyKey }), round);
    rounds[round] ??= [];
    rounds[round].push(step);
  }
  return rounds;
}

/** The key of the entry that a change reverses, if it is a reversal. */
function reversedBy({ line: { userId, imported } }: Step): EntryKey[] {
  return imported.reversedKey === null ? [] : [{ userId, idempotencyKey: imported.reversedKey }];
}

function nameOf({ userId, idempotencyKey }: EntryKey): string {
  return `${userId} ${idempotencyKey}`;
}

/** The change to request; or why there is none. */
function toPointsChange(step: Step, owner: User, reversed: ReadonlyMap<string, KeyedEntry>): PointsChange | string {
  const { userId, imported } = step.line;
  const { points, reason, reference, metadata, createdAt, idempotencyKey } = imported;
  const fault = faultOfPair(step);
  if (fault !== undefined) return fault;
  const [key] = reversedBy(step);
  const entry = key && reversed.get(nameOf(key));
  if (key !== undefined && entry === undefined) {
    return `The ledger has no entry with the key ${key.idempotencyKey}, which this line reverses.`;
  }
  if (entry !== undefined && entry.delta !== -points) {
    return `points must be ${-entry.delta}, since this line reverses an entry of ${entry.delta} points.`;
  }
  return {
    user: { id: userId },
    action: entry === undefined ? actionOf(step) : { kind: 'REVERSAL', reverses: entry.sequence },
    reason,
    reference,
    metadata,
    ...(createdAt && { effectiveAt: createdAt }),
    idempotencyKey,
    ownerId: owner.id,
    credential: { kind: 'NONE' },
  };
}

function faultOfPair({ line, other }: Step): string | undefined {
  if (other === undefined) return undefined;
  const [own, its] = [line.imported, other.imported];
  if (own.points !== -its.points) {
    return `points must be opposite in the two lines of a pair, and are ${own.points} and ${its.points}.`;
  }
  const isReversal = own.reversedKey !== null;
  return isReversal === (its.reversedKey !== null)
    ? undefined
    : 'reverses must be given in both lines of a pair, or in none.';
}

function actionOf({ line: { receiverId, imported }, other }: Step): PointsChange['action'] {
  const points = Math.abs(imported.points);
  const to = receiverId ?? other?.userId;
  if (to !== undefined) return { kind: 'TRANSFER', points, to: { id: to } };
  return { kind: imported.points > 0 ? 'ADD' : 'SPEND', points };
}

/** An unexpected error is thrown: the next lines would meet it as well. */
function failed(thrown: unknown, field = ''): Imported {
  const error = thrown instanceof Error && thrown.cause instanceof DomainError ? thrown.cause : thrown;
  if (error instanceof DomainError) return { outcome: 'FAILED', reason: `${field}${error.message}` };
  throw thrown;
}
