import { useCallback, useMemo, useState } from 'react';

/** A page of a list that was read. */
interface LoadedPage<Item> {
  readonly nodes: readonly Item[];
  /** The cursor of the next page; null: this is the last page. */
  readonly end: string | null;
}

/** The open pages of a list. */
export interface OpenPages<Item> {
  /** The cursor after which each page starts; null: the first page. */
  readonly afters: readonly (string | null)[];
  /** Opens a further page. */
  open(after: string): void;
  /** The page that the user opened last. */
  readonly opened: string | undefined;
  /**
   * Stores a page each time it is read. It may end at another cursor than before; the next page then starts at the new one.
   */
  update(after: string | null, page: LoadedPage<Item>): void;
  /** The items of the open pages, in the order of the API. */
  readonly items: readonly Item[];
  /** Whether `items` is the whole list. */
  readonly isComplete: boolean;
}

/** Starts with the first page open. Give the component another key to reset it. */
export function usePages<Item>(): OpenPages<Item> {
  const [afters, setAfters] = useState<readonly (string | null)[]>([null]);
  const [loaded, setLoaded] = useState<ReadonlyMap<string | null, LoadedPage<Item>>>(new Map());
  const [opened, setOpened] = useState<string>();
  const update = useCallback((after: string | null, page: LoadedPage<Item>) => {
    setLoaded((known) => new Map(known).set(after, page));
    setAfters((known) => withNext(known, after, page.end));
  }, []);
  const open = (after: string) => {
    setOpened(after);
    setAfters((known) => (known.includes(after) ? known : [...known, after]));
  };
  const items = useMemo(() => afters.flatMap((after) => loaded.get(after)?.nodes ?? []), [afters, loaded]);
  const isComplete = loaded.get(afters.at(-1) ?? null)?.end === null;
  return { afters, open, opened, update, items, isComplete };
}

/** The open pages after the page at `after` was read and ends at `end`. */
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
