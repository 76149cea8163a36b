import { DrizzleQueryError } from 'drizzle-orm';
import type { Logger } from 'pino';
import { databaseFailure } from './database/failure.js';

/** Characters that are logged of an operation's name and of one key of a GraphQL path. */
const MAX_NAME = 100;

/** Characters that are logged of the path of a request. */
const MAX_PATH = 500;

/** Keys that are logged of a GraphQL path. */
const MAX_PATH_KEYS = 20;

/** Characters that are logged of an error's message. */
const MAX_MESSAGE = 1_000;

/** Causes that are logged of an error. */
const MAX_CAUSES = 4;

/** Bytes of JSON that are logged of an error; a larger one is logged without its stack and its causes. */
const MAX_ERROR_BYTES = 5_000;

/**
 * The same log, made discreet: errors are written without what a statement was run with, and credentials are
 * struck out where a request's headers would bring them. What a client can make long is cut: a line stays below 8 KB.
 */
export function discreet(log: Logger): Logger {
  return log.child(
    {},
    {
      serializers: { err: describeError, operation: cutTo(MAX_NAME), path: describePath },
      redact: ['authorization', 'headers.authorization', 'req.headers.authorization'],
    },
  );
}

/** What the log may hear of an error: where it came from, but no value that a client or the code put into a statement. */
function describeError(error: unknown): unknown {
  const full = describe(error, MAX_CAUSES);
  if (Buffer.byteLength(JSON.stringify(full)) <= MAX_ERROR_BYTES) return full;
  // An escaped character takes up to six bytes.
  const message = cut(full.message, Math.floor(MAX_ERROR_BYTES / 10));
  return { ...full, message, stack: undefined, cause: undefined, truncated: true };
}

interface Description {
  readonly message: string;
  readonly type?: string;
  readonly sqlState?: string;
  readonly constraint?: string | undefined;
  readonly stack?: readonly string[] | undefined;
  readonly cause?: Description;
}

function describe(error: unknown, causes: number): Description {
  if (!(error instanceof Error)) return { message: `Not an error was thrown, but a ${typeof error}.` };
  const failure = databaseFailure(error);
  return {
    type: error.constructor.name,
    message: cut(error instanceof DrizzleQueryError ? `Failed query: ${error.query}` : messageOf(error), MAX_MESSAGE),
    ...(failure?.kind === 'refused' && { sqlState: failure.sqlState, constraint: failure.constraint }),
    // The first line repeats the message.
    stack: error.stack?.split('\n').filter((line) => line.startsWith('    at ')),
    ...(error.cause !== undefined && causes > 0 && { cause: describe(error.cause, causes - 1) }),
  };
}

/** PostgreSQL quotes the value where it has the wrong form (class 22, data exceptions), and nowhere else. */
function messageOf(error: Error): string {
  const failure = databaseFailure(error);
  return failure?.kind === 'refused' && failure.sqlState.startsWith('22')
    ? 'A value had the wrong form.'
    : error.message;
}

/** The path of a request is text; of an error in GraphQL it is a list of keys, which are names that the client chose. */
function describePath(path: unknown): unknown {
  return Array.isArray(path) ? path.slice(0, MAX_PATH_KEYS).map(cutTo(MAX_NAME)) : cutTo(MAX_PATH)(path);
}

/** Cuts text, and passes everything else. */
function cutTo(max: number): (value: unknown) => unknown {
  return (value) => (typeof value === 'string' ? cut(value, max) : value);
}

function cut(text: string, max: number): string {
  return text.length > max ? `${text.slice(0, max)}…` : text;
}
