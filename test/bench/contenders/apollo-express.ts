/** Apollo Server on Express with Drizzle, as tutorials have it: a directive that wraps resolvers, and one query a parent. */
import { createHash } from 'node:crypto';
import { ApolloServer } from '@apollo/server';
import { expressMiddleware } from '@as-integrations/express5';
import { makeExecutableSchema } from '@graphql-tools/schema';
import { getDirective, MapperKind, mapSchema } from '@graphql-tools/utils';
import { and, asc, DrizzleQueryError, desc, eq, gt, gte, isNull, or, sql } from 'drizzle-orm';
import { drizzle } from 'drizzle-orm/node-postgres';
import { bigint, customType, pgTable, text, timestamp, uuid } from 'drizzle-orm/pg-core';
import express from 'express';
import { defaultFieldResolver, GraphQLError, type GraphQLSchema } from 'graphql';
import pg from 'pg';
import { typeDefs } from './schema.js';
import type { Token, User } from './statements.js';

const UNIQUE_VIOLATION = '23505';

const bytea = customType<{ data: Buffer }>({ dataType: () => 'bytea' });

const users = pgTable('users', {
  id: uuid('id').primaryKey(),
  username: text('username').notNull(),
  role: text('role').notNull(),
  points: bigint('points', { mode: 'number' }).notNull(),
});

const entries = pgTable('entries', {
  id: bigint('id', { mode: 'number' }).primaryKey().generatedAlwaysAsIdentity(),
  userId: uuid('user_id').notNull(),
  delta: bigint('delta', { mode: 'number' }).notNull(),
  balanceAfter: bigint('balance_after', { mode: 'number' }).notNull(),
  tokenId: uuid('token_id').notNull(),
  idempotencyKey: text('idempotency_key'),
  createdAt: timestamp('created_at', { withTimezone: true }).notNull().defaultNow(),
});

const posts = pgTable('posts', {
  id: uuid('id').primaryKey(),
  authorId: uuid('author_id').notNull(),
  title: text('title').notNull(),
});

const tokens = pgTable('tokens', {
  id: uuid('id').primaryKey(),
  secretHash: bytea('secret_hash').notNull(),
  scopes: text('scopes').array().notNull(),
  expiresAt: timestamp('expires_at', { withTimezone: true }),
  revokedAt: timestamp('revoked_at', { withTimezone: true }),
});

interface Context {
  readonly token: Token | undefined;
}

interface Change {
  readonly input: {
    readonly user: { readonly username: string };
    readonly points: number;
    readonly idempotencyKey?: string;
  };
}

const database = drizzle(process.env['DATABASE_URL'] ?? '');

const resolvers = {
  Query: {
    user: async (_source: unknown, { by }: { by: { username: string } }) => {
      const [user] = await database.select().from(users).where(eq(users.username, by.username));
      return user ?? null;
    },
    users: async (_source: unknown, { first, after }: { first: number; after: string | null }) => {
      const nodes = await database
        .select()
        .from(users)
        .where(gt(users.username, after ?? ''))
        .orderBy(asc(users.username))
        .limit(first);
      return { nodes, pageInfo: { endCursor: nodes.at(-1)?.username ?? null } };
    },
    leaderboard: async (_source: unknown, { first }: { first: number }) => ({
      nodes: await database.select().from(users).orderBy(desc(users.points), asc(users.username)).limit(first),
    }),
  },
  User: {
    pointsHistory: async ({ id }: User, { first }: { first: number }) => ({
      nodes: await database.select().from(entries).where(eq(entries.userId, id)).orderBy(desc(entries.id)).limit(first),
    }),
    posts: async ({ id }: User, { first }: { first: number }) => ({
      nodes: await database.select().from(posts).where(eq(posts.authorId, id)).orderBy(desc(posts.id)).limit(first),
    }),
  },
  PointsEntry: {
    createdAt: ({ createdAt }: { createdAt: Date }) => createdAt.toISOString(),
  },
  Mutation: {
    addPoints: async (_source: unknown, { input }: Change, context: Context) => {
      const { username, points } = await change(input, input.points, context);
      return { message: `Successfully added ${input.points} points to ${username}`, points };
    },
    spendPoints: async (_source: unknown, { input }: Change, context: Context) => {
      const { username, points } = await change(input, -input.points, context);
      return { message: `Successfully spent ${input.points} points of ${username}`, points };
    },
  },
};

/** With a key that was used before, the result is the earlier one. */
async function change(input: Change['input'], delta: number, { token }: Context) {
  try {
    return await changeOnce(input, delta, token);
  } catch (error) {
    const cause = error instanceof DrizzleQueryError ? error.cause : undefined;
    if (!(cause instanceof pg.DatabaseError && cause.code === UNIQUE_VIOLATION)) throw error;
    const [earlier] = await database
      .select({ username: users.username, points: entries.balanceAfter })
      .from(entries)
      .innerJoin(users, eq(users.id, entries.userId))
      .where(and(eq(users.username, input.user.username), eq(entries.idempotencyKey, input.idempotencyKey ?? '')));
    if (earlier === undefined) throw error;
    return earlier;
  }
}

async function changeOnce({ user, idempotencyKey }: Change['input'], delta: number, token: Token | undefined) {
  return await database.transaction(async (transaction) => {
    const [account] = await transaction
      .update(users)
      .set({ points: sql`${users.points} + ${delta}` })
      .where(and(eq(users.username, user.username), gte(sql`${users.points} + ${delta}`, 0)))
      .returning();
    if (account === undefined) throw new GraphQLError('There is no such user, or not enough points.');
    await transaction
      .insert(entries)
      .values({ userId: account.id, delta, balanceAfter: account.points, tokenId: token?.id ?? '', idempotencyKey });
    return account;
  });
}

/** Wraps the resolver of every field that names a scope. */
function applyAuth(schema: GraphQLSchema): GraphQLSchema {
  return mapSchema(schema, {
    [MapperKind.OBJECT_FIELD]: (field) => {
      const scope: string | undefined = getDirective(schema, field, 'auth')?.[0]?.['scope'];
      if (scope === undefined) return field;
      const { resolve = defaultFieldResolver } = field;
      return {
        ...field,
        resolve: (source, args, context: Context, info) => {
          if (context.token === undefined) throw denial('UNAUTHENTICATED');
          if (!context.token.scopes.includes(scope)) throw denial('FORBIDDEN');
          return resolve(source, args, context, info);
        },
      };
    },
  });
}

const denial = (code: string) => new GraphQLError('Not allowed.', { extensions: { code } });

async function tokenOf(authorization = ''): Promise<Token | undefined> {
  const secretHash = createHash('sha256').update(authorization.replace('Bearer ', '')).digest();
  const [token] = await database
    .select({ id: tokens.id, scopes: tokens.scopes })
    .from(tokens)
    .where(
      and(
        eq(tokens.secretHash, secretHash),
        isNull(tokens.revokedAt),
        or(isNull(tokens.expiresAt), gt(tokens.expiresAt, sql`now()`)),
      ),
    );
  return token;
}

const schema = makeExecutableSchema({
  typeDefs: `directive @auth(scope: String!) on FIELD_DEFINITION ${typeDefs((scope) => `@auth(scope: "${scope}")`)}`,
  resolvers,
});
const server = new ApolloServer<Context>({ schema: applyAuth(schema) });
await server.start();
const app = express();
app.use(
  '/graphql',
  express.json(),
  expressMiddleware(server, {
    context: async ({ req }) => ({ token: await tokenOf(req.headers.authorization) }),
  }),
);
app.listen(Number(process.env['PORT']), '127.0.0.1');
