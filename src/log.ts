import { DrizzleQueryError } from 'drizzle-orm';
import type { Logger } from 'pino';
import { databaseFailure } from './database/failure.js';

/** Maximum logged characters of an operation's name and of one key of a GraphQL path. */
const MAX_NAME = 100;

/** Maximum logged characters of a request's path. */
const MAX_PATH = 500;

/** Maximum logged keys of a GraphQL path. */
const MAX_PATH_KEYS = 20;

/** Maximum logged characters of an error's message. */
const MAX_MESSAGE = 1_000;

/** Maximum logged causes of an error. */
const MAX_CAUSES = 4;

/** Maximum bytes of an error as JSON; a larger one is logged without its stack and its causes. */
const MAX_ERROR_BYTES = 5_000;

/**
 * The same log without secrets: errors are logged without the parameters of a statement, and the credentials in a
 * request's headers are redacted. What a client can make long is truncated: a line stays below 8 KB.
 */
export function redacted(log: Logger): Logger {
  return log.child(
    {},
    {
      serializers: { err: serializeError, operation: truncateTo(MAX_NAME), path: truncatePath },
      redact: ['authorization', 'headers.authorization', 'req.headers.authorization'],
    },
  );
}

/** Where an error came from, without the values that a client or the code put into a statement. */
function serializeError(error: unknown): unknown {
  const full = serialize(error, MAX_CAUSES);
  if (Buffer.byteLength(JSON.stringify(full)) <= MAX_ERROR_BYTES) return full;
  // An escaped character takes up to six bytes.
  const message = truncate(full.message, Math.floor(MAX_ERROR_BYTES / 10));
  return { ...full, message, stack: undefined, cause: undefined, truncated: true };
}

interface SerializedError {
  readonly message: string;
  readonly type?: string;
  readonly sqlState?: string;
  readonly constraint?: string | undefined;
  readonly stack?: readonly string[] | undefined;
  readonly cause?: SerializedError;
}

function serialize(error: unknown, causes: number): SerializedError {
  if (!(error instanceof Error)) return { message: `A value of type ${typeof error} was thrown instead of an error.` };
  const failure = databaseFailure(error);
  return {
    type: error.constructor.name,
    message: truncate(
      error instanceof DrizzleQueryError ? `Failed query: ${error.query}` : messageOf(error),
      MAX_MESSAGE,
    ),
    ...(failure?.kind === 'refused' && { sqlState: failure.sqlState, constraint: failure.constraint }),
    // The first line repeats the message.
    stack: error.stack?.split('\n').filter((line) => line.startsWith('    at ')),
    ...(error.cause !== undefined && causes > 0 && { cause: serialize(error.cause, causes - 1) }),
  };
}

/** PostgreSQL quotes a malformed value in its message (class 22, data exceptions); no other class does. */
function messageOf(error: Error): string {
  const failure = databaseFailure(error);
  return failure?.kind === 'refused' && failure.sqlState.startsWith('22') ? 'A value was malformed.' : error.message;
}

/** The path of a request is a string; that of a GraphQL error is a list of keys, which are names that the client chose. */
function truncatePath(path: unknown): unknown {
  return Array.isArray(path) ? path.slice(0, MAX_PATH_KEYS).map(truncateTo(MAX_NAME)) : truncateTo(MAX_PATH)(path);
}

/** Truncates a string, and returns any other value as it is. */
function truncateTo(max: number): (value: unknown) => unknown {
  return (value) => (typeof value === 'string' ? truncate(value, max) : value);
}

function truncate(text: string, max: number): string {
  return text.length > max ? `${text.slice(0, max)}…` : text;
}
