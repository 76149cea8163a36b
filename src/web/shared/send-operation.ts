import type { GraphQLFormattedError } from 'graphql';

/** What comes back: for GraphQL over HTTP and over WebSocket alike. */
export interface GraphQLResult {
  data?: unknown;
  errors?: readonly GraphQLFormattedError[] | undefined;
}

export interface Operation {
  query: string;
  variables?: Record<string, unknown>;
  operationName?: string | null;
}

interface SendOptions {
  /** Sent as `Authorization: Bearer …`; undefined: anonymous. */
  token: string | undefined;
  signal?: AbortSignal;
}

/**
 * Sends one query or mutation and returns the answer, refusals included.
 *
 * What is no GraphQL answer, a server that is down or a proxy's page, becomes an answer with one error.
 *
 * @throws {DOMException} `AbortError`: the signal fired.
 */
export async function sendOperation(operation: Operation, { token, signal }: SendOptions): Promise<GraphQLResult> {
  let failure = 'The server did not answer.';
  try {
    const response = await fetch('/graphql', {
      method: 'POST',
      headers: {
        accept: 'application/graphql-response+json, application/json',
        'content-type': 'application/json',
        ...(token !== undefined && { authorization: `Bearer ${token}` }),
      },
      body: JSON.stringify(operation),
      signal: signal ?? null,
    });
    failure = `HTTP ${response.status}, without a GraphQL answer.`;
    return await response.json();
  } catch (error) {
    if (signal?.aborted) throw error;
    return { errors: [{ message: failure }] };
  }
}
