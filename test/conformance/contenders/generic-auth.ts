import { envelop, useEngine, useSchema } from '@envelop/core';
import {
  defaultProtectSingleValidateFn,
  REQUIRES_SCOPES_DIRECTIVE_SDL,
  useGenericAuth,
  type ValidateUserFn,
} from '@envelop/generic-auth';
import { makeExecutableSchema } from '@graphql-tools/schema';
import * as engine from 'graphql';
import type { Caller, Contender } from '../contender.js';
import { type Directives, typeDefs, type World } from '../world.js';

/**
 * Its manual's "Granular field access" with "scope based authentication", and a custom `validateUser` for what depends on
 * arguments; denied fields reject the request or become null.
 */
export const genericAuth: Contender = {
  title: 'generic-auth',
  package: '@envelop/generic-auth',
  settings: { rejecting: (world) => setUp(world, true), filtering: (world) => setUp(world, false) },
};

const DIRECTIVES = `
  ${REQUIRES_SCOPES_DIRECTIVE_SDL}
  directive @exceptOwner(argument: String!) on FIELD_DEFINITION
  directive @ifSupplied(inputField: String!) on FIELD_DEFINITION
`;

const RULES: Directives = {
  admin: '@requiresScopes(scopes: [["admin"]])',
  editorOrAuditor: '@requiresScopes(scopes: [["editor"], ["auditor"]])',
  auditorOrAdmin: '@requiresScopes(scopes: [["auditor"], ["admin"]])',
  supplied: { field: '@requiresScopes(scopes: [["editor"], ["auditor"]]) @ifSupplied(inputField: "note")' },
  owner: '@requiresScopes(scopes: [["admin", "editor"], ["admin", "auditor"]]) @exceptOwner(argument: "user")',
};

/** Its own validation, except where a directive of the project says when a field needs none. */
const validateUser: ValidateUserFn<Caller> = (params) => {
  const { user, field, fieldNode, fieldDirectives = {}, executionArgs } = params;
  const owner = fieldDirectives['exceptOwner']?.[0]?.['argument'];
  const supplied = fieldDirectives['ifSupplied']?.[0]?.['inputField'];
  const values = engine.getArgumentValues(field, fieldNode, executionArgs.variableValues);
  if (owner !== undefined && values[owner] === user.userId) return;
  if (supplied !== undefined && Object(values['by'])[supplied] === undefined) return;
  return defaultProtectSingleValidateFn(params);
};

function setUp({ resolvers }: World, rejectUnauthenticated: boolean) {
  const schema = makeExecutableSchema({ typeDefs: [DIRECTIVES, typeDefs(RULES)], resolvers });
  const getEnveloped = envelop({
    plugins: [
      useEngine(engine),
      useSchema(schema),
      useGenericAuth({
        mode: 'protect-granular',
        resolveUserFn: ({ scopes, userId }: Caller) => ({ scopes, ...(userId !== undefined && { userId }) }),
        extractScopes: ({ scopes }) => [...scopes],
        validateUser,
        rejectUnauthenticated,
      }),
    ],
  });
  return async (source: string, caller: Caller) => {
    const { parse, validate, contextFactory, execute, schema } = getEnveloped({ ...caller });
    const document = parse(source);
    const errors = validate(schema, document);
    if (errors.length > 0) return { errors };
    return await execute({ schema, document, contextValue: await contextFactory() });
  };
}
