import type { GraphQLFormattedError } from 'graphql';
import { basePath } from './base-path.js';

/** The result of an operation, over HTTP or WebSocket. */
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
 * Sends a query or mutation and returns its result, errors included.
 *
 * Anything else, such as no response or a proxy's error page, becomes a result with one error.
 *
 * @throws {DOMException} `AbortError`: the signal fired.
 */
export async function sendOperation(operation: Operation, { token, signal }: SendOptions): Promise<GraphQLResult> {
  let failure = 'The server did not respond.';
  try {
    const response = await fetch(`${basePath}/graphql`, {
      method: 'POST',
      headers: {
        accept: 'application/graphql-response+json, application/json',
        'content-type': 'application/json',
        ...(token !== undefined && { authorization: `Bearer ${token}` }),
      },
      body: JSON.stringify(operation),
      signal: signal ?? null,
    });
    failure = `The server responded with HTTP ${response.status} and no GraphQL result.`;
    return await response.json();
  } catch (error) {
    if (signal?.aborted) throw error;
    return { errors: [{ message: failure }] };
  }
}
