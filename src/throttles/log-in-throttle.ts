import { createHash } from 'node:crypto';
import { and, eq, gt, sql } from 'drizzle-orm';
import { networkOf } from '../auth/network.js';
import type { Database } from '../database/connect.js';
import { createFailureWindow, type FailureWindow, type Reservation } from './failure-window.js';
import { createGrowingWait } from './growing-wait.js';
import { throttles } from './table.js';

/** Who tries a password. */
export interface Caller {
  /** The name that is tried. Whether a user has it makes no difference. */
  readonly username: string;
  /** The network address; null: unknown. */
  readonly address: string | null;
}

/**
 * Runs an attempt, unless the account or the network has to wait.
 *
 * @param isFailure recognises the error of a wrong password; no other error is counted.
 * @throws RateLimited: the attempt was not made; whatever the attempt throws.
 */
export type LogInThrottle = <Result>(
  caller: Caller,
  attempt: () => Promise<Result>,
  isFailure: (error: unknown) => boolean,
) => Promise<Result>;

/** An attempt that is counted as in flight, to be settled once. */
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
 * - for the network, six times `failures` in five minutes, on all accounts together;
 * - for the account, twenty times `failures` in an hour, from all networks together (NIST SP 800-63B-4, section 3.2.2,
 *   allows 100).
 *
 * Where the account is familiar, the one limit is twenty times `failures` in an hour, for the account in the network. Others
 * cannot lock its owner out there by failing on other accounts or from elsewhere, and on this account only by failing that
 * often from the same network. They can keep its owner out of a network where it is not familiar.
 *
 * @param failures how many cost no wait; 0: no throttle.
 */
export function createLogInThrottle(database: Database, failures: number): LogInThrottle {
  if (failures === 0) return async (_caller, attempt) => await attempt();
  const begin = createBegin(database, failures);
  return async (caller, attempt, isFailure) => {
    const counted = await begin(caller);
    let result: Awaited<ReturnType<typeof attempt>>;
    try {
      result = await attempt();
    } catch (error) {
      await (isFailure(error) ? counted.fail() : counted.cancel());
      throw error;
    }
    // Outside the `try`: an attempt whose success could not be recorded is not settled a second time.
    await counted.succeed();
    return result;
  };
}

/** What an attempt is counted by. */
interface Keys {
  readonly network: string;
  /** A hash of the name. */
  readonly account: string;
  /** The account in the network. */
  readonly both: string;
}

function createBegin(database: Database, failures: number): (caller: Caller) => Promise<CountedAttempt> {
  const ofAccount = createFailureWindow(database, { of: 'log-ins of account', max: 20 * failures, seconds: 3_600 });
  const ofFamiliar = createFailureWindow(database, { of: 'log-ins of familiar', max: 20 * failures, seconds: 3_600 });
  const beginUnfamiliar = createBeginUnfamiliar(database, failures, ofAccount);

  const beginFamiliar = async ({ account, both }: Keys): Promise<CountedAttempt> => {
    const slot = await ofFamiliar.reserve(both);
    return {
      succeed: async () => void (await Promise.all([remember(database, both), slot.release()])),
      fail: async () => void (await Promise.all([slot.fail(), ofAccount.add(account)])),
      cancel: slot.release,
    };
  };

  return async ({ username, address }) => {
    const network = networkOf(address);
    const account = createHash('sha256').update(username.toLowerCase()).digest('base64url');
    const keys = { network, account, both: `${account} ${network}` };
    return await ((await isFamiliar(database, keys.both)) ? beginFamiliar(keys) : beginUnfamiliar(keys));
  };
}

function createBeginUnfamiliar(
  database: Database,
  failures: number,
  ofAccount: FailureWindow,
): (keys: Keys) => Promise<CountedAttempt> {
  const waits = createGrowingWait(database, { of: 'log-in', free: failures });
  const ofNetwork = createFailureWindow(database, { of: 'log-ins of network', max: 6 * failures, seconds: 300 });

  return async ({ network, account, both }) => {
    // `begin` refuses the same, after four writes: a client that does not wait would cost as much each time.
    await waits.check(both);
    const slots: Reservation[] = [];
    const release = async () => {
      await Promise.all(slots.map((slot) => slot.release()));
    };
    try {
      // The network comes first: one that is full adds no rows for made-up names.
      slots.push(await ofNetwork.reserve(network));
      slots.push(await ofAccount.reserve(account));
      await waits.begin(both);
    } catch (error) {
      await release();
      throw error;
    }
    return {
      succeed: async () => void (await Promise.all([waits.forget(both), remember(database, both), release()])),
      fail: async () => void (await Promise.all([waits.fail(both), ...slots.map((slot) => slot.fail())])),
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
