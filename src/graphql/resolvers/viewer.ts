import { authenticated } from '../../auth/principal.js';
import type { Resolvers } from '../generated.js';
import { createSelects } from './selected-fields.js';

const selectsPoints = createSelects('points');

export const resolvers: Pick<Resolvers, 'Viewer' | 'Query'> = {
  Query: {
    viewer: (_source, _args, { request }) => authenticated(request.principal),
    requiredScopes: (_source, { document, operationName }, { services }, { operation: askedBy }) =>
      services.readRequiredScopes({ document, operationName: operationName ?? undefined, askedBy }),
  },
  Viewer: {
    user: async ({ userId }, _args, { services: { reads } }, info) =>
      await (selectsPoints(info) ? reads.withPoints : reads).existingUser(userId),
    token: async (principal, _args, { services: { reads } }) =>
      principal.kind === 'APP' ? ((await reads.tokenById(principal.tokenId)) ?? null) : null,
  },
};
