import { makeExecutableSchema } from '@graphql-tools/schema';
import type { GraphQLSchema } from 'graphql';
import { SCOPES, scopeName } from '../auth/scope.js';
import { withIdempotencyHeader } from './idempotency-key.js';
import { readSchemaFiles } from './read-schema-files.js';
import { resolvers as audit } from './resolvers/audit.js';
import { resolvers as points } from './resolvers/points.js';
import { resolvers as pointsEntries } from './resolvers/points-entries.js';
import { resolvers as pointsHolds } from './resolvers/points-holds.js';
import { resolvers as pointsTransfers } from './resolvers/points-transfers.js';
import { resolvers as posts } from './resolvers/posts.js';
import { resolvers as sessions } from './resolvers/sessions.js';
import { resolvers as tokens } from './resolvers/tokens.js';
import { resolvers as users } from './resolvers/users.js';
import { resolvers as auth } from './resolvers/viewer.js';
import { resolvers as webhooks } from './resolvers/webhooks.js';
import { scalars } from './scalars.js';

/** The scopes' values in the code are their spelling outside GraphQL. */
const enums = { Scope: Object.fromEntries(SCOPES.map((scope) => [scopeName(scope), scope])) };

const ofPoints = [points, pointsEntries, pointsHolds, pointsTransfers];

/** The schema with its resolvers, before any policy: never to be executed as it is. */
export function buildSchema(): GraphQLSchema {
  const schema = makeExecutableSchema({
    typeDefs: readSchemaFiles(),
    resolvers: [scalars, enums, audit, auth, ...ofPoints, posts, sessions, tokens, users, webhooks],
    resolverValidationOptions: { requireResolversToMatchSchema: 'error' },
  });
  return withIdempotencyHeader(schema);
}
