import { DrizzleQueryError } from 'drizzle-orm';

/**
 * What the operator is told of an error that ended the process or a command: one line. The query builder's own errors
 * hold the statement and its parameters; the database's words are in their cause.
 */
export function complaint(error: unknown): string {
  if (error instanceof DrizzleQueryError && error.cause !== undefined)
    return `The database refused: ${complaint(error.cause)}`;
  const words = error instanceof Error && error.message !== '' ? error.message : String(error);
  return words.trim().replace(/\s*\n\s*/g, ' ');
}
