import { createHash } from 'node:crypto';
import { and, eq, gt, sql } from 'drizzle-orm';
import { networkOf } from '../auth/network.js';
import type { Database } from '../database/connect.js';
import { createGrowingWait } from './growing-wait.js';
import { throttles } from './table.js';
import { createWindow, type GiveBack } from './window.js';

/** Somebody who tries a password. */
export interface Attempt {
  /** Whose it is to be; whether there is such a user makes no difference. */
  readonly username: string;
  /** Where from; null: unknown. */
  readonly address: string | null;
}

/**
 * Runs an attempt, unless the account or the network has to wait.
 *
 * @param isFailure recognises the error of a wrong password: any other counts for nothing.
 * @throws RateLimited, with the attempt not made; whatever the attempt throws.
 */
export type LogInThrottle = <Result>(
  who: Attempt,
  attempt: () => Promise<Result>,
  isFailure: (error: unknown) => boolean,
) => Promise<Result>;

/** How long an account is familiar in a network that it was logged in from. */
const FAMILIAR_DAYS = 30;

/**
 * Makes the throttle of passwords. An attempt is counted before it is made, as a failure until it has succeeded:
 *
 * - for one account from one network, after so many failures in a row, a growing wait of up to a quarter of an hour;
 * - for one network, at most six times as many failures in five minutes, on all accounts together;
 * - for one account, at most twenty times as many failures in an hour, from all networks together (NIST SP 800-63B-4,
 *   section 3.2.2, allows 100).
 *
 * The last two concern an account only where it is not familiar: it has been logged in from a network lately, and has
 * its own growing wait there, whatever was tried on it elsewhere or on other accounts there. So others can lock out
 * neither the owner of an account nor those behind one address who have logged in from it before.
 *
 * @param failures how many are free; 0: no throttle.
 */
export function createLogInThrottle(database: Database, failures: number): LogInThrottle {
  if (failures === 0) return async (_who, attempt) => await attempt();
  const waits = createGrowingWait(database, { of: 'log-in', free: failures });
  const ofNetwork = createWindow(database, { of: 'log-ins of place', max: 6 * failures, seconds: 300 });
  const ofAccount = createWindow(database, { of: 'log-ins of account', max: 20 * failures, seconds: 3_600 });

  return async ({ username, address }, attempt, isFailure) => {
    const network = networkOf(address);
    const account = createHash('sha256').update(username.toLowerCase()).digest('base64url');
    const both = `${account} ${network}`;
    await waits.check(both);
    const familiar = await isFamiliar(database, both);
    const counted: GiveBack[] = [];
    const giveBack = async () => {
      await Promise.all(counted.map((giveOneBack) => giveOneBack()));
    };
    if (!familiar) {
      // The network comes first: one that is full adds no rows for the names that it makes up.
      counted.push(await ofNetwork.count(network));
      counted.push(await orUndo(ofAccount.count(account), giveBack));
    }
    await orUndo(waits.begin(both), giveBack);
    try {
      const result = await attempt();
      await Promise.all([waits.forget(both), remember(database, both), giveBack()]);
      return result;
    } catch (error) {
      if (!isFailure(error)) await Promise.all([waits.cancel(both), giveBack()]);
      else await Promise.all([waits.fail(both), familiar && ofAccount.add(account)]);
      throw error;
    }
  };
}

async function orUndo<Result>(work: Promise<Result>, undo: () => Promise<void>): Promise<Result> {
  try {
    return await work;
  } catch (error) {
    await undo();
    throw error;
  }
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
