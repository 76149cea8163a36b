import { useEffect, useState } from 'react';
import { CombinedError, useClient } from 'urql';
import { ActiveTokensDocument, type ActiveTokensQuery } from '../../generated.js';
import { readPages } from '../api/read-pages.js';

/** Of 100 tokens each. */
const MAX_PAGES = 50;

export type ActiveToken = NonNullable<ActiveTokensQuery['tokens']>['nodes'][number];

/** The active tokens read so far, newest first. `PARTIAL`: there are more tokens than are read here. */
export type ActiveTokens =
  | { readonly kind: 'READING' | 'COMPLETE' | 'PARTIAL'; readonly tokens: readonly ActiveToken[] }
  | { readonly kind: 'FAILED'; readonly error: CombinedError };

const SOURCE = {
  query: ActiveTokensDocument,
  variables: (after: string | null) => ({ after }),
  page: ({ tokens }: ActiveTokensQuery) => tokens,
};

/**
 * Reads the active tokens page by page: the oldest ones, which may be unused or about to expire, come last.
 *
 * @param total number of active tokens: they are read again when it changes. Undefined: not known yet.
 */
export function useActiveTokens(total: number | undefined): ActiveTokens {
  const client = useClient();
  const [state, setState] = useState<ActiveTokens>({ kind: 'READING', tokens: [] });
  useEffect(() => {
    let isCurrent = true;
    const update = (next: ActiveTokens) => {
      if (isCurrent) setState(next);
    };
    void (async () => {
      if (total === undefined) return;
      const tokens: ActiveToken[] = [];
      let pageCount = 0;
      try {
        for await (const { nodes, pageInfo } of readPages(client, SOURCE)) {
          if (!isCurrent) return;
          tokens.push(...nodes);
          pageCount += 1;
          const isPartial = pageInfo.hasNextPage && pageCount === MAX_PAGES;
          update({ kind: isPartial ? 'PARTIAL' : pageInfo.hasNextPage ? 'READING' : 'COMPLETE', tokens: [...tokens] });
          if (isPartial) return;
        }
      } catch (error) {
        if (!(error instanceof CombinedError)) throw error;
        update({ kind: 'FAILED', error });
      }
    })();
    return () => {
      isCurrent = false;
    };
  }, [client, total]);
  return state;
}
