import type { Principal } from '../auth/principal.js';
import type { Config } from '../config.js';
import type { Database } from '../database/connect.js';
import { createLogInThrottle, type LogInThrottle } from './log-in-throttle.js';
import { networkOf } from './network.js';
import { createWindow, type Window } from './window.js';

/**
 * What keeps anybody from trying or asking too much. All nodes count together, in the database: where that cannot be
 * reached nothing is let through uncounted, which costs nobody anything, since what is counted needs it as well.
 */
export interface Throttles {
  readonly logIn: LogInThrottle;
  /** By place. */
  readonly signUps: Window;
  /** By session: exchanges of a refresh token. Repeating one is not counted: it is promised to get the same answer. */
  readonly renewals: Window;
  /** By place: refresh tokens that were refused. Those that are not are as many as the people behind one address. */
  readonly refusedRenewals: Window;
  /**
   * Counts a request of a credential; without one that counts, of a place.
   *
   * @throws RateLimited
   */
  countRequest(principal: Principal, address: string | null): Promise<void>;
}

export function createThrottles(database: Database, most: Config['throttles']): Throttles {
  const { logInFailures, signUpsPerHour, renewalsPerMinute, requestsPerMinute } = most;
  const requests = createWindow(database, { of: 'requests', most: requestsPerMinute, seconds: 60 });
  return {
    logIn: createLogInThrottle(database, logInFailures),
    signUps: createWindow(database, { of: 'sign-ups', most: signUpsPerHour, seconds: 3_600 }),
    renewals: createWindow(database, { of: 'renewals', most: renewalsPerMinute, seconds: 60 }),
    refusedRenewals: createWindow(database, { of: 'refused renewals', most: 5 * renewalsPerMinute, seconds: 300 }),
    countRequest: async (principal, address) => await requests.count(credentialOf(principal) ?? networkOf(address)),
  };
}

function credentialOf(principal: Principal): string | undefined {
  if (principal.kind === 'APP') return principal.tokenId;
  return principal.kind === 'USER' ? principal.sessionId : undefined;
}
