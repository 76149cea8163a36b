import { setImmediate as nextTurn } from 'node:timers/promises';
import type { Scheduler } from 'fast-check';
import { type ApplyPoints, concernsTwoUsers, type PointsChange, receiverOf } from '../../../src/points/change.js';
import { createLedger } from '../../../src/points/ledger.js';
import { isLockTimeout } from '../../../src/points/retry-queue.js';
import { refKey } from '../../../src/users/user.js';
import { type Ending, LATELY_LIMITED_TOKEN, LIMITED_TOKEN, type Plan, USERS } from './plans.js';
import { findContradictions, findFaults, type Told } from './simulation-checks.js';
import { createStubClock, createStubDatabase, MAX_ADDED, type StubDatabase } from './stub-database.js';

/**
 * Two nodes over one database: whatever goes wrong, all that is asked is answered, no answer is a lie, and nothing is
 * changed by a credential that has ended.
 *
 * @param plant stands between the ledgers and the database, and does what a faulty ledger would do.
 * @throws when a rule is broken.
 */
export async function simulate(
  scheduler: Scheduler,
  plan: Plan,
  plant: (run: ApplyPoints, database: StubDatabase) => ApplyPoints = (run) => run,
) {
  const clock = createStubClock(scheduler);
  const begun = new Map<PointsChange['reason'], number>();
  const retried = new Set<PointsChange['reason']>();
  const lockTimeouts = new Map<PointsChange['reason'], number>();
  const broken: string[] = [];
  const credentials = new Map(
    plan.requests.flatMap(({ changes }) => changes.map(({ reason, credential }) => [reason, credential] as const)),
  );
  const database: StubDatabase = createStubDatabase(clock, USERS, plan.faults, ({ reason }) => {
    const credential = credentials.get(reason);
    if (credential !== undefined && !database.credentials.isAlive(credential))
      broken.push(`${reason} was kept after its credential had ended`);
  });

  let sent = 0;
  const ending: Promise<void>[] = [];
  /** Endings go by statements: the scheduler lets no time pass until the ledger sends, at the end of a turn. */
  const beginEndings = () => {
    sent += 1;
    const begun = plan.endings.filter(({ statement }) => statement === sent);
    ending.push(
      ...begun.map(async ({ what }) => {
        await clock.pass('a credential that is about to change', 1);
        END[what](database.credentials);
      }),
    );
  };

  const nodes = [0, 1].map(() => {
    const run = plant(database.run, database);
    let inFlight = 0;
    return createLedger({
      clock,
      onFailure: () => {},
      onWritten: () => {},
      run: async (attempts, waitMs) => {
        const latest = Math.min(...attempts.map(({ change }) => begun.get(change.reason) ?? 0)) + 15_000;
        for (const { change, isRetry } of attempts) if (isRetry) retried.add(change.reason);
        if (clock.now() > latest) broken.push('an attempt began too late for an answer in time');
        beginEndings();
        inFlight += 1;
        if (inFlight > 5) broken.push('more statements were in flight than there are connections for');
        try {
          return await run(attempts, waitMs);
        } catch (error) {
          const [first] = attempts;
          if (first !== undefined && waitMs > 0 && isLockTimeout(error))
            lockTimeouts.set(first.change.reason, (lockTimeouts.get(first.change.reason) ?? 0) + 1);
          throw error;
        } finally {
          inFlight -= 1;
        }
      },
    });
  });

  const asking = plan.requests.map(async ({ node, turns, changes }): Promise<Told[]> => {
    for (let turn = 0; turn < turns; turn++) await nextTurn();
    await clock.pass('a request on its way', 1);
    const ledger = nodes[node];
    if (ledger === undefined) throw new Error('There is no such node.');
    const named = changes.length === 1 ? changes : changes.map(byId);
    for (const { reason } of named) begun.set(reason, clock.now());
    const changesBefore = named.map(({ credential }) => database.credentials.changesOf(credential));
    const endedBefore = named.map(({ credential }) => !database.credentials.isAlive(credential));
    const [alone] = named;
    const results =
      named.length === 1 && alone !== undefined
        ? await Promise.allSettled([ledger.apply(alone)])
        : await ledger.applyAll(named);
    return named.flatMap((each, nth) => {
      const result = results[nth];
      const isUnchanged = changesBefore[nth] === database.credentials.changesOf(each.credential);
      const wasEnded = endedBefore[nth] === true && isUnchanged && !retried.has(each.reason);
      const wasLate = concernsTwoUsers(each) && (lockTimeouts.get(each.reason) ?? 0) > MAX_LOCK_TIMEOUTS;
      const wasRetried = retried.has(each.reason);
      return result === undefined ? [] : [{ change: each, result, wasEnded, isUnchanged, wasLate, wasRetried }];
    });
  });
  const locking = plan.locks.map(async ({ name, turns }) => {
    await clock.pass('a lock on its way', 1);
    database.locked.add(name);
    for (let turn = 0; turn < turns; turn++) await clock.pass('a lock', 100);
    database.locked.delete(name);
  });
  const told = await scheduler.waitFor(Promise.all(asking));
  await scheduler.waitFor(Promise.all(ending));
  await scheduler.waitFor(Promise.all(locking));
  await scheduler.waitIdle();

  const added = addedByLimited(plan, database);
  if (added > MAX_ADDED) broken.push(`a token added ${added} points with a limit of ${MAX_ADDED}`);
  broken.push(...told.flatMap((each) => findFaults(each, plan, database)), ...findContradictions(told.flat()));
  if (broken.length > 0) throw new Error(broken.join('; '));
}

function addedByLimited({ requests }: Plan, { effects }: StubDatabase): number {
  const limited = requests.flatMap(({ changes }) =>
    changes.filter(({ credential }) => credential === LIMITED_TOKEN || credential === LATELY_LIMITED_TOKEN),
  );
  const entries = limited.flatMap(({ reason }) => effects.get(reason ?? '') ?? []).map(({ outcome }) => outcome.entry);
  return entries.reduce((sum, entry) => sum + (entry?.kind === 'ADD' ? entry.delta : 0), 0);
}

/** So many before the ledger lets later changes of a list pass. */
const MAX_LOCK_TIMEOUTS = 10;

const END: Readonly<Record<Ending, (credentials: StubDatabase['credentials']) => void>> = {
  REVOKE: ({ end }) => end('token'),
  REVOKE_ANOTHER: ({ end }) => end('another token'),
  LOG_OUT: ({ end }) => end('session'),
  DEMOTE: ({ setRole }) => setRole('session', 'USER'),
  PROMOTE: ({ setRole }) => setRole('session', 'ADMIN'),
};

/** `applyPoints` resolves names first. */
function byId(change: PointsChange): PointsChange {
  const { action } = change;
  const receiver = receiverOf(change);
  return {
    ...change,
    user: { id: refKey(change.user) },
    action: 'to' in action && receiver !== undefined ? { ...action, to: { id: refKey(receiver) } } : action,
  };
}
