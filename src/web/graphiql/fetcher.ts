import type { GraphiQLProps } from 'graphiql';
import { getOperationAST } from 'graphql';
import { sendOperation } from '../shared/send-operation.js';
import type { BearerToken } from './bearer-token.js';
import { subscribe } from './subscribe.js';

/** Creates GraphiQL's fetcher: it runs subscriptions over WebSocket, queries and mutations over HTTP, with this token. */
export function createFetcher(bearerToken: BearerToken): GraphiQLProps['fetcher'] {
  // Safe: GraphiQL only prints responses. Its type asks for `GraphQLError`, and these are formatted errors.
  return (async (operation, { documentAST } = {}) => {
    // The schema is public, but an invalid token is rejected everywhere. Without it the documentation always loads.
    if (operation.operationName === 'IntrospectionQuery') return sendOperation(operation, { token: undefined });

    const token = bearerToken.get();
    const kind = documentAST && getOperationAST(documentAST, operation.operationName)?.operation;
    return kind === 'subscription' ? subscribe(operation, token) : sendOperation(operation, { token });
  }) as GraphiQLProps['fetcher'];
}
