/** Mercurius, the fastest of the peers, as its manual has it: jit, loaders, and mercurius-auth's directive. */
import Fastify from 'fastify';
import mercurius, { type IResolvers, type MercuriusContext, type MercuriusLoaders } from 'mercurius';
import mercuriusAuth from 'mercurius-auth';
import { typeDefs } from './schema.js';
import { openStatements, type Token, type User } from './statements.js';

const statements = openStatements(process.env['DATABASE_URL'] ?? '');

const resolvers: IResolvers = {
  Query: {
    user: async (_source, { by }: { by: { username: string } }) => (await statements.userByName(by.username)) ?? null,
    users: async (_source, { first, after }: { first: number; after: string | null }) => {
      const nodes = await statements.usersAfter(after ?? '', first);
      return { nodes, pageInfo: { endCursor: nodes.at(-1)?.username ?? null } };
    },
    leaderboard: async (_source: unknown, { first }: { first: number }) => ({ nodes: await statements.leaders(first) }),
  },
  User: {
    pointsHistory: async ({ id }: User, { first }: { first: number }) => ({
      nodes: await statements.entriesOf(id, first),
    }),
  },
  Mutation: {
    addPoints: async (_source, { input }: Change, context) => {
      const { username, points } = await change(input, input.points, context);
      return { message: `Successfully added ${input.points} points to ${username}`, points };
    },
    spendPoints: async (_source, { input }: Change, context) => {
      const { username, points } = await change(input, -input.points, context);
      return { message: `Successfully spent ${input.points} points of ${username}`, points };
    },
  },
};

interface Change {
  readonly input: {
    readonly user: { readonly username: string };
    readonly points: number;
    readonly idempotencyKey?: string;
  };
}

async function change({ user, idempotencyKey }: Change['input'], delta: number, context: MercuriusContext) {
  const tokenId = tokenIn(context)?.id ?? '';
  const changed = await statements.change({ username: user.username, delta, tokenId, idempotencyKey });
  if (changed === undefined) throw new mercurius.ErrorWithProps('There is no such user, or not enough points.');
  return changed;
}

/** What `authContext` has put there: its type knows no names. */
const tokenIn = ({ auth }: MercuriusContext) => auth?.['token'] as Token | undefined;

const loaders: MercuriusLoaders = {
  User: {
    posts: async (queries: { obj: User; params: { first: number } }[]) => {
      const first = Math.max(...queries.map(({ params }) => params.first));
      const posts = await statements.postsOf(
        queries.map(({ obj }) => obj.id),
        first,
      );
      return queries.map(({ obj, params }) => ({ nodes: posts.get(obj.id)?.slice(0, params.first) ?? [] }));
    },
  },
};

const app = Fastify();
app.register(mercurius, {
  schema: `directive @auth(scope: String!) on FIELD_DEFINITION ${typeDefs((scope) => `@auth(scope: "${scope}")`)}`,
  resolvers,
  loaders,
  jit: 1,
});
app.register(mercuriusAuth.default, {
  authDirective: 'auth',
  authContext: async ({ reply }) => ({ token: await statements.tokenOf(reply.request.headers.authorization) }),
  applyPolicy: async (directive, _parent, _args, context) => {
    const [scope] = directive.arguments ?? [];
    const token = tokenIn(context);
    if (token === undefined) return new mercurius.ErrorWithProps('Unauthenticated');
    return scope?.value.kind === 'StringValue' && token.scopes.includes(scope.value.value);
  },
});
await app.listen({ port: Number(process.env['PORT']), host: '127.0.0.1' });
