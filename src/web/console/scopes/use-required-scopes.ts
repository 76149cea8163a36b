import { useEffect, useState } from 'react';
import { CombinedError, useClient } from 'urql';
import { readRequiredScopes } from './required-scopes.js';

/** Each takes a request. */
const MAX_DOCUMENTS = 20;

/** The scopes that documents of one operation each require together; undefined: not known. */
export function useRequiredScopes(documents: readonly string[]): readonly string[] | undefined {
  const client = useClient();
  const [scopes, setScopes] = useState<readonly string[]>();
  useEffect(() => {
    let isCurrent = true;
    const update = (found: readonly string[] | undefined) => {
      if (isCurrent) setScopes(found);
    };
    if (documents.length === 0 || documents.length > MAX_DOCUMENTS) update(undefined);
    else {
      readRequiredScopes(
        client,
        documents.map((document) => ({ document })),
      ).then(update, (error) => {
        if (!(error instanceof CombinedError)) throw error;
        update(undefined); // the server says what is wrong when the token is issued
      });
    }
    return () => {
      isCurrent = false;
    };
  }, [client, documents]);
  return scopes;
}
