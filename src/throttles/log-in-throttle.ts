import { createHash } from 'node:crypto';
import { and, eq, gt, sql } from 'drizzle-orm';
import type { Actor } from '../auth/actor.js';
import type { Database } from '../database/connect.js';
import { refusalOf } from './errors.js';
import { createFailureBudget, type FailureBudget, type Reservation } from './failure-budget.js';
import { createGrowingWait } from './growing-wait.js';
import type { MinuteCount } from './minute-counter.js';
import { throttles } from './table.js';

/** An attempt to log in, or to confirm the password of a session. */
export interface LogInAttempt {
  /** The name that is tried. Whether a user has it makes no difference. */
  readonly username: string;
  readonly actor: Pick<Actor, 'network' | 'credential'>;
  /** The session that confirms its user's password; null: it is a log-in. */
  readonly sessionId: string | null;
}

/**
 * Makes an attempt, unless the account or the network has to wait.
 *
 * @param isFailure recognises the error of a wrong password; no other error is counted.
 * @throws RateLimited: the attempt was not made. What `make` throws.
 */
export type LogInThrottle = <Result>(
  attempt: LogInAttempt,
  make: () => Promise<Result>,
  isFailure: (error: unknown) => boolean,
) => Promise<Result>;

/** An attempt that is counted as in flight, to be ended once. */
interface CountedAttempt {
  succeed(): Promise<void>;
  fail(): Promise<void>;
  /** It came to no result. */
  cancel(): Promise<void>;
}

/** How long an account is familiar in a network after a log-in from it. */
const FAMILIAR_DAYS = 30;

/**
 * Makes the throttle of passwords. An attempt is counted before it is made, and stays counted if it fails. Limits of an
 * account in a network where it is not familiar:
 *
 * - for the account in the network, after `failures` in a row, a growing wait of up to a quarter of an hour;
 * - for the network, on all accounts together, six times `failures` at once, which five minutes restore;
 * - for the account, from all networks together, twenty times `failures` at once, which an hour restores (NIST
 *   SP 800-63B-4, section 3.2.2, allows 100).
 *
 * Where the account is familiar, the one limit of failures is twenty times `failures` at once, which an hour restores, for
 * the account in the network. Others cannot lock its owner out there by failing on other accounts or from elsewhere. By
 * failing that often on this account from the same network they can only delay its owner, who competes with them for the
 * attempts that come back. They can keep its owner out of a network where it is not familiar.
 *
 * A session that confirms its user's password has the same limit for itself, which log-ins do not use up.
 *
 * Right passwords take processor time as well: log-ins, whatever their outcome, are bounded per minute, of a familiar
 * account by itself, of all others by network.
 *
 * @param options.failures how many cost no wait; 0: no limit of failures.
 * @param options.countLogIn counts one in this minute; undefined: no limit.
 */
export function createLogInThrottle(database: Database, options: LogInLimits): LogInThrottle {
  const begin = options.failures === 0 ? createBeginUnthrottled(options) : createBegin(database, options);
  return async (attempt, make, isFailure) => {
    const counted = await begin(attempt);
    let result: Awaited<ReturnType<typeof make>>;
    try {
      result = await make();
    } catch (error) {
      await (isFailure(error) ? counted.fail() : counted.cancel());
      throw error;
    }
    // Outside the `try`: an attempt whose success could not be recorded is not ended a second time.
    await counted.succeed();
    return result;
  };
}

interface LogInLimits {
  readonly failures: number;
  readonly countLogIn: (key: string) => MinuteCount | undefined;
}

type Begin = (attempt: LogInAttempt) => Promise<CountedAttempt>;

/** What an attempt is counted by. */
interface Keys {
  readonly network: string;
  /** A hash of the name. */
  readonly account: string;
  /** The account in the network. */
  readonly both: string;
}

function keysOf({ username, actor: { network } }: LogInAttempt): Keys {
  const account = createHash('sha256').update(username.toLowerCase()).digest('base64url');
  return { network, account, both: `${account} ${network}` };
}

function createBegin(database: Database, { failures, countLogIn }: LogInLimits): Begin {
  const anHour = { max: 20 * failures, seconds: 3_600 };
  const ofAccount = createFailureBudget(database, { of: 'failures of account', ...anHour });
  const ofFamiliar = createFailureBudget(database, { of: 'failures of familiar', ...anHour });
  const ofSession = createFailureBudget(database, { of: 'failures of session', ...anHour });
  const beginUnfamiliar = createBeginUnfamiliar(database, failures, ofAccount);

  const counted = (reservation: Reservation, { account, both }: Keys): CountedAttempt => ({
    succeed: async () => void (await Promise.all([remember(database, both), reservation.release()])),
    fail: async () => void (await Promise.all([reservation.fail(), ofAccount.add(account)])),
    cancel: reservation.release,
  });

  return async (attempt) => {
    const keys = keysOf(attempt);
    if (attempt.sessionId !== null) return counted(await ofSession.reserve(attempt.sessionId), keys);
    const isKnown = await isFamiliar(database, keys.both);
    checkPerMinute(attempt, countLogIn, isKnown ? keys.both : keys.network);
    return isKnown ? counted(await ofFamiliar.reserve(keys.both), keys) : await beginUnfamiliar(keys);
  };
}

function createBeginUnthrottled({ countLogIn }: LogInLimits): Begin {
  const uncounted = { succeed: async () => {}, fail: async () => {}, cancel: async () => {} };
  return async (attempt) => {
    if (attempt.sessionId === null) checkPerMinute(attempt, countLogIn, attempt.actor.network);
    return uncounted;
  };
}

/** @throws RateLimited */
function checkPerMinute(attempt: LogInAttempt, countLogIn: LogInLimits['countLogIn'], key: string): void {
  const limited = attempt.actor.credential.kind === 'APP' ? undefined : refusalOf(countLogIn(key));
  if (limited !== undefined) throw limited;
}

function createBeginUnfamiliar(
  database: Database,
  failures: number,
  ofAccount: FailureBudget,
): (keys: Keys) => Promise<CountedAttempt> {
  const waits = createGrowingWait(database, { of: 'log-in', free: failures });
  const ofNetwork = createFailureBudget(database, { of: 'failures of network', max: 6 * failures, seconds: 300 });

  return async ({ network, account, both }) => {
    // `begin` refuses the same, after four writes: a client that does not wait would cost as much each time.
    await waits.check(both);
    const reservations: Reservation[] = [];
    const release = async () => {
      await Promise.all(reservations.map(({ release }) => release()));
    };
    try {
      // The network comes first: one that is full adds no rows for made-up names.
      reservations.push(await ofNetwork.reserve(network));
      reservations.push(await ofAccount.reserve(account));
      await waits.begin(both);
    } catch (error) {
      await release();
      throw error;
    }
    return {
      succeed: async () => void (await Promise.all([waits.forget(both), remember(database, both), release()])),
      fail: async () => void (await Promise.all([waits.fail(both), ...reservations.map(({ fail }) => fail())])),
      cancel: async () => void (await Promise.all([waits.cancel(both), release()])),
    };
  };
}

async function isFamiliar(database: Database, both: string): Promise<boolean> {
  const [row] = await database
    .select({ key: throttles.key })
    .from(throttles)
    .where(and(eq(throttles.key, `familiar:${both}`), gt(throttles.expire, sql`clock_timestamp()`)));
  return row !== undefined;
}

async function remember(database: Database, both: string): Promise<void> {
  const expire = sql`clock_timestamp() + make_interval(days => ${FAMILIAR_DAYS}::int)`;
  await database
    .insert(throttles)
    .values({ key: `familiar:${both}`, points: 1, expire })
    .onConflictDoUpdate({ target: throttles.key, set: { expire } });
}
