import { envelop, useEngine, useSchema } from '@envelop/core';
import { REQUIRES_SCOPES_DIRECTIVE_SDL, useGenericAuth } from '@envelop/generic-auth';
import { makeExecutableSchema } from '@graphql-tools/schema';
import * as engine from 'graphql';
import type { Contender } from '../contender.js';
import { typeDefs, type World } from '../world.js';

/** Its manual's "Granular field access" with "scope based authentication"; denied fields reject the request or become null. */
export const genericAuth: Contender = {
  title: 'generic-auth',
  package: '@envelop/generic-auth',
  settings: { rejecting: (world) => setUp(world, true), filtering: (world) => setUp(world, false) },
};

interface Caller {
  readonly scopes: readonly string[];
}

function setUp({ resolvers }: World, rejectUnauthenticated: boolean) {
  const rule = '@requiresScopes(scopes: [["admin"]])';
  const schema = makeExecutableSchema({ typeDefs: [REQUIRES_SCOPES_DIRECTIVE_SDL, typeDefs(rule)], resolvers });
  const getEnveloped = envelop({
    plugins: [
      useEngine(engine),
      useSchema(schema),
      useGenericAuth({
        mode: 'protect-granular',
        resolveUserFn: ({ scopes }: Caller) => ({ scope: scopes.join(' ') }),
        rejectUnauthenticated,
      }),
    ],
  });
  return async (source: string, scopes: readonly string[]) => {
    const { parse, validate, contextFactory, execute, schema } = getEnveloped({ scopes });
    const document = parse(source);
    const errors = validate(schema, document);
    if (errors.length > 0) return { errors };
    return await execute({ schema, document, contextValue: await contextFactory() });
  };
}
