import { makeExecutableSchema } from '@graphql-tools/schema';
import { graphql } from 'graphql';
import { applyMiddleware } from 'graphql-middleware';
import { and, or, rule, shield } from 'graphql-shield';
import type { Contender } from '../contender.js';
import { typeDefs } from '../world.js';

/** Its manual's rule map beside the schema, with contextual rules that read the caller's scopes, and its `and` and `or`. */
export const graphqlShield: Contender = {
  title: 'graphql-shield',
  package: 'graphql-shield',
  settings: {
    '': ({ resolvers }) => {
      const holds = (scope: string) =>
        rule({ cache: 'contextual' })((_parent, _args, { scopes }) => scopes.includes(scope));
      const [isAdmin, isEditor, isAuditor] = [holds('admin'), holds('editor'), holds('auditor')];
      const isOwner = rule({ cache: 'strict' })((_parent, { user }, { userId }) => user === userId);
      const isNoteLeftOut = rule({ cache: 'strict' })((_parent, { by }) => by.note === undefined);
      const permissions = shield({
        Query: {
          field: isAdmin,
          req: isAdmin,
          choice: or(isEditor, isAuditor),
          search: or(isNoteLeftOut, isEditor, isAuditor),
          own: or(isOwner, and(isAdmin, or(isEditor, isAuditor))),
        },
        Priv: isAdmin,
        Pub: { secret: isAdmin },
        I2: { v: isAdmin },
        Report: { title: or(isEditor, isAuditor) },
        Ledger: { total: and(or(isEditor, isAuditor), or(isAuditor, isAdmin)) },
      });
      const schema = applyMiddleware(makeExecutableSchema({ typeDefs: typeDefs({}), resolvers }), permissions);
      return async (source, caller) => await graphql({ schema, source, contextValue: { ...caller } });
    },
  },
};
