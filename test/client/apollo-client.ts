import { ApolloClient, ApolloLink, CombinedGraphQLErrors, HttpLink, InMemoryCache } from '@apollo/client';
import { RetryLink } from '@apollo/client/link/retry';
import { map } from 'rxjs';
import { isRefusal, isRetryable } from '../../src/client/client.js';
import type { Api, Outcome } from './api.js';
import { SpendDocument, type SpendPointsInput } from './generated.js';

/** Retries each operation whose outcome is unknown, mutations too: give every change of points an idempotency key. */
export function createClient({ url, token }: Api): ApolloClient {
  const retry = new RetryLink({
    delay: { initial: 200 },
    attempts: (tries, _operation, error) =>
      tries < 6 && !(CombinedGraphQLErrors.is(error) && !error.errors.some(isRetryable)),
  });
  // RetryLink retries only failures, so a response that leaves the outcome unknown is turned into a failure first.
  const throwUnknown = new ApolloLink((operation, forward) =>
    forward(operation).pipe(
      map((result) => {
        if (result.errors?.some(isRetryable)) throw new CombinedGraphQLErrors(result);
        return result;
      }),
    ),
  );
  const http = new HttpLink({ uri: url, headers: { authorization: `Bearer ${token}` } });
  return new ApolloClient({ cache: new InMemoryCache(), link: ApolloLink.from([retry, throwUnknown, http]) });
}

/** @throws if the ledger decided nothing, or the outcome is still unknown: try again later, with the same key. */
export async function spend(
  client: ApolloClient,
  input: SpendPointsInput & { idempotencyKey: string },
): Promise<Outcome> {
  const { data, error } = await client.mutate({ mutation: SpendDocument, variables: { input }, errorPolicy: 'all' });
  if (data?.spendPoints) return { kind: 'APPLIED', points: data.spendPoints.points };
  const [refusal] = CombinedGraphQLErrors.is(error) ? error.errors : [];
  if (refusal === undefined || !isRefusal(refusal)) throw error;
  return { kind: 'REFUSED', refusal };
}
