import pg from 'pg';
import { DomainError } from '../errors.js';

/** The database cannot be reached or does not answer; nothing is known to be wrong with the request. */
export class DatabaseUnavailable extends DomainError {
  readonly code = 'UNAVAILABLE';

  constructor() {
    super('The database cannot be reached. Try again shortly.', { retryAfterSeconds: 1 });
  }
}

/**
 * What is known of a failed statement. Drivers and query builders wrap errors in one another, so the whole chain of
 * causes is looked through.
 *
 * - `refused`: the server answered with an error; the statement had no effect.
 * - `not-sent`: no connection was to be had; the statement had no effect.
 * - `lost`: the connection broke or timed out while the statement ran; it may or may not have had its effect.
 */
export type DatabaseFailure =
  | { readonly kind: 'refused'; readonly sqlState: string; readonly constraint: string | undefined; readonly cause: pg.DatabaseError }
  | { readonly kind: 'not-sent' | 'lost'; readonly cause: Error };

/** Recognises a failure of the database; undefined for any other error. */
export function databaseFailure(thrown: unknown): DatabaseFailure | undefined {
  for (const error of causes(thrown)) {
    if (error instanceof pg.DatabaseError) {
      if (isShutdown(error.code)) return { kind: 'lost', cause: error };
      return { kind: 'refused', sqlState: error.code ?? '', constraint: error.constraint, cause: error };
    }
    if (NOT_SENT.test(error.message)) return { kind: 'not-sent', cause: error };
    if (LOST.test(error.message)) return { kind: 'lost', cause: error };
  }
  return undefined;
}

/**
 * Hands a violated constraint, by its name, to whoever knows what it means for the client.
 *
 * @throws what `translate` returns for the constraint; the error itself when that is nothing.
 */
export async function onConstraint<Result>(
  work: Promise<Result>,
  translations: Readonly<Record<string, () => DomainError>>,
): Promise<Result> {
  try {
    return await work;
  } catch (error) {
    const failure = databaseFailure(error);
    const translate = failure?.kind === 'refused' ? translations[failure.constraint ?? ''] : undefined;
    throw translate?.() ?? error;
  }
}

/** No connection was made: the socket was refused, or the pool had none to give in time. */
const NOT_SENT = /ECONNREFUSED|ENOENT|ENOTFOUND|EAI_AGAIN|timeout exceeded when trying to connect|Connection terminated due to connection timeout|Cannot use a pool after calling end/;

/** The words of `pg` and of the socket for a connection that ended under a statement. */
const LOST = /ECONNRESET|EPIPE|ETIMEDOUT|Connection terminated|Query read timeout|Connection ended/;

/** Class 57P (the server goes away or comes up), 08 (connection), 40003 (unknown completion), 25006 (now read-only). */
function isShutdown(sqlState: string | undefined): boolean {
  return sqlState !== undefined && /^(57P0\d|08\w{3}|40003|25006)$/.test(sqlState);
}

function* causes(thrown: unknown): Generator<Error> {
  for (let error = thrown, depth = 0; error instanceof Error && depth < 8; error = error.cause, depth++) {
    yield error;
    if (error instanceof AggregateError && error.errors[0] instanceof Error) yield error.errors[0];
  }
}
