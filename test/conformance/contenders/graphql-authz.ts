import { directiveTypeDefs, preExecRule, wrapExecuteFn } from '@graphql-authz/core';
import { authZDirective, authZGraphQLDirective } from '@graphql-authz/directive';
import { makeExecutableSchema } from '@graphql-tools/schema';
import { execute, GraphQLError, parse } from 'graphql';
import type { Caller, Contender } from '../contender.js';
import { type Directives, typeDefs } from '../world.js';

const holds = (scope: string) => preExecRule()(({ scopes }: Caller) => scopes.includes(scope));
const rules = {
  Admin: holds('admin'),
  Editor: holds('editor'),
  Auditor: holds('auditor'),
  Owner: preExecRule()(({ userId }: Caller, { user }: { user: string }) => user === userId),
  NoteLeftOut: preExecRule()((_caller: Caller, { by }: { by: { note?: string | null } }) => by.note === undefined),
};

const RULES: Directives = {
  admin: '@authz(rules: [Admin])',
  editorOrAuditor: '@authz(compositeRules: [{ or: [Editor, Auditor] }])',
  auditorOrAdmin: '@authz(compositeRules: [{ or: [Auditor, Admin] }])',
  supplied: { field: '@authz(compositeRules: [{ or: [NoteLeftOut, Editor, Auditor] }])' },
  owner: `@authz(
    deepCompositeRules: [{ or: [{ id: Owner }, { and: [{ id: Admin }, { or: [{ id: Editor }, { id: Auditor }] }] }] }]
  )`,
};

/**
 * Its manual's directive and wrapped `execute`, with rules before execution, as no result is needed to know a scope, and with
 * its composite rules.
 */
export const graphqlAuthz: Contender = {
  title: 'graphql-authz',
  package: '@graphql-authz/core',
  settings: {
    '': ({ resolvers }) => {
      const directive = directiveTypeDefs(authZGraphQLDirective(rules));
      const schema = authZDirective().authZDirectiveTransformer(
        makeExecutableSchema({ typeDefs: [directive, typeDefs(RULES)], resolvers }),
      );
      const run = wrapExecuteFn(execute, { rules });
      return async (source, caller) => {
        try {
          return await run({ schema, document: parse(source), contextValue: { ...caller } });
        } catch (error) {
          if (!(error instanceof GraphQLError && error.extensions['code'] === 'FORBIDDEN')) throw error;
          return { errors: [error] };
        }
      };
    },
  },
};
