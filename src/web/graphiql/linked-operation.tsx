import { useGraphiQL, useGraphiQLActions } from '@graphiql/react';
import { useEffect } from 'react';

/** Selects the operation that the deep link names once the editor is ready. Renders nothing. */
export function LinkedOperation({ name }: { name: string }) {
  const { setOperationName } = useGraphiQLActions();
  const isReady = useGraphiQL((state) => state.queryEditor !== undefined);
  useEffect(() => {
    if (isReady) setOperationName(name);
  }, [isReady, name, setOperationName]);
  return null;
}
