import { DrizzleQueryError } from 'drizzle-orm';

/**
 * Describes an error to the operator in one line, without a stack. The query builder's own errors hold the statement and
 * its parameters, so their cause is described instead: the database's message.
 */
export function describeError(error: unknown): string {
  if (error instanceof DrizzleQueryError && error.cause !== undefined)
    return `The database refused: ${describeError(error.cause)}`;
  const message = error instanceof Error && error.message !== '' ? error.message : String(error);
  return message.trim().replace(/\s*\n\s*/g, ' ');
}
