import { preExecRule, wrapExecuteFn } from '@graphql-authz/core';
import { authZDirective } from '@graphql-authz/directive';
import { makeExecutableSchema } from '@graphql-tools/schema';
import { execute, GraphQLError, parse } from 'graphql';
import type { Contender } from '../contender.js';
import { typeDefs } from '../world.js';

/** Its manual's directive and wrapped `execute`, with a rule before execution: no result is needed to know a scope. */
export const graphqlAuthz: Contender = {
  title: 'graphql-authz',
  package: '@graphql-authz/core',
  settings: {
    '': ({ resolvers }) => {
      const rules = { Admin: preExecRule()((context: { scopes: string[] }) => context.scopes.includes('admin')) };
      const directive = /* GraphQL */ `
        enum AuthZRules { Admin }
        directive @authz(rules: [AuthZRules]) on FIELD_DEFINITION | OBJECT | INTERFACE
      `;
      const schema = authZDirective().authZDirectiveTransformer(
        makeExecutableSchema({ typeDefs: [directive, typeDefs('@authz(rules: [Admin])')], resolvers }),
      );
      const run = wrapExecuteFn(execute, { rules });
      return async (source, scopes) => {
        try {
          return await run({ schema, document: parse(source), contextValue: { scopes } });
        } catch (error) {
          if (!(error instanceof GraphQLError && error.extensions['code'] === 'FORBIDDEN')) throw error;
          return { errors: [error] };
        }
      };
    },
  },
};
