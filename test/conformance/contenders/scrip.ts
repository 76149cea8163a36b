import { makeExecutableSchema } from '@graphql-tools/schema';
import { execute, parse } from 'graphql';
import { type AuthorizedContext, compilePolicy, formatDenial } from '../../../src/policy/policy.js';
import type { Contender } from '../contender.js';
import { typeDefs } from '../world.js';

const DIRECTIVES = /* GraphQL */ `
  directive @auth(scope: [Scope!], owner: String, kind: CredentialKind) on FIELD_DEFINITION | OBJECT | INTERFACE
  directive @public on FIELD_DEFINITION | OBJECT | INTERFACE
  enum CredentialKind { APP USER }
  enum Scope { ADMIN }
`;

/** As the documentation of `compilePolicy` has it: decide, then execute. */
export const scrip: Contender = {
  title: 'Scrip',
  settings: {
    '': ({ resolvers }) => {
      const schema = makeExecutableSchema({
        typeDefs: [DIRECTIVES, typeDefs('@auth(scope: ADMIN)', '@public')],
        resolvers,
      });
      const policy = compilePolicy<AuthorizedContext & { readonly scopes: readonly string[] }>(schema, {
        caller: ({ scopes }) => ({ kind: 'APP', scopes, name: 'the app token "test"' }),
        scopeLabel: (name) => name.toLowerCase(),
        owners: {},
        onInternalError: () => {},
      });
      return async (source, scopes) => {
        const document = parse(source);
        const context = { scopes };
        const decision = await policy.decide({ document, context });
        if (decision.kind === 'DENIED') return { errors: decision.denials.map(formatDenial) };
        return await execute({ schema: policy.schema, document, contextValue: context });
      };
    },
  },
};
