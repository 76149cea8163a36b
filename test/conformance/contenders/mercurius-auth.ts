import { fastify } from 'fastify';
import mercurius from 'mercurius';
import plugin from 'mercurius-auth';
import type { Contender } from '../contender.js';
import { typeDefs, type World } from '../world.js';

/** Its manual's "Directive (default) mode", without and with "Schema filtering". */
export const mercuriusAuth: Contender = {
  title: 'mercurius-auth',
  package: 'mercurius-auth',
  settings: { default: (world) => setUp(world, false), filterSchema: (world) => setUp(world, true) },
};

async function setUp({ resolvers }: World, filterSchema: boolean) {
  const app = fastify();
  await app.register(mercurius, {
    schema: `directive @auth(requires: String) on OBJECT | FIELD_DEFINITION ${typeDefs('@auth(requires: "admin")')}`,
    resolvers,
  });
  await app.register(plugin.default, {
    authContext: ({ reply }) => ({ scopes: String(reply.request.headers['x-scopes']).split(' ') }),
    applyPolicy: async (_directive, _parent, _args, context) => context.auth?.['scopes'].includes('admin'),
    authDirective: 'auth',
    filterSchema,
  });
  await app.ready();
  return async (query: string, scopes: readonly string[]) => {
    const headers = { 'x-scopes': scopes.join(' ') };
    return (await app.inject({ method: 'POST', url: '/graphql', headers, payload: { query } })).json();
  };
}
