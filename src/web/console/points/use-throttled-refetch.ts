import { useThrottledValue } from '@mantine/hooks';
import { useEffect } from 'react';

/**
 * Reads again after there was something new, but not with each of a thousand entries.
 *
 * @param options.news changes when there is something new; 0: there was nothing yet.
 */
export function useThrottledRefetch(again: () => void, options: { news: number; pauseMilliseconds: number }): void {
  const latest = useThrottledValue(options.news, options.pauseMilliseconds);
  // biome-ignore lint/correctness/useExhaustiveDependencies: reading again makes a new function.
  useEffect(() => {
    if (latest > 0) again();
  }, [latest]);
}
