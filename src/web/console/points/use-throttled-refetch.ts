import { useThrottledValue } from '@mantine/hooks';
import { useEffect } from 'react';

/**
 * Refetches after `count` changed, but once per interval at most: entries may arrive by the thousand.
 *
 * @param options.count number of entries received; 0: none yet.
 */
export function useThrottledRefetch(again: () => void, options: { count: number; intervalMilliseconds: number }): void {
  const latest = useThrottledValue(options.count, options.intervalMilliseconds);
  // biome-ignore lint/correctness/useExhaustiveDependencies: `refetch` is a new function on each render.
  useEffect(() => {
    if (latest > 0) again();
  }, [latest]);
}
