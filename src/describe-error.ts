import { DrizzleQueryError } from 'drizzle-orm';

/**
 * Describes an error that ended the process or a command, in one line. An error of the query builder holds the statement
 * and its parameters, so that of the database is taken, which is its cause.
 */
export function describeError(error: unknown): string {
  if (error instanceof DrizzleQueryError && error.cause !== undefined)
    return `The database refused: ${describeError(error.cause)}`;
  const message = error instanceof Error && error.message !== '' ? error.message : String(error);
  return message.trim().replace(/\s*\n\s*/g, ' ');
}
