import { retryExchange } from '@urql/exchange-retry';
import { Client, type CombinedError, cacheExchange, fetchExchange } from 'urql';
import { isRefusal, isRetryable } from '../../src/client/client.js';
import type { Api, Outcome } from './api.js';
import { SpendDocument, type SpendPointsInput } from './generated.js';

/** Retries each operation whose outcome is unknown, mutations too: give every change of points an idempotency key. */
export function createClient({ url, token }: Api): Client {
  return new Client({
    url,
    preferGetMethod: false,
    fetchOptions: { headers: { authorization: `Bearer ${token}` } },
    exchanges: [
      cacheExchange,
      retryExchange({ initialDelayMs: 200, maxNumberAttempts: 6, retryIf: shouldRetry }),
      fetchExchange,
    ],
  });
}

function shouldRetry({ networkError, graphQLErrors }: CombinedError): boolean {
  return networkError !== undefined || graphQLErrors.some(isRetryable);
}

/** @throws CombinedError if the ledger decided nothing, or the outcome is still unknown: try again later, with the same key. */
export async function spend(client: Client, input: SpendPointsInput & { idempotencyKey: string }): Promise<Outcome> {
  const { data, error } = await client.mutation(SpendDocument, { input }).toPromise();
  if (data?.spendPoints) return { kind: 'APPLIED', points: data.spendPoints.points };
  const [refusal] = error?.graphQLErrors ?? [];
  if (refusal === undefined || !isRefusal(refusal)) throw error;
  return { kind: 'REFUSED', refusal };
}
