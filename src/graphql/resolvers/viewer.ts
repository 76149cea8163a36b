import { authenticated } from '../../auth/principal.js';
import type { Resolvers } from '../generated.js';

export const resolvers: Pick<Resolvers, 'Viewer' | 'Query'> = {
  Query: {
    viewer: (_source, _args, { principal }) => authenticated(principal),
    requiredScopes: (_source, { document, operationName }, { readRequiredScopes }) =>
      readRequiredScopes(document, operationName ?? undefined),
  },
  Viewer: {
    user: async ({ userId }, _args, { reads }) => await reads.existingUser(userId),
    token: async (principal, _args, { reads }) =>
      principal.kind === 'APP' ? ((await reads.tokenById(principal.tokenId)) ?? null) : null,
  },
};
