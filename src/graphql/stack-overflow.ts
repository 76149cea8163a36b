/** Fragments that spread each other in circles can take validation deeper than the stack allows. */
export const NESTS_TOO_DEEP = 'The document is nested too deeply to be validated. Use fewer fragments.';

/** Whether V8 ran out of stack. */
export function isStackOverflow(error: unknown): boolean {
  return error instanceof RangeError && error.message === 'Maximum call stack size exceeded';
}

/**
 * Validates the documents of a file, or compiles them.
 *
 * @throws Error naming the file, where its fragments nest deeper than the stack allows.
 */
export function withinStack<Result>(file: string, work: () => Result): Result {
  try {
    return work();
  } catch (error) {
    throw isStackOverflow(error) ? new Error(`${file}: ${NESTS_TOO_DEEP}`, { cause: error }) : error;
  }
}
