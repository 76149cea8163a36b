import { QueueFull } from '../../concurrency/queue-full.js';
import { databaseFailure, isContention } from '../../database/failure.js';

/** Whether a later read may succeed: the database cannot be reached, or is overloaded. */
export function isTransient(error: unknown): boolean {
  const failure = databaseFailure(error);
  if (failure === undefined) return error instanceof QueueFull;
  return failure.kind !== 'refused' || isContention(failure);
}
