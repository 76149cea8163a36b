import { useEffect, useMemo, useRef } from 'react';
import { type AnyVariables, type CombinedError, type TypedDocumentNode, useQuery } from 'urql';
import { useObservable } from '../../shared/observable.js';
import { useSession } from '../session/session-context.js';

/** The state of a query. There may be data and an error: fields that failed are null in the data. */
export interface QueryState<Data> {
  data: Data | undefined;
  error: CombinedError | undefined;
  isFetching: boolean;
  refetch: () => void;
}

/**
 * Runs a query. Runs it again after a mutation of an object of the same types, and after a reconnect.
 *
 * @param types names of GraphQL types, separated by spaces: an empty list does not reveal the type of its items.
 */
export function useApiQuery<Data, Variables extends AnyVariables>(
  query: TypedDocumentNode<Data, Variables>,
  variables: Variables,
  { types = '', pause = false }: { types?: string; pause?: boolean } = {},
): QueryState<Data> {
  const context = useMemo(() => ({ additionalTypenames: types.split(' ') }), [types]);
  // Safe: `variables` is complete, but TypeScript cannot resolve urql's conditional type for a type parameter.
  const args = { query, variables, context, pause } as Parameters<typeof useQuery<Data, Variables>>[0];
  const [{ data, error, fetching, stale }, execute] = useQuery<Data, Variables>(args);
  const refetch = () => execute({ requestPolicy: 'network-only' });

  const reconnects = useObservable(useSession().server.reconnectCount);
  const seen = useRef(reconnects);
  useEffect(() => {
    if (seen.current === reconnects) return;
    seen.current = reconnects;
    if (!pause) execute({ requestPolicy: 'network-only' });
  }, [reconnects, execute, pause]);

  return { data, error, isFetching: fetching || stale, refetch };
}
