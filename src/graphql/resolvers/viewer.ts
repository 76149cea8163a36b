import { authenticated } from '../../auth/principal.js';
import type { Resolvers } from '../generated.js';

export const resolvers: Pick<Resolvers, 'Viewer' | 'Query'> = {
  Query: {
    viewer: (_source, _args, { request }) => authenticated(request.principal),
    requiredScopes: (_source, { document, operationName }, { services }) =>
      services.readRequiredScopes(document, operationName ?? undefined),
  },
  Viewer: {
    user: async ({ userId }, _args, { services: { reads } }) => await reads.existingUser(userId),
    token: async (principal, _args, { services: { reads } }) =>
      principal.kind === 'APP' ? ((await reads.tokenById(principal.tokenId)) ?? null) : null,
  },
};
