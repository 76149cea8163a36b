import { useState } from 'react';
import { type CombinedError, type TypedDocumentNode, useMutation } from 'urql';
import { v4 as uuid } from 'uuid';
import type { ChangeFragment } from '../../generated.js';

/** A mutation of points, whatever it is called. */
type ChangeMutation<Input> = TypedDocumentNode<{ change: ChangeFragment | null }, { input: Input }>;

/** A change of points that can be sent again without a second effect. */
export interface PendingChange<Input> {
  send: (input: Omit<Input, 'idempotencyKey'>) => Promise<ChangeFragment | undefined>;
  isSending: boolean;
  error: CombinedError | undefined;
  /** Whether it may have happened: then the same has to be sent again, and nothing else, to find out. */
  isUncertain: boolean;
}

/**
 * Changes points under an idempotency key, which stays the same until it is known what became of the change: sent again
 * after a lost connection, it takes effect once. A change that was refused certainly has none, and the next, with
 * another amount perhaps, gets a key of its own.
 */
export function useChange<Input extends { idempotencyKey?: string | null | undefined }>(
  mutation: ChangeMutation<Input>,
): PendingChange<Input> {
  const [{ fetching, error }, execute] = useMutation(mutation);
  const [idempotencyKey, setKey] = useState(() => uuid());
  const [isUncertain, setUncertain] = useState(false);
  const send = async (input: Omit<Input, 'idempotencyKey'>) => {
    // Safe: what was left out of the input is put back.
    const outcome = await execute({ input: { ...input, idempotencyKey } as Input });
    const leftOpen = outcome.error !== undefined && mayHaveHappened(outcome.error);
    setUncertain(leftOpen);
    if (!leftOpen) setKey(uuid());
    return outcome.data?.change ?? undefined;
  };
  return { send, isSending: fetching, error, isUncertain };
}

/** Only an answer of the API says that nothing happened, and not all of them do. */
function mayHaveHappened({ graphQLErrors }: CombinedError): boolean {
  return graphQLErrors.length === 0 || graphQLErrors.some(({ extensions }) => extensions['effect'] === 'UNKNOWN');
}
