import { makeExecutableSchema } from '@graphql-tools/schema';
import { execute, parse } from 'graphql';
import { type AuthorizedContext, compilePolicy, formatDenial } from '../../../src/policy/policy.js';
import type { Caller, Contender } from '../contender.js';
import { type Directives, typeDefs } from '../world.js';

const DIRECTIVES = /* GraphQL */ `
  directive @auth(scope: [Scope!], anyScope: [Scope!], owner: String, kind: CredentialKind)
    on FIELD_DEFINITION | OBJECT | INTERFACE | INPUT_FIELD_DEFINITION
  directive @public on FIELD_DEFINITION | OBJECT | INTERFACE
  enum CredentialKind { APP USER }
  enum Scope { ADMIN EDITOR AUDITOR }
`;

const RULES: Directives = {
  admin: '@auth(scope: ADMIN)',
  editorOrAuditor: '@auth(anyScope: [EDITOR, AUDITOR])',
  auditorOrAdmin: '@auth(anyScope: [AUDITOR, ADMIN])',
  supplied: { inputField: '@auth(anyScope: [EDITOR, AUDITOR])' },
  owner: '@auth(scope: ADMIN, anyScope: [EDITOR, AUDITOR], owner: "user")',
  open: '@public',
};

/** As the documentation of `compilePolicy` has it: decide, then execute. */
export const scrip: Contender = {
  title: 'Scrip',
  settings: {
    '': ({ resolvers }) => {
      const schema = makeExecutableSchema({ typeDefs: [DIRECTIVES, typeDefs(RULES)], resolvers });
      const policy = compilePolicy<AuthorizedContext & { readonly caller: Caller }>(schema, {
        caller: ({ caller: { userId, scopes } }) =>
          userId === undefined
            ? { kind: 'APP', scopes, name: 'the app token "test"' }
            : { kind: 'USER', userId, scopes, name: `the user ${userId}` },
        scopeLabel: (name) => name.toLowerCase(),
        owners: { 'Query.own(user:)': (users, { caller }) => users.map((user) => user === caller.userId) },
        onInternalError: () => {},
      });
      return async (source, caller) => {
        const document = parse(source);
        const context = { caller };
        const decision = await policy.decide({ document, context });
        if (decision.kind === 'DENIED') return { errors: decision.denials.map(formatDenial) };
        return await execute({ schema: policy.schema, document, contextValue: context });
      };
    },
  },
};
