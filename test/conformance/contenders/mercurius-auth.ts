import { fastify } from 'fastify';
import { type ConstDirectiveNode, valueFromASTUntyped } from 'graphql';
import mercurius from 'mercurius';
import plugin from 'mercurius-auth';
import type { Caller, Contender } from '../contender.js';
import { type Directives, typeDefs, type World } from '../world.js';

const DIRECTIVE =
  'directive @auth(requires: [String!], and: String, owner: String, supplied: String) on OBJECT | FIELD_DEFINITION';

const RULES: Directives = {
  admin: '@auth(requires: ["admin"])',
  editorOrAuditor: '@auth(requires: ["editor", "auditor"])',
  auditorOrAdmin: '@auth(requires: ["auditor", "admin"])',
  supplied: { field: '@auth(requires: ["editor", "auditor"], supplied: "note")' },
  owner: '@auth(requires: ["editor", "auditor"], and: "admin", owner: "user")',
};

/** Its manual's "Directive (default) mode" with multiple roles, of which one suffices, without and with "Schema filtering". */
export const mercuriusAuth: Contender = {
  title: 'mercurius-auth',
  package: 'mercurius-auth',
  settings: { default: (world) => setUp(world, false), filterSchema: (world) => setUp(world, true) },
};

async function setUp({ resolvers }: World, filterSchema: boolean) {
  const app = fastify();
  await app.register(mercurius, { schema: DIRECTIVE + typeDefs(RULES), resolvers });
  await app.register(plugin.default, {
    authContext: ({ reply }) => JSON.parse(String(reply.request.headers['x-caller'])),
    applyPolicy: async (directive: ConstDirectiveNode, _parent, args, context) => {
      const { scopes, userId }: Caller = { scopes: [], ...context.auth };
      const given = (directive.arguments ?? []).map(({ name, value }) => [name.value, valueFromASTUntyped(value)]);
      const { requires, and, owner, supplied } = Object.fromEntries(given);
      if (owner !== undefined && args?.[owner] === userId) return true;
      if (supplied !== undefined && args?.by?.[supplied] === undefined) return true;
      return requires.some((scope: string) => scopes.includes(scope)) && (and === undefined || scopes.includes(and));
    },
    authDirective: 'auth',
    filterSchema,
  });
  await app.ready();
  return async (query: string, caller: Caller) => {
    const headers = { 'x-caller': JSON.stringify(caller) };
    return (await app.inject({ method: 'POST', url: '/graphql', headers, payload: { query } })).json();
  };
}
