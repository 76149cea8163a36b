import { createHash } from 'node:crypto';
import type { Database } from '../database/connect.js';
import { createGrowingWait } from './growing-wait.js';
import { networkOf } from './network.js';
import { createWindow } from './window.js';

/** Somebody who tries a password. */
export interface Attempt {
  /** Whose it is to be; whether there is such a user makes no difference. */
  readonly username: string;
  /** Where from; null: nobody knows. */
  readonly address: string | null;
}

/**
 * Runs an attempt, if it is not the place's or the account's turn to wait.
 *
 * @param isFailure recognises the error of a wrong password: any other counts for nothing.
 * @throws RateLimited, with the attempt not made; whatever the attempt throws.
 */
export type LogInThrottle = <Result>(
  who: Attempt,
  attempt: () => Promise<Result>,
  isFailure: (error: unknown) => boolean,
) => Promise<Result>;

const HOUR = 3_600;

/**
 * Makes the throttle of passwords. For one account from one place: after so many failures in a row a growing wait, never
 * more than a quarter of an hour. Beyond that a place has six times as many in five minutes, for all accounts together,
 * and an account twenty times as many in an hour, from all places together: NIST SP 800-63B-4, section 3.2.2, allows 100.
 * The latter does not concern a place that the account was logged in from lately, so that nobody locks its owner out.
 *
 * @param failures how many are free; 0: no throttle.
 */
export function createLogInThrottle(database: Database, failures: number): LogInThrottle {
  if (failures === 0) return async (_who, attempt) => await attempt();
  const waits = createGrowingWait(database, { of: 'log-in', free: failures });
  const ofPlace = createWindow(database, { of: 'log-ins of place', most: 6 * failures, seconds: 300 });
  const ofAccount = createWindow(database, { of: 'log-ins of account', most: 20 * failures, seconds: HOUR });
  const familiar = createWindow(database, { of: 'familiar', most: 1, seconds: 30 * 24 * HOUR });
  const checkAccount = async (account: string, both: string) => {
    if (!(await familiar.isFull(both))) await ofAccount.check(account);
  };

  return async ({ username, address }, attempt, isFailure) => {
    const place = networkOf(address);
    const account = createHash('sha256').update(username.toLowerCase()).digest('base64url');
    const both = `${account} ${place}`;
    await waits.begin(both);
    try {
      await Promise.all([ofPlace.check(place), checkAccount(account, both)]);
      const result = await attempt();
      await Promise.all([waits.forget(both), familiar.add(both)]);
      return result;
    } catch (error) {
      if (isFailure(error)) await Promise.all([waits.fail(both), ofPlace.add(place), ofAccount.add(account)]);
      else await waits.cancel(both);
      throw error;
    }
  };
}
