import { useState } from 'react';
import { type CombinedError, type TypedDocumentNode, useMutation } from 'urql';
import { v4 as uuid } from 'uuid';

/** A refusal, too, may mean that what the page shows is out of date: it is read again after every change. */
const CONTEXT = { additionalTypenames: ['User', 'PointsEntry', 'PointsHold'] };

/** A mutation that changes points. */
type ChangeMutation<Input, Change> = TypedDocumentNode<{ change: Change | null }, { input: Input }>;

/** A change of points that can be sent again without a second effect. */
interface PendingChange<Input, Change> {
  send: (input: Omit<Input, 'idempotencyKey'>) => Promise<Change | undefined>;
  outcome: ChangeOutcome;
}

/** The outcome of the last request. `UNKNOWN`: the change may have been made; only a retry of the same input tells. */
export type ChangeOutcome =
  | { readonly kind: 'NONE' | 'DONE' | 'UNKNOWN' }
  | { readonly kind: 'REFUSED'; readonly error: CombinedError };

/**
 * Changes points under an idempotency key. While the outcome is unknown, a retry uses the same key, so that the change is
 * made only once. After a refusal the next change gets a new key.
 */
export function useChange<Input extends { idempotencyKey?: string | null | undefined }, Change>(
  mutation: ChangeMutation<Input, Change>,
): PendingChange<Input, Change> {
  const [, execute] = useMutation(mutation);
  const [idempotencyKey, setKey] = useState(() => uuid());
  const [outcome, setOutcome] = useState<ChangeOutcome>({ kind: 'NONE' });
  const send = async (input: Omit<Input, 'idempotencyKey'>) => {
    // Safe: the key completes the input.
    const { data, error } = await execute({ input: { ...input, idempotencyKey } as Input }, CONTEXT);
    const next = outcomeOf(error);
    setOutcome(next);
    if (next.kind !== 'UNKNOWN') setKey(uuid());
    return data?.change ?? undefined;
  };
  return { send, outcome };
}

function outcomeOf(error: CombinedError | undefined): ChangeOutcome {
  if (error === undefined) return { kind: 'DONE' };
  return mayHaveHappened(error) ? { kind: 'UNKNOWN' } : { kind: 'REFUSED', error };
}

/** Without a GraphQL error there was no response; with one, the server says whether the effect is unknown. */
function mayHaveHappened({ graphQLErrors }: CombinedError): boolean {
  return graphQLErrors.length === 0 || graphQLErrors.some(({ extensions }) => extensions['effect'] === 'UNKNOWN');
}
