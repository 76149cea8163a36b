import { useEffect } from 'react';
import { useSession } from '../session/session-context.js';
import { refetchDelay } from './refetch-delay.js';

interface OpenHolds {
  readonly nodes: readonly { readonly expiresAt: string }[];
  readonly pageInfo: { readonly hasNextPage: boolean };
}

/** Refetches what depends on open holds when the next of them expires. */
export function useRefetchAtEnd(holds: OpenHolds | null | undefined, refetch: () => void): void {
  const { server } = useSession();
  // biome-ignore lint/correctness/useExhaustiveDependencies: `refetch` is a new function on each render, `holds` after each response.
  useEffect(() => {
    if (!holds) return undefined;
    const ends = holds.nodes.map(({ expiresAt }) => Date.parse(expiresAt));
    const delay = refetchDelay(ends, { now: server.now(), isPartial: holds.pageInfo.hasNextPage });
    if (delay === undefined) return undefined;
    const timer = setTimeout(refetch, delay);
    return () => clearTimeout(timer);
  }, [server, holds]);
}
