/** What a client wanted, and all that it was told of it: the log against which the database is checked. */
export interface Operation {
  readonly key: string;
  readonly userId: string;
  readonly kind: 'ADD' | 'SPEND';
  readonly points: number;
  /** Of every time that it was sent. */
  readonly answers: OperationAnswer[];
}

/** `afterMs` is how long it was waited for; 0 where that says nothing of this operation alone. */
export type OperationAnswer = { readonly afterMs: number } & Told;

export type Told =
  | { readonly outcome: 'OK'; readonly sequence: number; readonly delta: number; readonly balanceAfter: number }
  | {
      readonly outcome: 'REFUSED';
      readonly code: string;
      readonly available: number | null;
      readonly needed: number | null;
    }
  /** Nothing was done, and nothing is kept. */
  | { readonly outcome: 'NONE' }
  | { readonly outcome: 'UNKNOWN' };

/** What is known of an operation after all its answers: the definite one, if there was one. */
export function verdict({ answers }: Operation): Told {
  const definite = answers.find(({ outcome }) => outcome === 'OK' || outcome === 'REFUSED');
  if (definite !== undefined) return definite;
  return answers.every(({ outcome }) => outcome === 'NONE') ? { outcome: 'NONE' } : { outcome: 'UNKNOWN' };
}

/** The definite answers of an operation that are not the same as its first one. */
export function contradictions({ answers }: Operation): Told[] {
  const definite = answers
    .map(({ afterMs: _, ...told }) => told)
    .filter((told) => told.outcome === 'OK' || told.outcome === 'REFUSED');
  return definite.filter((told) => JSON.stringify(told) !== JSON.stringify(definite[0]));
}
