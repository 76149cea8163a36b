import { createLane, LaneOverloaded } from '../concurrency/batcher.js';
import type { Clock } from './clock.js';
import type { Entry } from './entry.js';
import { type Answer, type Applied, MAX_PER_STATEMENT, type PointsOperation, type RunOperations } from './operation.js';
import { createPatience } from './patience.js';
import { inTime, isLocked, type Pending, settle, survivors, toAttempt } from './pending.js';

/**
 * Applies changes of points. Every answer is durable before it is given. Whatever is thrown had no effect, unless it is
 * `Annotated` with the effect `UNKNOWN`.
 */
export interface Ledger {
  /** @throws PointsRefused, StaleCredential, PointsBusy, LaneOverloaded, DatabaseUnavailable, OutcomeUnknown */
  apply(operation: PointsOperation): Promise<Applied>;
  /**
   * Each is definite by itself; those of one user, who is named by id, happen in the order given. They are applied 100
   * at a time: so many can still happen once the credential has ended. No attempt begins after 15 s.
   *
   * @param recheck awaited before each 100 but the first. Where it rejects, what is left is rejected with its error.
   */
  applyAll(
    operations: readonly PointsOperation[],
    recheck?: () => Promise<void>,
  ): Promise<PromiseSettledResult<Applied>[]>;
}

export interface LedgerOptions {
  readonly run: RunOperations;
  readonly clock: Clock;
  /** A statement failed. What it was for may be tried again. */
  readonly onFailure: (error: unknown) => void;
  /** An entry was written, for good. */
  readonly onEntry: (entry: Entry) => void;
}

/** Statements in flight at once, apart from those that have to be patient. */
const LANES = 2;

/** Operations under way, of all users together. */
const MOST_UNDER_WAY = 20_000;

/** An attempt takes up to 13 s where the database stops answering: so every answer is there within 28 s. */
const BEGIN_WITHIN_MS = 15_000;

/**
 * What is asked for at the same time shares a statement, and so a commit: one account is not bound to one change per
 * commit. That statement waits for nobody. What it finds locked, or fails with, is left to `createPatience`.
 */
export function createLedger({ run, clock, onFailure, onEntry }: LedgerOptions): Ledger {
  const attempt: RunOperations = async (attempts, waitMs) => {
    try {
      return await run(attempts, waitMs);
    } catch (error) {
      if (!isLocked(error)) onFailure(error);
      throw error;
    }
  };
  const patience = createPatience({ run: attempt, clock });
  const lanes = Array.from({ length: LANES }, () =>
    createLane({
      maxBatch: MAX_PER_STATEMENT,
      sizeOf: (group: readonly Pending[]) => group.length,
      maxQueue: MOST_UNDER_WAY,
      run: runGroups,
    }),
  );
  let underWay = 0;

  /** Applies operations on one account, in their order. After the deadline no attempt begins. */
  async function submit(
    account: string,
    operations: readonly PointsOperation[],
    deadline: number,
  ): Promise<PromiseSettledResult<Applied>[]> {
    if (underWay + operations.length > MOST_UNDER_WAY) {
      return operations.map(() => ({ status: 'rejected', reason: new LaneOverloaded() }));
    }
    underWay += operations.length;
    const group: Pending[] = [];
    const results = operations.map(
      (operation) =>
        new Promise<Applied>((resolve, reject) => {
          group.push({ operation, deadline, resolve, reject, isFailed: false, mayHaveHappened: false });
        }),
    );
    void decide(account, group);
    const settled = await Promise.allSettled(results);
    underWay -= operations.length;
    group.forEach(({ mayHaveHappened }, index) => {
      const result = settled[index];
      if (result?.status === 'fulfilled' && (mayHaveHappened || !result.value.replayed)) onEntry(result.value.entry);
    });
    return settled;
  }

  /** Has the operations answered at once where that can be, and with patience where it cannot. */
  async function decide(account: string, group: readonly Pending[]): Promise<void> {
    const lane = lanes[numberOf(account) % LANES];
    if (lane === undefined || patience.isWaiting(account)) {
      patience.add(account, group);
      return;
    }
    try {
      patience.add(account, settle(group, await lane(group)));
    } catch (error) {
      patience.add(account, survivors(group, error));
    }
  }

  /** One statement for the operations of many accounts. */
  async function runGroups(groups: readonly (readonly Pending[])[]): Promise<readonly (readonly Answer[])[]> {
    const left = groups.map((group) => inTime(group, clock.now()));
    const attempts = left.flat().map(toAttempt);
    const answers = attempts.length === 0 ? [] : [...(await attempt(attempts, 0))];
    return left.map(({ length }) => answers.splice(0, length));
  }

  /** Applies operations on many accounts, those of each in their order. */
  async function submitAll(
    operations: readonly PointsOperation[],
    deadline: number,
  ): Promise<PromiseSettledResult<Applied>[]> {
    const results: PromiseSettledResult<Applied>[] = [];
    const submitted = [...byAccount(operations)].map(async ([account, group]) => {
      const settled = await submit(
        account,
        group.map(({ operation }) => operation),
        deadline,
      );
      settled.forEach((result, nth) => {
        results[group[nth]?.index ?? 0] = result;
      });
    });
    await Promise.all(submitted);
    return results;
  }

  return {
    apply: async (operation) => {
      const [result] = await submit(accountOf(operation), [operation], clock.now() + BEGIN_WITHIN_MS);
      if (result?.status === 'fulfilled') return result.value;
      throw result?.reason;
    },
    applyAll: async (operations, recheck = async () => {}) => {
      const deadline = clock.now() + BEGIN_WITHIN_MS;
      const results: PromiseSettledResult<Applied>[] = [];
      for (let from = 0; from < operations.length; from += MAX_PER_STATEMENT) {
        try {
          if (from > 0) await recheck();
        } catch (reason) {
          return [...results, ...operations.slice(from).map(() => ({ status: 'rejected', reason }) as const)];
        }
        results.push(...(await submitAll(operations.slice(from, from + MAX_PER_STATEMENT), deadline)));
      }
      return results;
    },
  };
}

/** Whose operations share a queue. A user goes by two names here, and may so have two: that costs time alone. */
function accountOf({ user }: PointsOperation): string {
  return user.id ?? user.username.toLowerCase();
}

function byAccount(operations: readonly PointsOperation[]) {
  const groups = new Map<string, { readonly index: number; readonly operation: PointsOperation }[]>();
  operations.forEach((operation, index) => {
    const account = accountOf(operation);
    const group = groups.get(account) ?? [];
    groups.set(account, group);
    group.push({ index, operation });
  });
  return groups;
}

function numberOf(account: string): number {
  let number = 0;
  for (let index = 0; index < account.length; index++) number = (number * 31 + account.charCodeAt(index)) >>> 0;
  return number;
}
