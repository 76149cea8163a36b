import { useState } from 'react';

/** The pages of a list that are open, by the cursor behind which each begins: the first begins behind none. */
export interface OpenPages {
  readonly afters: readonly (string | null)[];
  open(after: string): void;
}

/** The first page of a list is open, and each opens the next. A component with another key begins anew. */
export function usePages(): OpenPages {
  const [afters, setAfters] = useState<readonly (string | null)[]>([null]);
  return { afters, open: (after) => setAfters((known) => (known.includes(after) ? known : [...known, after])) };
}
