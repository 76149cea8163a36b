import type { OwnerLookup } from './owner.js';

/** Is what stands at the end of an owner path the caller's own? */
export interface Question {
  /** The coordinate that is being judged, for the log. */
  readonly coordinate: string;
  /** The key of the look-up. */
  readonly lookup: string;
  readonly value: unknown;
}

/** UNKNOWN: the look-up failed, which is a denial of another kind. */
export type Answer = boolean | 'UNKNOWN';

/** Who answers questions, and who hears of a failure. */
export interface Registry<Context> {
  readonly owners: Readonly<Record<string, OwnerLookup<Context>>>;
  readonly onInternalError: (error: unknown, coordinate: string) => void;
}

/** Answers all questions with one call for each look-up, at once where every look-up does so. Never throws. */
export function askOwners<Context>(
  questions: readonly Question[],
  { owners, onInternalError }: Registry<Context>,
  context: Context,
): readonly Answer[] | Promise<readonly Answer[]> {
  const answers: Answer[] = questions.map(() => 'UNKNOWN');
  const waiting: Promise<void>[] = [];

  for (const lookup of new Set(questions.map((question) => question.lookup))) {
    const asked = questions.flatMap((question, index) => (question.lookup === lookup ? [{ ...question, index }] : []));
    const take = (owned: readonly boolean[]) => {
      if (owned.length !== asked.length) throw new Error(`${lookup} gave ${owned.length} answers to ${asked.length}`);
      for (const [position, { index }] of asked.entries()) answers[index] = owned[position] === true;
    };
    const fail = (error: unknown) => onInternalError(error, asked[0]?.coordinate ?? lookup);
    try {
      const owned =
        owners[lookup]?.(
          asked.map(({ value }) => value),
          context,
        ) ?? [];
      if (owned instanceof Promise) waiting.push(owned.then(take).catch(fail));
      else take(owned);
    } catch (error) {
      fail(error);
    }
  }
  return waiting.length > 0 ? Promise.all(waiting).then(() => answers) : answers;
}
