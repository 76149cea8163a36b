import { retryExchange } from '@urql/exchange-retry';
import { Client, type CombinedError, cacheExchange, fetchExchange } from 'urql';
import { type Api, isOpen, type Outcome } from './fetch.js';
import { SpendDocument, type SpendPointsInput } from './generated.js';

/** Sends everything again that is not known to be done or refused: give every change of points an idempotency key. */
export function createClient({ url, token }: Api): Client {
  return new Client({
    url,
    preferGetMethod: false,
    fetchOptions: { headers: { authorization: `Bearer ${token}` } },
    exchanges: [
      cacheExchange,
      retryExchange({ initialDelayMs: 200, maxNumberAttempts: 6, retryIf: isUnanswered }),
      fetchExchange,
    ],
  });
}

function isUnanswered({ networkError, graphQLErrors }: CombinedError): boolean {
  return networkError !== undefined || graphQLErrors.some(isOpen);
}

/** @throws CombinedError where the outcome is still unknown. */
export async function spend(client: Client, input: SpendPointsInput & { idempotencyKey: string }): Promise<Outcome> {
  const { data, error } = await client.mutation(SpendDocument, { input }).toPromise();
  if (data?.spendPoints) return { points: data.spendPoints.points };
  const [refusal] = error?.graphQLErrors ?? [];
  if (refusal === undefined || isOpen(refusal)) throw error;
  return { refusal };
}
