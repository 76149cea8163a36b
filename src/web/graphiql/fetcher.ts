import type { GraphiQLProps } from 'graphiql';
import { getOperationAST } from 'graphql';
import { sendOperation } from '../shared/send-operation.js';
import { bearerToken } from './bearer-token.js';
import { subscribe } from './subscribe.js';

/**
 * Runs GraphiQL's operations with the token of the panel: subscriptions over WebSocket, all else over HTTP.
 *
 * The cast is safe because GraphiQL only prints answers: its type asks for errors as a server throws them, and these
 * are errors as a client reads them.
 */
export const fetcher = (async (operation, { documentAST } = {}) => {
  // The schema is public, but a bad token is refused everywhere: without it the documentation stays readable.
  if (operation.operationName === 'IntrospectionQuery') return sendOperation(operation, { token: undefined });

  const token = bearerToken.get();
  const kind = documentAST && getOperationAST(documentAST, operation.operationName)?.operation;
  return kind === 'subscription' ? subscribe(operation, token) : sendOperation(operation, { token });
}) as GraphiQLProps['fetcher'];
