import { makeExecutableSchema } from '@graphql-tools/schema';
import type { GraphQLSchema } from 'graphql';
import { resolvers as audit } from '../audit/resolvers.js';
import { resolvers as auth } from '../auth/resolvers.js';
import { SCOPES, scopeName } from '../auth/scope.js';
import { resolvers as points } from '../points/resolvers.js';
import { resolvers as posts } from '../posts/resolvers.js';
import { resolvers as sessions } from '../sessions/resolvers.js';
import { resolvers as tokens } from '../tokens/resolvers.js';
import { resolvers as users } from '../users/resolvers.js';
import { withIdempotencyHeader } from './idempotency-header.js';
import { readSchemaFiles } from './read-schema-files.js';
import { scalars } from './scalars.js';

/** The scopes' values in the code are their spelling outside GraphQL. */
const enums = { Scope: Object.fromEntries(SCOPES.map((scope) => [scopeName(scope), scope])) };

/** The schema with its resolvers, before any policy: never to be executed as it is. */
export function buildSchema(): GraphQLSchema {
  const schema = makeExecutableSchema({
    typeDefs: readSchemaFiles(),
    resolvers: [scalars, enums, audit, auth, points, posts, sessions, tokens, users],
    resolverValidationOptions: { requireResolversToMatchSchema: 'error' },
  });
  return withIdempotencyHeader(schema);
}
