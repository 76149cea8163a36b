import { setImmediate as nextTurn } from 'node:timers/promises';
import fc, { type Scheduler } from 'fast-check';
import type { Credential } from '../../../src/auth/actor.js';
import { effectOf } from '../../../src/graphql/resolvers/points-payload.js';
import type { Applied, ApplyPoints, PointsChange } from '../../../src/points/change.js';
import { PointsRefused } from '../../../src/points/errors.js';
import { createLedger } from '../../../src/points/ledger.js';
import { refKey, type UserRef } from '../../../src/users/user.js';
import {
  createStubClock,
  createStubDatabase,
  type Fault,
  MAX_ADDED,
  STORED,
  type StubDatabase,
} from './stub-database.js';

/** What is asked of which node, after how many turns of the event loop, and what goes wrong meanwhile. */
export interface Plan {
  readonly requests: readonly {
    readonly node: number;
    readonly turns: number;
    readonly changes: readonly PointsChange[];
  }[];
  /** The users, or the counter, that another session locks. */
  readonly locks: readonly { readonly name: string; readonly turns: number }[];
  readonly faults: readonly Fault[];
  /** What happens to credentials, while the statement with this number is on its way or later. */
  readonly endings: readonly { readonly what: Ending; readonly statement: number }[];
}

type Ending = 'REVOKE' | 'REVOKE_ANOTHER' | 'LOG_OUT' | 'DEMOTE' | 'PROMOTE';

const TOKEN: Credential = { kind: 'APP', tokenId: 'token', storedTerms: '', dayCounter: null };
const LIMITED_TOKEN: Credential = { kind: 'APP', tokenId: 'limited token', storedTerms: '', dayCounter: 'counter' };
/** The same, as a node knows it from before it had a limit. */
const LATELY_LIMITED_TOKEN: Credential = { ...LIMITED_TOKEN, dayCounter: null };
const ANOTHER_TOKEN: Credential = { kind: 'APP', tokenId: 'another token', storedTerms: '', dayCounter: null };
const SESSION: Credential = { kind: 'USER', sessionId: 'session', role: 'ADMIN' };

const USERS = ['ann', 'bob', 'cy'];

const user: fc.Arbitrary<UserRef> = fc.oneof(
  { weight: 3, arbitrary: fc.constantFrom(...USERS).map((id) => ({ id })) },
  { weight: 1, arbitrary: fc.constantFrom(...USERS, 'nobody').map((id) => ({ username: id.toUpperCase() })) },
);
const amount = fc.record({ kind: fc.constantFrom('ADD', 'SPEND'), points: fc.integer({ min: 1, max: 9 }) });
const reversal = fc.record({ kind: fc.constant('REVERSAL'), reverses: fc.integer({ min: 1, max: 4 }) });

const changeOf = (action: fc.Arbitrary<PointsChange['action']>) =>
  fc.record({
    user,
    action,
    idempotencyKey: fc.option(fc.constantFrom('a', 'b', 'c', 'd')),
    ownerId: fc.constantFrom('one', 'another'),
    credential: fc.constantFrom<Credential[]>(
      { kind: 'NONE' },
      TOKEN,
      ANOTHER_TOKEN,
      LIMITED_TOKEN,
      LATELY_LIMITED_TOKEN,
      SESSION,
    ),
    isPoison: fc.integer({ min: 0, max: 19 }).map((number) => number === 0),
  });
const changes = fc.oneof(
  { weight: 3, arbitrary: fc.array(changeOf(amount), { minLength: 1, maxLength: 4 }) },
  { weight: 1, arbitrary: changeOf(reversal).map((one) => [one]) },
);

const fault = fc.record({
  kind: fc.oneof(
    { weight: 4, arbitrary: fc.constant('NONE') },
    { weight: 5, arbitrary: fc.constantFrom('LOST_BEFORE', 'LOST_AFTER', 'LOST_WHILE_IT_RUNS') },
    { weight: 1, arbitrary: fc.constant('NOT_SENT') },
    { weight: 2, arbitrary: fc.constantFrom('SERIALIZATION_FAILURE', 'UNIQUE_VIOLATION', 'CANCELLED', 'TERMINATED') },
  ),
  takesMs: fc.oneof(
    { weight: 4, arbitrary: fc.constant(2) },
    { weight: 1, arbitrary: fc.constantFrom(500, 9_000, 13_000) },
  ),
});

export const plans: fc.Arbitrary<Plan> = fc
  .record({
    asked: fc.array(fc.record({ node: fc.nat(1), turns: fc.nat(5), changes }), {
      minLength: 1,
      maxLength: 10,
    }),
    locks: fc.array(fc.record({ name: fc.constantFrom(...USERS, 'counter'), turns: fc.integer({ min: 1, max: 30 }) }), {
      maxLength: 3,
    }),
    faults: fc.array(fault, { maxLength: 40 }),
    endings: fc.array(
      fc.record({
        what: fc.constantFrom<Ending[]>('REVOKE', 'REVOKE_ANOTHER', 'LOG_OUT', 'DEMOTE', 'PROMOTE'),
        statement: fc.integer({ min: 1, max: 12 }),
      }),
      { maxLength: 5 },
    ),
  })
  .map(({ asked, ...rest }) => ({
    ...rest,
    requests: asked.map(({ node, turns, changes }, request) => ({
      node,
      turns,
      changes: changes.map(({ isPoison, ...each }, nth) => ({
        ...each,
        reason: `${isPoison ? 'poison' : 'change'} ${request}.${nth}`,
      })),
    })),
  }));

/** A change, and what was said of it. */
interface Told {
  readonly change: PointsChange;
  readonly result: PromiseSettledResult<Applied>;
  /**
   * Whether its credential had ended before it was asked for, and did not become good again. Not where an attempt was
   * lost: the ledger has to find out what that came to.
   */
  readonly wasEnded: boolean;
  /** Whether the credential stayed as it was from the request to the answer. */
  readonly isUnchanged: boolean;
}

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
        return await run(attempts, waitMs).finally(() => {
          inFlight -= 1;
        });
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
      return result === undefined ? [] : [{ change: each, result, wasEnded, isUnchanged }];
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
  const entries = limited.flatMap(({ reason }) => effects.get(reason ?? '') ?? []);
  return entries.reduce((sum, { kind, delta }) => sum + (kind === 'ADD' ? delta : 0), 0);
}

const END: Readonly<Record<Ending, (credentials: StubDatabase['credentials']) => void>> = {
  REVOKE: ({ end }) => end('token'),
  REVOKE_ANOTHER: ({ end }) => end('another token'),
  LOG_OUT: ({ end }) => end('session'),
  DEMOTE: ({ setRole }) => setRole('session', 'USER'),
  PROMOTE: ({ setRole }) => setRole('session', 'ADMIN'),
};

/** `applyPoints` resolves names first. */
function byId(change: PointsChange): PointsChange {
  return { ...change, user: { id: refKey(change.user) } };
}

/** What is wrong with the answers to one request, given what the database has to say. */
function findFaults(told: readonly Told[], { requests }: Plan, { effects, models }: StubDatabase): string[] {
  const broken: string[] = [];
  const asked = requests.find(({ changes }) => changes[0]?.reason === told[0]?.change.reason);
  if (asked?.changes.length !== told.length) broken.push('there is not one answer for each change');
  const last = new Map<string, number>();
  for (const { change, result, wasEnded, isUnchanged } of told) {
    const { reason, idempotencyKey } = change;
    const written = effects.get(reason ?? '') ?? [];
    const complain = (what: string) => broken.push(`${reason} ${what}: ${JSON.stringify([result, written])}`);
    if (written.length > 1) complain('happened more than once');
    if (wasEnded && (result.status === 'fulfilled' || result.reason instanceof PointsRefused))
      complain('was answered to a credential that had ended');
    if (result.status === 'rejected') {
      const { effect, isReplayed } = describe(result.reason);
      if (effect === 'NONE' && written.length > 0) complain('happened, and was said not to have');
      if (effect === 'UNKNOWN' && result.reason.cause.code === undefined) complain('met an unexpected error');
      if (isReplayed && idempotencyKey === null) complain('was replayed without a key');
      continue;
    }
    const { entry, replayed } = result.value;
    const kept = models.get(entry.userId)?.entries[entry.sequence - 1];
    if (kept?.delta !== entry.delta || kept.balanceAfter !== entry.balanceAfter)
      complain('was answered what is not so');
    if (written.length === 0 && !replayed) complain('did not happen, and was said to have');
    if (written.length === 0) continue;
    if ((last.get(entry.userId) ?? 0) > entry.sequence) complain('came before what was to come before it');
    // One whose credential ended for a while may have been refused in a lost attempt that made the later ones.
    if (isUnchanged) last.set(entry.userId, entry.sequence);
  }
  return broken;
}

/** Answers under one key that do not go together. */
function findContradictions(told: readonly Told[]): string[] {
  const answers = new Map<string, Set<string>>();
  for (const { change, result } of told) {
    if (change.idempotencyKey === null) continue;
    const { user } = byId(change);
    const key = JSON.stringify([user.id, change.ownerId, change.idempotencyKey]);
    const answer =
      result.status === 'fulfilled' ? `entry ${result.value.entry.sequence}` : describe(result.reason).stored;
    if (answer !== undefined) answers.set(key, (answers.get(key) ?? new Set()).add(answer));
  }
  return [...answers].flatMap(([key, all]) =>
    all.size > 1 ? [`${key} had several answers: ${[...all].join(', ')}`] : [],
  );
}

function describe(reason: unknown): { effect: 'NONE' | 'UNKNOWN'; isReplayed: boolean; stored: string | undefined } {
  const isReplayed = reason instanceof PointsRefused && reason.details.replayed;
  const stored = reason instanceof PointsRefused && STORED.has(reason.code) ? reason.code : undefined;
  return { effect: effectOf(reason), isReplayed, stored };
}
