import type { OwnerLookup } from './owner.js';

/** Is what stands at the end of an owner path the caller's own? */
export interface Question {
  /** The coordinate that is being judged, for the log. */
  readonly coordinate: string;
  /** The key of the look-up. */
  readonly lookup: string;
  readonly value: unknown;
}

/** Why there is no answer: the look-up is broken, or what it depends on is away. A denial, but of another kind. */
export type Failure = 'BROKEN' | 'UNAVAILABLE';

export type Answer = boolean | Failure;

/** Who answers questions, and who hears of a failure. */
export interface Registry<Context> {
  readonly owners: Readonly<Record<string, OwnerLookup<Context>>>;
  readonly onInternalError: (error: unknown, failed: FailedCheck<Context>) => void;
  readonly isUnavailable?: ((error: unknown) => boolean) | undefined;
}

/** What was being judged when a look-up failed. */
export interface FailedCheck<Context> {
  readonly coordinate: string;
  readonly context: Context;
}

/** Answers all questions with one call for each look-up, at once where every look-up does so. Never throws. */
export function askOwners<Context>(
  questions: readonly Question[],
  registry: Registry<Context>,
  context: Context,
): readonly Answer[] | Promise<readonly Answer[]> {
  const answers: Answer[] = questions.map(() => false);
  const waiting: Promise<void>[] = [];

  for (const lookup of new Set(questions.map((question) => question.lookup))) {
    const asked = questions.flatMap((question, index) => (question.lookup === lookup ? [{ ...question, index }] : []));
    const take = (owned: readonly boolean[]) => {
      if (owned.length !== asked.length) throw new Error(`${lookup} gave ${owned.length} answers to ${asked.length}`);
      for (const [position, { index }] of asked.entries()) answers[index] = owned[position] === true;
    };
    const fail = (error: unknown) => {
      const failure = failureOf(error, { coordinate: asked[0]?.coordinate ?? lookup, context }, registry);
      for (const { index } of asked) answers[index] = failure;
    };
    try {
      const owned =
        registry.owners[lookup]?.(
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

/** Tells of a look-up that failed. */
export function failureOf<Context>(
  error: unknown,
  failed: FailedCheck<Context>,
  { onInternalError, isUnavailable }: Registry<Context>,
): Failure {
  onInternalError(error, failed);
  return isUnavailable?.(error) === true ? 'UNAVAILABLE' : 'BROKEN';
}

/** Every owner must be the caller; where one surely is not, it does not matter that another is unknown. */
export function conjunction(answers: readonly Answer[]): Answer {
  if (answers.includes(false)) return false;
  return answers.find((answer) => answer === 'BROKEN') ?? answers.find((answer) => answer === 'UNAVAILABLE') ?? true;
}
