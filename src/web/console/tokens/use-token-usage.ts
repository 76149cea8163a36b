import { TokenUsageDocument, type TokenUsageQuery } from '../../generated.js';
import { useApiQuery } from '../api/use-api-query.js';
import { useRefetchWhileVisible } from '../api/use-refetch-while-visible.js';

/**
 * What is used of a token's limits, read again every few seconds while the page is visible; undefined: not read yet.
 *
 * @param isLive whether it can still change.
 */
export function useTokenUsage(id: string, isLive: boolean): TokenUsageQuery['token'] | undefined {
  const { data, refetch } = useApiQuery(TokenUsageDocument, { id }, { types: 'Token PointsEntry' });
  useRefetchWhileVisible(refetch, isLive);
  return data?.token;
}
