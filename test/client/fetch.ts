import { print } from 'graphql';
import { SpendDocument, type SpendMutation, type SpendPointsInput } from './generated.js';

export interface Api {
  readonly url: string;
  readonly token: string;
}

/** An error in a response. */
export interface Refusal {
  readonly message: string;
  readonly extensions?: Readonly<Record<string, unknown>>;
}

export type Outcome = { readonly points: number } | { readonly refusal: Refusal };

/**
 * Spends points, and retries if the connection fails. Every attempt sends the same idempotency key, so the points are spent
 * only once. Create the key when the user decides to buy, and keep it until you have the outcome.
 */
export async function spend(api: Api, input: SpendPointsInput & { idempotencyKey: string }): Promise<Outcome> {
  for (let attempt = 1; ; attempt++) {
    const { data, errors = [] } = await send<SpendMutation>(api, { query: print(SpendDocument), variables: { input } });
    if (data?.spendPoints) return { points: data.spendPoints.points };
    const [refusal = NO_RESPONSE] = errors;
    if (!isRetryable(refusal)) return { refusal };
    if (attempt === 6) throw new Error(refusal.message); // try again later, with the same key
    await new Promise((resolve) => setTimeout(resolve, retryDelay(refusal, attempt)));
  }
}

/** Whether to send the same request again. A final refusal, such as INSUFFICIENT_POINTS, would be repeated. */
export function isRetryable({ extensions = {} }: Refusal): boolean {
  return extensions['effect'] === 'UNKNOWN' || extensions['retryAfterSeconds'] !== undefined;
}

/** In milliseconds: what the server asks for, plus a random time that grows, so that clients do not all retry at once. */
export function retryDelay({ extensions = {} }: Refusal, attempt: number): number {
  return Number(extensions['retryAfterSeconds'] ?? 0) * 1_000 + Math.random() * 100 * 2 ** attempt;
}

export interface Response<Data> {
  readonly data?: Data | null;
  readonly errors?: readonly Refusal[];
}

/** Sends an operation; without a token, anonymously. */
export async function send<Data>(
  { url, token }: Partial<Api> & Pick<Api, 'url'>,
  operation: object,
): Promise<Response<Data>> {
  try {
    const response = await fetch(url, {
      method: 'POST',
      headers: { 'content-type': 'application/json', ...(token && { authorization: `Bearer ${token}` }) },
      body: JSON.stringify(operation),
      signal: AbortSignal.timeout(10_000),
    });
    return await response.json();
  } catch {
    return { errors: [NO_RESPONSE] }; // no connection, a broken one, or an error page of a proxy
  }
}

const NO_RESPONSE: Refusal = { message: 'The server did not respond.', extensions: { effect: 'UNKNOWN' } };
