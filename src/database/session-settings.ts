/** What holds for every session of ours: a direct connection sets it, and behind a pooler it is inspected. */

interface SessionSetting {
  readonly name: string;
  readonly value: string;
  /** The values under which results are the same; undefined: any, as our statements do not depend on it. */
  readonly accepts?: (value: string) => boolean;
}

/**
 * Settings under which a statement means and returns the same, whatever a role or a database sets.
 *
 * The plan is for speed: everything that is read often is read by key, with one plan for all values. By default PostgreSQL
 * plans each look-up by a list of keys anew, because the length of the list might matter, and spends longer on that than
 * on the look-up.
 */
export const SESSION_SETTINGS: readonly SessionSetting[] = [
  { name: 'client_encoding', value: 'UTF8', accepts: (value) => value === 'UTF8' },
  { name: 'DateStyle', value: 'ISO,YMD', accepts: (value) => value.startsWith('ISO') },
  { name: 'IntervalStyle', value: 'postgres', accepts: (value) => value === 'postgres' },
  { name: 'TimeZone', value: 'UTC' },
  { name: 'extra_float_digits', value: '1', accepts: (value) => Number(value) >= 1 },
  { name: 'bytea_output', value: 'hex', accepts: (value) => value === 'hex' },
  { name: 'standard_conforming_strings', value: 'on', accepts: (value) => value === 'on' },
  { name: 'array_nulls', value: 'on', accepts: (value) => value === 'on' },
  // PostgreSQL tells by a WARNING that a wait for the synchronous standby was cancelled: see `pool.ts`.
  { name: 'client_min_messages', value: 'notice', accepts: (value) => value !== 'error' },
  { name: 'plan_cache_mode', value: 'force_generic_plan' },
];

/** The maximum times that are waited for the database, in milliseconds. */
export interface Timeouts {
  /** For a connection: a new one, or one that others have in use. */
  readonly connectMs: number;
  /** For a statement in the server, which then undoes it. */
  readonly statementMs: number;
  /** For its result, from a server that may have vanished: the connection is then destroyed, never used again. */
  readonly resultMs: number;
}

/**
 * All of them together, and the second for which the fence examines a new connection, leave time for a second attempt
 * within the 30 s in which every request has a response.
 */
export const TIMEOUTS: Timeouts = { connectMs: 3_000, statementMs: 8_000, resultMs: 9_000 };

/** How long a statement waits for rows that another transaction has locked: within 2 s other requests are served again. */
const LOCK_TIMEOUT_MS = 1_500;

/** The timeouts of a session, by the names of PostgreSQL's settings, in milliseconds. */
export function sessionTimeouts({ statementMs }: Pick<Timeouts, 'statementMs'> = TIMEOUTS) {
  return {
    lock_timeout: LOCK_TIMEOUT_MS,
    statement_timeout: statementMs,
    idle_in_transaction_session_timeout: statementMs,
  };
}
