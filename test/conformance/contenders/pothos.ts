import SchemaBuilder from '@pothos/core';
import ScopeAuthPlugin from '@pothos/plugin-scope-auth';
import { graphql } from 'graphql';
import type { Contender } from '../contender.js';
import type { World } from '../world.js';

/** Its manual's "authScopes" on fields and types, without and with `runScopesOnType`. */
export const pothos: Contender = {
  title: 'Pothos scope-auth',
  package: '@pothos/plugin-scope-auth',
  settings: { default: (world) => setUp(world, false), runScopesOnType: (world) => setUp(world, true) },
};

interface Thing {
  readonly id: string;
  readonly secret: string;
}

/** The world's schema by hand: Pothos knows no SDL. */
function setUp({ resolvers: { Query, Mutation } }: World, runScopesOnType: boolean) {
  const builder = new SchemaBuilder<{ Context: { scopes: readonly string[] }; AuthScopes: { admin: boolean } }>({
    plugins: [ScopeAuthPlugin],
    scopeAuth: {
      authorizeOnSubscribe: true,
      runScopesOnType,
      authScopes: ({ scopes }) => ({ admin: scopes.includes('admin') }),
    },
  });
  const rule = { authScopes: { admin: true } };
  const string = { type: 'String', nullable: true } as const;

  const Node = builder.interfaceRef<Thing>('Node').implement({
    fields: (t) => ({
      id: t.exposeID('id', { nullable: false }),
      secret: t.exposeString('secret', { nullable: true }),
    }),
  });
  const Priv = builder.objectRef<Thing>('Priv').implement({ interfaces: [Node], ...rule });
  const Pub = builder.objectRef<Thing>('Pub').implement({
    interfaces: [Node],
    fields: (t) => ({ secret: t.exposeString('secret', { nullable: true, ...rule }) }),
  });
  const I2 = builder.interfaceRef<{ v: string }>('I2').implement({
    fields: (t) => ({ v: t.exposeString('v', { nullable: true, ...rule }) }),
  });
  const A2 = builder.objectRef<{ v: string }>('A2').implement({ interfaces: [I2] });
  const U = builder.unionType('U', { types: [Priv, Pub] });

  builder.queryType({
    fields: (t) => ({
      open: t.field({ ...string, resolve: Query.open }),
      field: t.field({ ...string, ...rule, resolve: Query.field }),
      req: t.field({ type: 'String', nullable: false, ...rule, resolve: Query.req }),
      node: t.field({ type: Node, nullable: true, resolve: Query.node }),
      pubNode: t.field({ type: Node, nullable: true, resolve: Query.pubNode }),
      u: t.field({ type: U, nullable: true, resolve: Query.u }),
      i2: t.field({ type: I2, nullable: true, resolve: Query.i2 }),
      a2: t.field({ type: A2, nullable: true, resolve: Query.a2 }),
      priv: t.field({ type: Priv, nullable: true, resolve: Query.priv }),
      privs: t.field({ type: [Priv], nullable: true, resolve: Query.privs }),
    }),
  });
  builder.mutationType({
    fields: (t) => ({ makePriv: t.field({ type: Priv, nullable: true, resolve: Mutation.makePriv }) }),
  });
  const schema = builder.toSchema();
  return async (source: string, scopes: readonly string[]) =>
    await graphql({ schema, source, contextValue: { scopes } });
}
