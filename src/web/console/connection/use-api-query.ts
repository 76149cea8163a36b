import { useEffect, useMemo, useRef } from 'react';
import { type AnyVariables, type CombinedError, type TypedDocumentNode, useQuery } from 'urql';
import { useObservable } from '../../shared/observable.js';
import { reconnectCount } from './connection.js';

/** What is known of an answer. There may be data and an error: what failed is null in the data. */
export interface QueryState<Data> {
  data: Data | undefined;
  error: CombinedError | undefined;
  isFetching: boolean;
  refetch: () => void;
}

/**
 * Reads, and reads again after a change of anything of the same types, and when a lost connection comes back.
 *
 * @param types names of GraphQL types: an empty list does not tell by itself what it may hold one day.
 */
export function useApiQuery<Data, Variables extends AnyVariables>(
  query: TypedDocumentNode<Data, Variables>,
  variables: Variables,
  { types = '', pause = false }: { types?: string; pause?: boolean } = {},
): QueryState<Data> {
  const context = useMemo(() => ({ additionalTypenames: types.split(' ') }), [types]);
  // Safe: the variables are whole, which is what the type asks for in a way that no type parameter can show.
  const args = { query, variables, context, pause } as Parameters<typeof useQuery<Data, Variables>>[0];
  const [{ data, error, fetching, stale }, execute] = useQuery<Data, Variables>(args);
  const again = () => execute({ requestPolicy: 'network-only' });

  const recovered = useObservable(reconnectCount);
  const seen = useRef(recovered);
  useEffect(() => {
    if (seen.current === recovered) return;
    seen.current = recovered;
    if (!pause) execute({ requestPolicy: 'network-only' });
  }, [recovered, execute, pause]);

  return { data, error, isFetching: fetching || stale, refetch: again };
}
