import type { GraphiQLProps } from 'graphiql';
import { getOperationAST } from 'graphql';
import { sendOperation } from '../shared/send-operation.js';
import { bearerToken } from './bearer-token.js';
import { subscribe } from './subscribe.js';

/**
 * Runs GraphiQL's operations with the token of the panel: subscriptions over WebSocket, queries and mutations over HTTP.
 *
 * The cast is safe because GraphiQL only prints responses: its type asks for `GraphQLError`, and these are formatted
 * errors.
 */
export const fetcher = (async (operation, { documentAST } = {}) => {
  // The schema is public, but an invalid token is rejected everywhere. Without it the documentation always loads.
  if (operation.operationName === 'IntrospectionQuery') return sendOperation(operation, { token: undefined });

  const token = bearerToken.get();
  const kind = documentAST && getOperationAST(documentAST, operation.operationName)?.operation;
  return kind === 'subscription' ? subscribe(operation, token) : sendOperation(operation, { token });
}) as GraphiQLProps['fetcher'];
