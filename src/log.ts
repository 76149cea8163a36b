import { DrizzleQueryError } from 'drizzle-orm';
import type { Logger } from 'pino';
import { databaseFailure } from './database/failure.js';

/**
 * The same log, made discreet: errors are written without what a statement was run with, and credentials are
 * struck out where a request's headers would bring them.
 */
export function discreet(log: Logger): Logger {
  return log.child(
    {},
    {
      serializers: { err: describeError },
      redact: ['authorization', 'headers.authorization', 'req.headers.authorization'],
    },
  );
}

/** What the log may hear of an error: where it came from, but no value that a client or the code put into a statement. */
function describeError(error: unknown): unknown {
  if (!(error instanceof Error)) return { message: `Not an error was thrown, but a ${typeof error}.` };
  const failure = databaseFailure(error);
  return {
    type: error.constructor.name,
    message: error instanceof DrizzleQueryError ? `Failed query: ${error.query}` : messageOf(error),
    ...(failure?.kind === 'refused' && { sqlState: failure.sqlState, constraint: failure.constraint }),
    // The first line repeats the message.
    stack: error.stack?.split('\n').filter((line) => line.startsWith('    at ')),
    ...(error.cause !== undefined && { cause: describeError(error.cause) }),
  };
}

/** PostgreSQL quotes the value where it has the wrong form (class 22, data exceptions), and nowhere else. */
function messageOf(error: Error): string {
  const failure = databaseFailure(error);
  return failure?.kind === 'refused' && failure.sqlState.startsWith('22')
    ? 'A value had the wrong form.'
    : error.message;
}
