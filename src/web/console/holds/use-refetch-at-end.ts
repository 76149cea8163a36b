import { useEffect } from 'react';
import { useSession } from '../session/session-context.js';
import { refetchDelay } from './refetch-delay.js';

const RETRY_MILLISECONDS = 10_000;

interface OpenHolds {
  readonly nodes: readonly { readonly expiresAt: string }[];
  readonly pageInfo: { readonly hasNextPage: boolean };
}

/** Refetches what depends on open holds when the next of them expires, and again until there is a response. */
export function useRefetchAtEnd(holds: OpenHolds | null | undefined, refetch: () => void): void {
  const { server } = useSession();
  // biome-ignore lint/correctness/useExhaustiveDependencies: `refetch` is a new function on each render, `holds` after each response.
  useEffect(() => {
    if (!holds) return undefined;
    const ends = holds.nodes.map(({ expiresAt }) => Date.parse(expiresAt));
    const delay = refetchDelay(ends, { now: server.now(), isPartial: holds.pageInfo.hasNextPage });
    if (delay === undefined) return undefined;
    let timer = setTimeout(refetchUntilRead, delay);
    function refetchUntilRead() {
      refetch();
      timer = setTimeout(refetchUntilRead, RETRY_MILLISECONDS);
    }
    return () => clearTimeout(timer);
  }, [server, holds]);
}
