import { DrizzleQueryError } from 'drizzle-orm';
import pg from 'pg';
import { DomainError } from '../errors.js';

/** The database cannot be reached, does not respond, or takes no changes; nothing is known to be wrong with the request. */
export class DatabaseUnavailable extends DomainError {
  readonly code = 'UNAVAILABLE';

  constructor() {
    super('The database is unavailable. Retry shortly.', { retryAfterSeconds: 1 });
  }
}

/** Another transaction holds the rows, or two transactions conflict. Nothing was changed. */
export class DatabaseContended extends DomainError {
  readonly code = 'OVERLOADED';

  constructor() {
    super('Another request is changing the same data; nothing was changed. Retry shortly.', { retryAfterSeconds: 1 });
  }
}

/** There is no connection for a statement, whatever the reason: it was not sent. The cause says why. */
export class NoConnection extends Error {
  constructor(cause: Error) {
    super(cause.message, { cause });
  }
}

/** A transaction was broken before its commit was sent: the server undoes it. The cause says what happened. */
export class TransactionUndone extends Error {
  constructor(cause: Error) {
    super(cause.message, { cause });
  }
}

/** Whether a statement was refused for what others did at the same time: lock or statement timeout, deadlock, conflict. */
export function isContention(failure: DatabaseFailure): boolean {
  return failure.kind === 'refused' && /^(55P03|57014|40P01|40001)$/.test(failure.sqlState);
}

/**
 * Whether a statement was refused because the schema is not as the migrations made it: a privilege was taken away (42501),
 * or a schema or table is missing. The statement had no effect, and an operator has to repair it.
 */
export function isSchemaFault(failure: DatabaseFailure): boolean {
  return failure.kind === 'refused' && /^(42501|3F000|42P01)$/.test(failure.sqlState);
}

/**
 * What is known of a failed statement. Drivers and query builders wrap errors in one another, so the whole chain of
 * causes is looked through.
 *
 * - `refused`: the server answered with an error; the statement had no effect.
 * - `not-sent`: no connection was to be had, or none that takes such statements; the statement had no effect.
 * - `undone`: the transaction was broken before its commit was sent; it had no effect.
 * - `lost`: the connection broke or timed out while the statement ran; it may or may not have had its effect.
 */
export type DatabaseFailure =
  | {
      readonly kind: 'refused';
      readonly sqlState: string;
      readonly constraint: string | undefined;
      readonly cause: pg.DatabaseError;
    }
  | { readonly kind: 'not-sent' | 'undone' | 'lost'; readonly cause: Error };

/** Recognises a failure of the database; undefined for any other error. */
export function databaseFailure(thrown: unknown): DatabaseFailure | undefined {
  for (const error of causes(thrown)) {
    if (error instanceof DrizzleQueryError) continue; // its message quotes what a client sent
    if (error instanceof NoConnection) return { kind: 'not-sent', cause: error };
    if (error instanceof TransactionUndone) return { kind: 'undone', cause: error };
    if (error instanceof pg.DatabaseError) {
      const { code: sqlState = '', constraint } = error;
      if (NOT_SERVING.test(sqlState)) return { kind: 'not-sent', cause: error };
      if (ENDED.test(sqlState)) return { kind: 'lost', cause: error };
      return { kind: 'refused', sqlState, constraint, cause: error };
    }
    if (NOT_SENT.test(error.message)) return { kind: 'not-sent', cause: error };
    if (LOST.test(error.message)) return { kind: 'lost', cause: error };
  }
  return undefined;
}

/**
 * Translates a violated constraint, by its name, into an error for the client.
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

/** The words of the socket and of `pg` where a connection has ended before, or, apart from any pool, could not be made. */
const NOT_SENT = /^connect E|^getaddrinfo |is not queryable|timeout expired/;

/** Their words for a connection that ended under a statement. */
const LOST =
  /ECONNRESET|ECONNABORTED|EPIPE|ETIMEDOUT|EHOSTUNREACH|ENETUNREACH|Connection terminated|Connection ended|Query read timeout/;

/**
 * The server is starting or stopping (57P03), is read-only (25006), lacks connections, memory or disk (class 53), or meets
 * an error of its operating system (class 58). The statement was undone, and the next one may find all well.
 */
const NOT_SERVING = /^(57P03|25006|53\w{3}|58\w{3})$/;

/**
 * The server ended the session (class 57P, or a timeout of transactions: 25P03, 25P04), or the connection did (class 08);
 * completion unknown (40003).
 */
const ENDED = /^(57P0\d|25P0[34]|08\w{3}|40003)$/;

function* causes(thrown: unknown): Generator<Error> {
  for (let error = thrown, depth = 0; error instanceof Error && depth < 8; error = error.cause, depth++) {
    yield error;
    if (error instanceof AggregateError && error.errors[0] instanceof Error) yield error.errors[0];
  }
}
