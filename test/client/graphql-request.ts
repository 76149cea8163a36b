import { ClientError, GraphQLClient } from 'graphql-request';
import { type Api, isOpen, type Outcome, pauseBefore, type Refusal } from './fetch.js';
import { SpendDocument, type SpendPointsInput } from './generated.js';

export function createClient({ url, token }: Api): GraphQLClient {
  return new GraphQLClient(url, { headers: { authorization: `Bearer ${token}` } });
}

/** Sends the same, with the same key, until the outcome is known. */
export async function spend(
  client: GraphQLClient,
  input: SpendPointsInput & { idempotencyKey: string },
): Promise<Outcome> {
  for (let tries = 1; ; tries++) {
    try {
      const { spendPoints } = await client.request(SpendDocument, { input });
      if (spendPoints === null) throw new Error('The answer is empty.');
      return { points: spendPoints.points };
    } catch (error) {
      const refusal = refusalIn(error);
      if (!isOpen(refusal)) return { refusal };
      if (tries === 6) throw error; // and later again, with the same key
      await new Promise((resolve) => setTimeout(resolve, pauseBefore(refusal, tries)));
    }
  }
}

/** What is no answer leaves it open what happened. */
function refusalIn(error: unknown): Refusal {
  const [refusal] = error instanceof ClientError ? (error.response.errors ?? []) : [];
  return refusal ?? { message: String(error), extensions: { effect: 'UNKNOWN' } };
}
