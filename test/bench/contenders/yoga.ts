/** GraphQL Yoga on `node:http`, with the generic-auth plugin and DataLoader, as its manual has it. */
import { createServer } from 'node:http';
import { useGenericAuth } from '@envelop/generic-auth';
import DataLoader from 'dataloader';
import { createGraphQLError, createSchema, createYoga, type YogaInitialContext } from 'graphql-yoga';
import { typeDefs } from './schema.js';
import { openStatements, type Post, type Token, type User } from './statements.js';

interface Context extends YogaInitialContext {
  readonly currentUser: Token;
  readonly postsOf: DataLoader<{ author: string; first: number }, Post[]>;
}

interface Change {
  readonly input: {
    readonly user: { readonly username: string };
    readonly points: number;
    readonly idempotencyKey?: string;
  };
}

const statements = openStatements(process.env['DATABASE_URL'] ?? '');

const schema = createSchema<Context>({
  typeDefs: `
    directive @authenticated on FIELD_DEFINITION | OBJECT | INTERFACE
    directive @requiresScopes(scopes: [[String!]!]!) on FIELD_DEFINITION | OBJECT | INTERFACE
    ${typeDefs((scope) => `@authenticated @requiresScopes(scopes: [["${scope}"]])`)}`,
  resolvers: {
    Query: {
      user: async (_source, { by }: { by: { username: string } }) => (await statements.userByName(by.username)) ?? null,
      users: async (_source, { first, after }: { first: number; after: string | null }) => {
        const nodes = await statements.usersAfter(after ?? '', first);
        return { nodes, pageInfo: { endCursor: nodes.at(-1)?.username ?? null } };
      },
      leaderboard: async (_source: unknown, { first }: { first: number }) => ({
        nodes: await statements.leaders(first),
      }),
    },
    User: {
      pointsHistory: async ({ id }: User, { first }: { first: number }) => ({
        nodes: await statements.entriesOf(id, first),
      }),
      posts: async ({ id }: User, { first }: { first: number }, { postsOf }) => ({
        nodes: await postsOf.load({ author: id, first }),
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
  },
});

async function change({ user, idempotencyKey }: Change['input'], delta: number, { currentUser }: Context) {
  const changed = await statements.change({ username: user.username, delta, tokenId: currentUser.id, idempotencyKey });
  if (changed === undefined) throw createGraphQLError('There is no such user, or not enough points.');
  return changed;
}

const yoga = createYoga({
  schema,
  context: () => ({
    postsOf: new DataLoader<{ author: string; first: number }, Post[]>(async (wanted) => {
      const first = Math.max(...wanted.map((want) => want.first));
      const posts = await statements.postsOf(
        wanted.map(({ author }) => author),
        first,
      );
      return wanted.map((want) => posts.get(want.author)?.slice(0, want.first) ?? []);
    }),
  }),
  plugins: [
    useGenericAuth<Token, YogaInitialContext>({
      mode: 'protect-granular',
      resolveUserFn: ({ request }) => statements.tokenOf(request.headers.get('authorization') ?? undefined),
      extractScopes: ({ scopes }) => scopes,
    }),
  ],
});

createServer(yoga).listen(Number(process.env['PORT']), '127.0.0.1');
