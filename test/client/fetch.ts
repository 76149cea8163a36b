import { print } from 'graphql';
import { SpendDocument, type SpendMutation, type SpendPointsInput } from './generated.js';

export interface Api {
  readonly url: string;
  readonly token: string;
}

/** An error of an answer. */
export interface Refusal {
  readonly message: string;
  readonly extensions?: Readonly<Record<string, unknown>>;
}

export type Outcome = { readonly points: number } | { readonly refusal: Refusal };

/**
 * Spends points, however bad the connection is. The key names the purchase and not the try, so that it happens once
 * however often it is sent: make it when the user decides, keep it until you have the outcome.
 */
export async function spend(api: Api, input: SpendPointsInput & { idempotencyKey: string }): Promise<Outcome> {
  for (let tries = 1; ; tries++) {
    const { data, errors = [] } = await send<SpendMutation>(api, { query: print(SpendDocument), variables: { input } });
    if (data?.spendPoints) return { points: data.spendPoints.points };
    const [refusal = NO_ANSWER] = errors;
    if (!isOpen(refusal)) return { refusal };
    if (tries === 6) throw new Error(refusal.message); // and later again, with the same key
    await new Promise((resolve) => setTimeout(resolve, pauseBefore(refusal, tries)));
  }
}

/** Whether the same is to be sent again. What is refused for good, such as INSUFFICIENT_POINTS, stays refused. */
export function isOpen({ extensions = {} }: Refusal): boolean {
  return extensions['effect'] === 'UNKNOWN' || extensions['retryAfterSeconds'] !== undefined;
}

/** In milliseconds: as the server says, and more each time, so that not all clients come back at once. */
export function pauseBefore({ extensions = {} }: Refusal, tries: number): number {
  return Number(extensions['retryAfterSeconds'] ?? 0) * 1_000 + Math.random() * 100 * 2 ** tries;
}

export interface Response<Data> {
  readonly data?: Data | null;
  readonly errors?: readonly Refusal[];
}

/** Sends an operation, anonymously where there is no token. */
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
    return { errors: [NO_ANSWER] }; // no connection, a broken one, or the page of a proxy
  }
}

const NO_ANSWER: Refusal = { message: 'The server did not answer.', extensions: { effect: 'UNKNOWN' } };
