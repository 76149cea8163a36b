import { useGraphiQL, useGraphiQLActions } from '@graphiql/react';
import { useEffect } from 'react';

/** Chooses the operation that the deep link names, as soon as there is an editor. Shows nothing. */
export function LinkedOperation({ name }: { name: string }) {
  const { setOperationName } = useGraphiQLActions();
  const isReady = useGraphiQL((state) => state.queryEditor !== undefined);
  useEffect(() => {
    if (isReady) setOperationName(name);
  }, [isReady, name, setOperationName]);
  return null;
}
