import { useEffect, useState } from 'react';
import { type CombinedError, useClient } from 'urql';
import { ActiveTokensDocument, type ActiveTokensQuery } from '../../generated.js';

/** Of 100 tokens each. */
const MAX_PAGES = 50;

export type ActiveToken = NonNullable<ActiveTokensQuery['tokens']>['nodes'][number];

/** The active tokens read so far, newest first. */
export interface ActiveTokens {
  readonly tokens: readonly ActiveToken[];
  /** `all`: every active token is read; `some`: there are more than are read here. */
  readonly extent: 'reading' | 'all' | 'some';
  readonly error?: CombinedError;
}

const NONE: ActiveTokens = { tokens: [], extent: 'reading' };

/**
 * Reads every active token, page by page: the oldest ones, which expire first or lie unused, come last.
 *
 * @param total how many there are; they are read again when it changes. Undefined: not known yet.
 */
export function useActiveTokens(total: number | undefined): ActiveTokens {
  const client = useClient();
  const [found, setFound] = useState(NONE);
  useEffect(() => {
    let isCurrent = true;
    void (async () => {
      if (total === undefined) return;
      let known = NONE;
      let after: string | null = null;
      for (let page = 0; page < MAX_PAGES && known.extent === 'reading'; page++) {
        const { tokens, error }: TokenPage = await read(after);
        if (!isCurrent) return;
        if (!tokens) return setFound({ ...known, ...(error && { error }) });
        const { hasNextPage, endCursor } = tokens.pageInfo;
        known = { tokens: [...known.tokens, ...tokens.nodes], extent: hasNextPage ? 'reading' : 'all' };
        setFound(known);
        after = endCursor ?? null;
      }
      if (known.extent === 'reading') setFound({ ...known, extent: 'some' });
    })();
    return () => {
      isCurrent = false;
    };

    async function read(after: string | null): Promise<TokenPage> {
      const { data, error } = await client.query(ActiveTokensDocument, { after }, { requestPolicy: 'network-only' });
      return { tokens: data?.tokens, error };
    }
  }, [client, total]);
  return found;
}

interface TokenPage {
  tokens: ActiveTokensQuery['tokens'] | undefined;
  error: CombinedError | undefined;
}
