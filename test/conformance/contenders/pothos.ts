import SchemaBuilder from '@pothos/core';
import ScopeAuthPlugin from '@pothos/plugin-scope-auth';
import { graphql } from 'graphql';
import type { Caller, Contender } from '../contender.js';
import type { World } from '../world.js';

/** Its manual's "authScopes" on fields and types, as functions where arguments matter, without and with `runScopesOnType`. */
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
  const builder = new SchemaBuilder<{
    Context: Caller;
    AuthScopes: { admin: boolean; editor: boolean; auditor: boolean };
  }>({
    plugins: [ScopeAuthPlugin],
    scopeAuth: {
      authorizeOnSubscribe: true,
      runScopesOnType,
      authScopes: ({ scopes }) => ({
        admin: scopes.includes('admin'),
        editor: scopes.includes('editor'),
        auditor: scopes.includes('auditor'),
      }),
    },
  });
  const rule = { authScopes: { admin: true } };
  const editorOrAuditor = { editor: true, auditor: true };
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

  const Titled = builder.interfaceRef<{ title: string }>('Titled').implement({
    fields: (t) => ({ title: t.exposeString('title', { nullable: true }) }),
  });
  builder.objectRef<{ title: string }>('Report').implement({
    interfaces: [Titled],
    fields: (t) => ({ title: t.exposeString('title', { nullable: true, authScopes: editorOrAuditor }) }),
  });
  const Ledger = builder.objectRef<{ total: string }>('Ledger').implement({
    authScopes: editorOrAuditor,
    fields: (t) => ({ total: t.exposeString('total', { nullable: true, authScopes: { auditor: true, admin: true } }) }),
  });
  const By = builder.inputType('By', { fields: (t) => ({ note: t.string() }) });

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
      choice: t.field({ ...string, authScopes: editorOrAuditor, resolve: Query.choice }),
      titled: t.field({ type: Titled, nullable: true, resolve: Query.titled }),
      search: t.field({
        ...string,
        args: { by: t.arg({ type: By, required: true }) },
        authScopes: (_parent, { by }) => by.note === undefined || editorOrAuditor,
        resolve: Query.search,
      }),
      own: t.field({
        ...string,
        args: { user: t.arg.id({ required: true }) },
        authScopes: (_parent, { user }, { userId }) =>
          user === userId || { $all: { admin: true, $any: editorOrAuditor } },
        resolve: Query.own,
      }),
      ledger: t.field({ type: Ledger, nullable: true, resolve: Query.ledger }),
    }),
  });
  builder.mutationType({
    fields: (t) => ({ makePriv: t.field({ type: Priv, nullable: true, resolve: Mutation.makePriv }) }),
  });
  const schema = builder.toSchema();
  return async (source: string, caller: Caller) => await graphql({ schema, source, contextValue: { ...caller } });
}
