/** A requested change and the outcomes that the client saw: the database is checked against this log. */
export interface Operation {
  readonly key: string;
  readonly userId: string;
  readonly kind: 'ADD' | 'SPEND';
  readonly points: number;
  /** One for each time that it was sent. */
  readonly outcomes: RecordedOutcome[];
}

/** `afterMs` is the response time; 0 where it is not the time of this operation alone. */
export type RecordedOutcome = { readonly afterMs: number } & Outcome;

export type Outcome =
  | { readonly outcome: 'OK'; readonly sequence: number; readonly delta: number; readonly balanceAfter: number }
  | {
      readonly outcome: 'REFUSED';
      readonly code: string;
      readonly available: number | null;
      readonly needed: number | null;
    }
  /** Nothing was changed, and nothing is stored. */
  | { readonly outcome: 'NONE'; readonly code?: string }
  | { readonly outcome: 'UNKNOWN' };

/** The definite outcome of an operation, if there was one. */
export function finalOutcome({ outcomes }: Operation): Outcome {
  const definite = outcomes.find(({ outcome }) => outcome === 'OK' || outcome === 'REFUSED');
  if (definite !== undefined) return definite;
  return outcomes.every(({ outcome }) => outcome === 'NONE') ? { outcome: 'NONE' } : { outcome: 'UNKNOWN' };
}

/** The definite outcomes of an operation that are not the same as its first one. */
export function contradictions({ outcomes }: Operation): Outcome[] {
  const definite = outcomes
    .map(({ afterMs: _, ...outcome }) => outcome)
    .filter(({ outcome }) => outcome === 'OK' || outcome === 'REFUSED');
  return definite.filter((outcome) => JSON.stringify(outcome) !== JSON.stringify(definite[0]));
}
