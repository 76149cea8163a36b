import { type Principal, requestLimitOf } from '../auth/principal.js';
import type { Rejection } from '../auth/rejection.js';
import type { Config } from '../config.js';
import type { PreparedDatabase } from '../database/connect.js';
import { createLogInThrottle, type LogInThrottle } from './log-in-throttle.js';
import { createMinuteCounter, type MinuteCount } from './minute-counter.js';
import { createCountTokenRequest } from './token-requests.js';
import { createWindow, type Window } from './window.js';

/**
 * The rate limits. Rare operations are counted by all nodes together, in the database, which they need anyway: without it
 * they fail. Requests are counted by each node in its memory, but for those of app tokens with a limit of their own.
 */
export interface Throttles {
  readonly logIn: LogInThrottle;
  /** By network. */
  readonly signUps: Window;
  /** By session: exchanges of a refresh token, and refusals. A repetition, which gets the same response, is not counted. */
  readonly renewals: Window;
  /** By user: changes of one's own name. */
  readonly renames: Window;
  /**
   * Counts a request of an app token that has a limit, of a session or, without a credential, of a network.
   *
   * @returns what the client is told, of an app token once the database has counted it; undefined where requests are not
   *   limited, as those of other app tokens are not.
   */
  countRequest(principal: Principal, network: string): MinuteCount | Promise<MinuteCount> | undefined;
  /** Takes the count of a request back, whose credential could not be verified or is another principal by now. */
  takeBackRequest(principal: Principal, network: string): void;
  /**
   * What a network has left, before a request without a credential is read.
   *
   * @returns undefined where requests are not limited.
   */
  readCount(network: string): MinuteCount | undefined;
  /** What a network has left, before a request is read whose credential cannot be good. */
  readRejections(network: string): MinuteCount | undefined;
  /**
   * Counts a request whose credential was rejected, with the same limit. By session where it is an access token that has
   * expired: its client is about to renew, and others at its address must not keep it from that. Otherwise by network: a
   * client with a bad token does not use up the log-ins of its address.
   */
  countRejection(rejection: Rejection, network: string): MinuteCount | undefined;
  /** Counts a use of a refresh token that this server made, by session, whatever its outcome, with the same limit. */
  countRenewal(sessionId: string): MinuteCount | undefined;
  /**
   * Counts the root fields of a mutation, since one request can hold many: each kind with the same limit as requests, by
   * user, over all their sessions; without a credential by network. `logIn` and `renewSession` are not counted here: they
   * count by account, where it is familiar, and by session, which others at the address cannot use up.
   *
   * @param fields the name of each.
   * @returns of the kind with the fewest left.
   */
  countChanges(principal: Principal, network: string, fields: readonly string[]): MinuteCount | undefined;
}

const COUNTED_ELSEWHERE: ReadonlySet<string> = new Set(['logIn', 'renewSession']);

/** Keys, such as sessions and networks, that one counter holds: about 10 MB. */
const MAX_KEYS = 100_000;

/** Each leaves a row in the audit log and one in the history of names. */
const RENAMES_PER_HOUR = 10;

const HOUR = 3_600;

/** @param options.now milliseconds since 1970. */
export function createThrottles({
  database,
  limits,
  now,
}: {
  readonly database: PreparedDatabase;
  readonly limits: Config['throttles'];
  readonly now: () => number;
}): Throttles {
  const { logInFailures, signUpsPerHour, renewalsPerMinute, requestsPerMinute } = limits;
  const options = { limit: requestsPerMinute, maxKeys: MAX_KEYS, now };
  const requests = createMinuteCounter(options);
  const rejections = createMinuteCounter(options);
  const changes = createMinuteCounter(options);
  const countTokenRequest = createCountTokenRequest(database);
  const isUnlimited = ({ kind }: Principal) => requestsPerMinute === 0 || kind === 'APP';
  return {
    logIn: createLogInThrottle(database, {
      failures: logInFailures,
      countLogIn: (key) => (requestsPerMinute === 0 ? undefined : changes.count(`logIn ${key}`)),
    }),
    signUps: createWindow(database, { of: 'sign-ups', max: signUpsPerHour, seconds: HOUR }),
    renewals: createWindow(database, { of: 'renewals', max: renewalsPerMinute, seconds: 60 }),
    renames: createWindow(database, { of: 'renames', max: RENAMES_PER_HOUR, seconds: HOUR }),
    countRequest: (principal, network) => {
      const limit = requestLimitOf(principal);
      if (limit !== undefined) return countTokenRequest(limit);
      return isUnlimited(principal) ? undefined : requests.count(keyOf(principal, network));
    },
    takeBackRequest: (principal, network) => {
      if (!isUnlimited(principal)) requests.takeBack(keyOf(principal, network));
    },
    readCount: (network) => (requestsPerMinute === 0 ? undefined : requests.read(network)),
    readRejections: (network) => (requestsPerMinute === 0 ? undefined : rejections.read(network)),
    countRejection: ({ sessionId }, network) =>
      requestsPerMinute === 0 ? undefined : rejections.count(sessionId ?? network),
    countRenewal: (sessionId) => (requestsPerMinute === 0 ? undefined : changes.count(`renewSession ${sessionId}`)),
    countChanges: (principal, network, fields) => {
      if (isUnlimited(principal)) return undefined;
      // By user, not by session: one user can have any number of sessions.
      const key = principal.kind === 'USER' ? principal.userId : network;
      const counts = [...countByKind(fields)].map(([kind, amount]) => changes.count(`${kind} ${key}`, amount));
      return counts.find(({ isExceeded }) => isExceeded) ?? counts.toSorted((a, b) => a.remaining - b.remaining)[0];
    },
  };
}

function keyOf(principal: Principal, network: string): string {
  return principal.kind === 'USER' ? principal.sessionId : network;
}

function countByKind(fields: readonly string[]): ReadonlyMap<string, number> {
  const counts = new Map<string, number>();
  for (const field of fields) if (!COUNTED_ELSEWHERE.has(field)) counts.set(field, (counts.get(field) ?? 0) + 1);
  return counts;
}
