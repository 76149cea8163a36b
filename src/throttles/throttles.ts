import { networkOf } from '../auth/network.js';
import type { Principal } from '../auth/principal.js';
import type { Config } from '../config.js';
import type { Database } from '../database/connect.js';
import { createLogInThrottle, type LogInThrottle } from './log-in-throttle.js';
import { createMinuteCounter, type MinuteCount } from './minute-counter.js';
import { createWindow, type Window } from './window.js';

/**
 * What one caller can do or try in a time. What is rare is counted by all nodes together, in the database: where that
 * cannot be reached nothing is let through uncounted, and needs the database anyway. Requests, which are many, are
 * counted by each node in its memory.
 */
export interface Throttles {
  readonly logIn: LogInThrottle;
  /** By network. */
  readonly signUps: Window;
  /** By session: exchanges of a refresh token. Repeating one is not counted: it is promised to get the same answer. */
  readonly renewals: Window;
  /** By network: refresh tokens that were refused. Those that are not are as many as the people behind one address. */
  readonly refusedRenewals: Window;
  /** By user: changes of their own name. */
  readonly renames: Window;
  /**
   * Counts a request of a session or, without a credential, of a network.
   *
   * @returns what the client is told; undefined where requests are not limited, as those of app tokens are not.
   */
  countRequest(principal: Principal, address: string | null): MinuteCount | undefined;
  /**
   * Counts the root fields of a mutation with the same limit as requests, of which one holds many: by user, over all their
   * sessions, and by address where there is no credential.
   */
  countChanges(principal: Principal, address: string | null, fields: number): MinuteCount | undefined;
}

/** Sessions and networks that one counter holds: some 10 MB. */
const MAX_KEYS = 100_000;

/** How often users may rename themselves; each time leaves a row in the audit log and one in the history of names. */
const RENAMES_PER_HOUR = 10;

const HOUR = 3_600;

/** @param options.now milliseconds since 1970. */
export function createThrottles({
  database,
  limits,
  now,
}: {
  readonly database: Database;
  readonly limits: Config['throttles'];
  readonly now: () => number;
}): Throttles {
  const { logInFailures, signUpsPerHour, renewalsPerMinute, requestsPerMinute } = limits;
  const options = { limit: requestsPerMinute, maxKeys: MAX_KEYS, now };
  const [requests, changes] = [createMinuteCounter(options), createMinuteCounter(options)];
  const isUnlimited = ({ kind }: Principal) => requestsPerMinute === 0 || kind === 'APP';
  return {
    logIn: createLogInThrottle(database, logInFailures),
    signUps: createWindow(database, { of: 'sign-ups', max: signUpsPerHour, seconds: HOUR }),
    renewals: createWindow(database, { of: 'renewals', max: renewalsPerMinute, seconds: 60 }),
    refusedRenewals: createWindow(database, { of: 'refused renewals', max: 5 * renewalsPerMinute, seconds: 300 }),
    renames: createWindow(database, { of: 'renames', max: RENAMES_PER_HOUR, seconds: HOUR }),
    countRequest: (principal, address) =>
      isUnlimited(principal) ? undefined : requests.count(callerOf(principal, address)),
    countChanges: (principal, address, fields) =>
      isUnlimited(principal) ? undefined : changes.count(makerOf(principal, address), fields),
  };
}

function callerOf(principal: Principal, address: string | null): string {
  return principal.kind === 'USER' ? principal.sessionId : networkOf(address);
}

/** Who makes rows: the user, since one user can have any number of sessions. */
function makerOf(principal: Principal, address: string | null): string {
  return principal.kind === 'USER' ? principal.userId : networkOf(address);
}
