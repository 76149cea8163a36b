import { useCallback, useMemo, useState } from 'react';

/** What was read of a page of a list. */
export interface LoadedPage<Item> {
  readonly nodes: readonly Item[];
  /** The cursor behind which the next page begins; null: no page follows. */
  readonly end: string | null;
}

/** The pages of a list that are open, by the cursor behind which each begins: the first begins behind none. */
export interface OpenPages<Item> {
  readonly afters: readonly (string | null)[];
  open(after: string): void;
  /** The page that the user opened last. */
  readonly opened: string | undefined;
  /**
   * Hears what a page holds, each time it was read: it may end where it did not end before, so that the next page has to
   * begin there.
   */
  turn(after: string | null, page: LoadedPage<Item>): void;
  /** The items of the open pages, in the order of the API. */
  readonly items: readonly Item[];
  /** Whether these are all items of the list. */
  readonly isWhole: boolean;
}

/** The first page of a list is open, and each opens the next. A component with another key begins anew. */
export function usePages<Item>(): OpenPages<Item> {
  const [afters, setAfters] = useState<readonly (string | null)[]>([null]);
  const [loaded, setLoaded] = useState<ReadonlyMap<string | null, LoadedPage<Item>>>(new Map());
  const [opened, setOpened] = useState<string>();
  const turn = useCallback((after: string | null, page: LoadedPage<Item>) => {
    setLoaded((known) => new Map(known).set(after, page));
    setAfters((known) => withNext(known, after, page.end));
  }, []);
  const open = (after: string) => {
    setOpened(after);
    setAfters((known) => (known.includes(after) ? known : [...known, after]));
  };
  const items = useMemo(() => afters.flatMap((after) => loaded.get(after)?.nodes ?? []), [afters, loaded]);
  const isWhole = loaded.get(afters.at(-1) ?? null)?.end === null;
  return { afters, open, opened, turn, items, isWhole };
}

/** The open pages, once it is known that the page behind `after` ends at `end`. */
function withNext(
  known: readonly (string | null)[],
  after: string | null,
  end: string | null,
): readonly (string | null)[] {
  const next = known.indexOf(after) + 1;
  if (next === known.length || known[next] === end) return known;
  const rest = known.slice(next + 1).filter((other) => other !== end);
  return end === null ? known.slice(0, next) : [...known.slice(0, next), end, ...rest];
}
