import { ClientError, GraphQLClient } from 'graphql-request';
import { isRefusal, isRetryable, type ResponseError, retryDelay } from '../../src/client/client.js';
import type { Api, Outcome } from './api.js';
import { SpendDocument, type SpendPointsInput } from './generated.js';

export function createClient({ url, token }: Api): GraphQLClient {
  return new GraphQLClient(url, { headers: { authorization: `Bearer ${token}` } });
}

/**
 * Sends the same request, with the same key, until the outcome is known.
 *
 * @throws if the ledger decided nothing, or the outcome is still unknown: try again later, with the same key.
 */
export async function spend(
  client: GraphQLClient,
  input: SpendPointsInput & { idempotencyKey: string },
): Promise<Outcome> {
  for (let attempt = 1; ; attempt++) {
    try {
      const { spendPoints } = await client.request(SpendDocument, { input });
      if (spendPoints === null) throw new Error('The response is empty.');
      return { kind: 'APPLIED', points: spendPoints.points };
    } catch (error) {
      const first = firstError(error);
      if (isRetryable(first) && attempt < 6) {
        await new Promise((resolve) => setTimeout(resolve, retryDelay(first, attempt)));
      } else if (isRefusal(first)) return { kind: 'REFUSED', refusal: first };
      else throw error;
    }
  }
}

/** The first error in a response. Without a response the outcome is unknown. */
function firstError(error: unknown): ResponseError {
  const [first] = error instanceof ClientError ? (error.response.errors ?? []) : [];
  return first ?? { message: String(error), extensions: { effect: 'UNKNOWN' } };
}
