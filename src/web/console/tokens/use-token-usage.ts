import { useDocumentVisibility, useInterval } from '@mantine/hooks';
import { useEffect } from 'react';
import { TokenUsageDocument, type TokenUsageQuery } from '../../generated.js';
import { useApiQuery } from '../api/use-api-query.js';

const INTERVAL_MILLISECONDS = 4_000;

/**
 * What is used of a token's limits, read again every few seconds while the page is visible; undefined: not read yet.
 *
 * @param isLive whether it can still change.
 */
export function useTokenUsage(id: string, isLive: boolean): TokenUsageQuery['token'] | undefined {
  const { data, refetch } = useApiQuery(TokenUsageDocument, { id }, { types: 'Token PointsEntry' });
  const isVisible = useDocumentVisibility() === 'visible';
  const { start, stop } = useInterval(refetch, INTERVAL_MILLISECONDS);
  useEffect(() => {
    if (!isLive || !isVisible) return;
    start();
    return stop;
  }, [isLive, isVisible, start, stop]);
  return data?.token;
}
