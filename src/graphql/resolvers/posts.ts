import type { GraphQLResolveInfo } from 'graphql';
import { limitedTo } from '../../auth/principal.js';
import type { Page } from '../../database/page.js';
import { BadUserInput } from '../../errors.js';
import { parseId, parseText } from '../../input.js';
import { createPost } from '../../posts/create-post.js';
import { deletePost } from '../../posts/delete-post.js';
import type { PostWithoutBody } from '../../posts/post.js';
import { countPosts, listPosts } from '../../posts/read-posts.js';
import { updatePost } from '../../posts/update-post.js';
import { parseUserRef } from '../../users/user.js';
import type { Context } from '../context.js';
import type { InputMaybe, Resolvers, UserBy, UserPostsArgs } from '../generated.js';
import { byId, connection, listOf, pageRequest } from './connection.js';
import { ownerOf } from './owner-of.js';
import { createSelects } from './selected-fields.js';

const TITLE = { min: 1, max: 200 };
const BODY = { min: 0, max: 20_000 };

const selectsBody = createSelects('body');
const selectsTimes = createSelects('createdAt', 'updatedAt');

const newestFirst = byId('posts');

export const resolvers: Pick<Resolvers, 'Query' | 'Mutation' | 'Post' | 'User'> = {
  Query: {
    post: async (_source, { id }, { services: { reads } }) => (await reads.postById(parseId(id))) ?? null,
    posts: async (_source, { author, ...args }, context, info) => {
      if (author != null)
        return await postsOf(await context.services.reads.userId(parseUserRef('author', author)), args, context, info);
      const request = pageRequest(newestFirst, args);
      const { database } = context.services;
      const page = await listPosts(database, request);
      const shown = selectsBody(info) ? await withBodies(page, context) : page;
      return connection(newestFirst, request, shown, () => countPosts(database));
    },
  },
  Mutation: {
    createPost: async (_source, { input }, context) => {
      const { services, request } = context;
      const post = {
        title: parseText('input.title', input.title, TITLE),
        body: parseText('input.body', input.body, BODY),
        authorId: await authorOf(input.author, context),
      };
      return { post: await createPost(services.database, post, request.actor) };
    },
    updatePost: async (_source, { input }, { services: { database }, request: { actor, principal } }) => {
      const ref = { id: parseId(input.id), authorId: limitedTo(principal, 'posts:write') };
      const changes = {
        title: input.title == null ? undefined : parseText('input.title', input.title, TITLE),
        body: input.body == null ? undefined : parseText('input.body', input.body, BODY),
      };
      return { post: await updatePost(database, ref, changes, actor) };
    },
    deletePost: async (_source, { input }, { services: { database }, request: { actor, principal } }) => {
      const ref = { id: parseId(input.id), authorId: limitedTo(principal, 'posts:write') };
      return { deletedPostId: await deletePost(database, ref, actor) };
    },
  },
  Post: {
    author: async ({ authorId }, _args, { services: { reads } }) => await reads.existingUser(authorId),
  },
  User: {
    posts: async ({ id }, args, context, info) => await postsOf(id, args, context, info),
  },
};

async function postsOf(authorId: string, args: UserPostsArgs, context: Context, info: GraphQLResolveInfo) {
  const { reads } = context.services;
  const order = listOf(newestFirst, { author: authorId });
  const request = pageRequest(order, args);
  const wanted = { of: authorId, first: request.first, after: request.after };
  const total = () => reads.postCountOf(authorId);
  if (selectsBody(info))
    return connection(order, request, await withBodies(await reads.postsOf(wanted), context), total);
  const read = selectsTimes(info) ? reads.postsOf : reads.postsInBriefOf;
  return connection(order, request, await read(wanted), total);
}

/**
 * Reads the bodies of a page, as far as the response may hold them. A post that was deleted meanwhile is left out.
 *
 * @throws ResponseTooLarge. No body was read.
 */
async function withBodies({ rows, hasNextPage }: Page<PostWithoutBody>, { services, response }: Context) {
  response.read(rows.reduce((sum, { bodyBytes }) => sum + bodyBytes, 0));
  const bodies = await Promise.all(rows.map(services.reads.bodyOf));
  return {
    rows: rows.flatMap((row, index) => {
      const body = bodies[index];
      return body === undefined ? [] : [{ ...row, body }];
    }),
    hasNextPage,
  };
}

async function authorOf(author: InputMaybe<UserBy> | undefined, context: Context): Promise<string> {
  const { principal } = context.request;
  if (author != null) return await ownerOf(context, { field: 'input.author', user: author }, 'posts:write');
  if (principal.kind === 'USER') return principal.userId;
  throw new BadUserInput('input.author', 'An app token must name the author.');
}
