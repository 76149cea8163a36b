import { makeExecutableSchema } from '@graphql-tools/schema';
import { graphql } from 'graphql';
import { applyMiddleware } from 'graphql-middleware';
import { rule, shield } from 'graphql-shield';
import type { Contender } from '../contender.js';
import { typeDefs } from '../world.js';

/** Its manual's rule map beside the schema, with a contextual rule that reads the caller's scopes. */
export const graphqlShield: Contender = {
  title: 'graphql-shield',
  package: 'graphql-shield',
  settings: {
    '': ({ resolvers }) => {
      const isAdmin = rule({ cache: 'contextual' })((_parent, _args, { scopes }) => scopes.includes('admin'));
      const permissions = shield({
        Query: { field: isAdmin, req: isAdmin },
        Priv: isAdmin,
        Pub: { secret: isAdmin },
        I2: { v: isAdmin },
      });
      const schema = applyMiddleware(makeExecutableSchema({ typeDefs: typeDefs(''), resolvers }), permissions);
      return async (source, scopes) => await graphql({ schema, source, contextValue: { scopes } });
    },
  },
};
