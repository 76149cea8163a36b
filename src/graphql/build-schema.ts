import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { makeExecutableSchema } from '@graphql-tools/schema';
import type { GraphQLSchema } from 'graphql';
import { resolvers as auth } from '../auth/resolvers.js';
import { SCOPES, scopeName } from '../auth/scope.js';
import { resolvers as points } from '../points/resolvers.js';
import { resolvers as posts } from '../posts/resolvers.js';
import { resolvers as tokens } from '../tokens/resolvers.js';
import { resolvers as users } from '../users/resolvers.js';
import { scalars } from './scalars.js';

const folder = fileURLToPath(new URL('../../schema', import.meta.url));

/** The scopes' values in the code are their spelling outside GraphQL. */
const enums = { Scope: Object.fromEntries(SCOPES.map((scope) => [scopeName(scope), scope])) };

/** The schema with its resolvers, before any policy: never to be executed as it is. */
export function buildSchema(): GraphQLSchema {
  return makeExecutableSchema({
    typeDefs: readSchemaFiles(),
    resolvers: [scalars, enums, auth, points, posts, tokens, users],
    resolverValidationOptions: { requireResolversToMatchSchema: 'error' },
  });
}

/** The files of `schema/`, in the order of their names. */
function readSchemaFiles(): string[] {
  return readdirSync(folder)
    .filter((name) => name.endsWith('.graphql'))
    .sort()
    .map((name) => readFileSync(`${folder}/${name}`, 'utf8'));
}
