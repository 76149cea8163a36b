import { useCallback, useState } from 'react';

/** The pages of a list that are open, by the cursor behind which each begins: the first begins behind none. */
export interface OpenPages {
  readonly afters: readonly (string | null)[];
  open(after: string): void;
  /** The page that the user opened last. */
  readonly opened: string | undefined;
  /**
   * Hears where a page ends, each time it was read: where it did not end before, perhaps, so that the next page has to
   * begin there. Null: no page follows any more.
   */
  turn(after: string | null, end: string | null): void;
}

/** The first page of a list is open, and each opens the next. A component with another key begins anew. */
export function usePages(): OpenPages {
  const [afters, setAfters] = useState<readonly (string | null)[]>([null]);
  const [opened, setOpened] = useState<string>();
  const turn = useCallback((after: string | null, end: string | null) => {
    setAfters((known) => {
      const next = known.indexOf(after) + 1;
      if (next === known.length || known[next] === end) return known;
      const rest = known.slice(next + 1).filter((other) => other !== end);
      return end === null ? known.slice(0, next) : [...known.slice(0, next), end, ...rest];
    });
  }, []);
  const open = (after: string) => {
    setOpened(after);
    setAfters((known) => (known.includes(after) ? known : [...known, after]));
  };
  return { afters, open, opened, turn };
}
