import { ApolloClient, ApolloLink, CombinedGraphQLErrors, HttpLink, InMemoryCache } from '@apollo/client';
import { RetryLink } from '@apollo/client/link/retry';
import { map } from 'rxjs';
import { type Api, isOpen, type Outcome } from './fetch.js';
import { SpendDocument, type SpendPointsInput } from './generated.js';

/** Sends everything again that is not known to be done or refused: give every change of points an idempotency key. */
export function createClient({ url, token }: Api): ApolloClient {
  const retry = new RetryLink({
    delay: { initial: 200 },
    attempts: (tries, _operation, error) =>
      tries < 6 && !(CombinedGraphQLErrors.is(error) && !error.errors.some(isOpen)),
  });
  // RetryLink leaves answers alone, so that an answer which leaves it open what happened has to become a failure first.
  const open = new ApolloLink((operation, forward) =>
    forward(operation).pipe(
      map((result) => {
        if (result.errors?.some(isOpen)) throw new CombinedGraphQLErrors(result);
        return result;
      }),
    ),
  );
  const http = new HttpLink({ uri: url, headers: { authorization: `Bearer ${token}` } });
  return new ApolloClient({ cache: new InMemoryCache(), link: ApolloLink.from([retry, open, http]) });
}

/** @throws where the outcome is still unknown. */
export async function spend(
  client: ApolloClient,
  input: SpendPointsInput & { idempotencyKey: string },
): Promise<Outcome> {
  const { data, error } = await client.mutate({ mutation: SpendDocument, variables: { input }, errorPolicy: 'all' });
  if (data?.spendPoints) return { points: data.spendPoints.points };
  const [refusal] = CombinedGraphQLErrors.is(error) ? error.errors : [];
  if (refusal === undefined || isOpen(refusal)) throw error;
  return { refusal };
}
