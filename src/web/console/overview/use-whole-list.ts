import { useEffect, useState } from 'react';
import { type AnyVariables, CombinedError, useClient } from 'urql';
import { type Connection, readPages, type Source } from '../api/read-pages.js';

/** Of 100 items each. */
const MAX_PAGES = 50;

/** The items of a list read so far, newest first. `PARTIAL`: there are more than are read here. */
export type WholeList<Item> =
  | { readonly kind: 'READING' | 'COMPLETE' | 'PARTIAL'; readonly items: readonly Item[] }
  | { readonly kind: 'FAILED'; readonly error: CombinedError };

/**
 * Reads a list page by page: the oldest items, such as unused tokens, come last.
 *
 * @param source a constant.
 * @param total number of items: they are read again when it changes. Undefined: not known yet.
 */
export function useWholeList<Item, Data, Variables extends AnyVariables>(
  source: Source<Item, Data, Variables>,
  total: number | undefined,
): WholeList<Item> {
  const client = useClient();
  const [state, setState] = useState<WholeList<Item>>({ kind: 'READING', items: [] });
  useEffect(() => {
    let isCurrent = true;
    const update = (next: WholeList<Item>) => {
      if (isCurrent) setState(next);
    };
    void (async () => {
      if (total === undefined) return;
      try {
        for await (const list of growing(readPages(client, source))) {
          if (!isCurrent) return;
          update(list);
        }
      } catch (error) {
        if (!(error instanceof CombinedError)) throw error;
        update({ kind: 'FAILED', error });
      }
    })();
    return () => {
      isCurrent = false;
    };
  }, [client, source, total]);
  return state;
}

/** The list after each page, up to the largest number of pages. */
async function* growing<Item>(pages: AsyncIterable<Connection<Item>>): AsyncGenerator<WholeList<Item>, void, void> {
  const items: Item[] = [];
  let pageCount = 0;
  for await (const { nodes, pageInfo } of pages) {
    items.push(...nodes);
    pageCount += 1;
    const isPartial = pageInfo.hasNextPage && pageCount === MAX_PAGES;
    yield { kind: isPartial ? 'PARTIAL' : pageInfo.hasNextPage ? 'READING' : 'COMPLETE', items: [...items] };
    if (isPartial) return;
  }
}
