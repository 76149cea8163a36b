import { type ApolloServer, HeaderMap } from '@apollo/server';
import type { GraphQLFormattedError } from 'graphql';
import type { ErrorCode } from '../errors.js';
import type { Context } from './context.js';

/** An operation as it is run. */
export interface Operation {
  readonly query: string;
  readonly operationName?: string;
  readonly variables: Record<string, unknown>;
}

/** A response that is not delivered in parts, with the headers that belong to it. */
export interface OperationResponse {
  readonly headers: HeaderMap;
  readonly result: {
    readonly data?: Readonly<Record<string, unknown>> | null | undefined;
    readonly errors?: readonly GraphQLFormattedError[] | undefined;
  };
}

/**
 * Parses, validates, judges and runs an operation. The text was checked before it is given to this; fragments that spread
 * each other in circles can still take validation deeper than the stack goes, and are refused for it.
 */
export async function executeOperation(
  apollo: ApolloServer<Context>,
  operation: Operation,
  context: Context,
): Promise<OperationResponse> {
  try {
    const { body, http } = await apollo.executeOperation(operation, { contextValue: context });
    if (body.kind !== 'single') throw new Error('Nothing here is delivered in parts.');
    return { headers: http.headers, result: body.singleResult };
  } catch (error) {
    if (context.trace.hasOverflowed !== true) throw error;
    const extensions = { code: 'OPERATION_TOO_COMPLEX' satisfies ErrorCode };
    return { headers: new HeaderMap(), result: { errors: [{ message: NESTS_TOO_DEEP, extensions }] } };
  }
}

export const NESTS_TOO_DEEP = 'The document nests too deep to be validated. Use fewer fragments.';

/** How V8 says it. */
export function isStackOverflow(error: unknown): boolean {
  return error instanceof RangeError && error.message === 'Maximum call stack size exceeded';
}
