import { ClientError, GraphQLClient } from 'graphql-request';
import { isRetryable, type Refusal, retryDelay } from '../../src/client/client.js';
import type { Api, Outcome } from './api.js';
import { SpendDocument, type SpendPointsInput } from './generated.js';

export function createClient({ url, token }: Api): GraphQLClient {
  return new GraphQLClient(url, { headers: { authorization: `Bearer ${token}` } });
}

/** Sends the same request, with the same key, until the outcome is known. */
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
      const refusal = refusalIn(error);
      if (!isRetryable(refusal)) return { kind: 'REFUSED', refusal };
      if (attempt === 6) throw error; // try again later, with the same key
      await new Promise((resolve) => setTimeout(resolve, retryDelay(refusal, attempt)));
    }
  }
}

/** The refusal in a response. Without a response the outcome is unknown. */
function refusalIn(error: unknown): Refusal {
  const [refusal] = error instanceof ClientError ? (error.response.errors ?? []) : [];
  return refusal ?? { message: String(error), extensions: { effect: 'UNKNOWN' } };
}
