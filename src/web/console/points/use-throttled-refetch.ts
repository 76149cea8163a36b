import { useThrottledValue } from '@mantine/hooks';
import { useEffect } from 'react';

/**
 * Refetches after `count` changed, but at most once per interval, as entries may arrive by the thousand.
 *
 * @param options.count number of entries received; 0: none yet.
 */
export function useThrottledRefetch(
  refetch: () => void,
  options: { count: number; intervalMilliseconds: number },
): void {
  const latest = useThrottledValue(options.count, options.intervalMilliseconds);
  // biome-ignore lint/correctness/useExhaustiveDependencies: `refetch` is a new function on each render.
  useEffect(() => {
    if (latest > 0) refetch();
  }, [latest]);
}
