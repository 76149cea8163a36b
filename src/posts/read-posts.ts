import { count, desc, lt, sql } from 'drizzle-orm';
import { createBatcher } from '../concurrency/batcher.js';
import { areOwnedBy } from '../database/are-owned-by.js';
import type { Database, PreparedDatabase } from '../database/connect.js';
import { createReadPages, type ListRequest, type Page, type PageRequest, page, pagesOf } from '../database/page.js';
import { prepare } from '../database/prepare.js';
import { createReadByKey, createReadCount, isAnyKey, list } from '../database/read-by-key.js';
import type { Post, PostInBrief, PostWithoutBody } from './post.js';
import { posts } from './table.js';

const columns = {
  id: posts.id,
  authorId: posts.authorId,
  title: posts.title,
  body: posts.body,
  createdAt: posts.createdAt,
  updatedAt: posts.updatedAt,
};

/** PostgreSQL knows the length without reading the body. */
const columnsWithoutBody = {
  id: posts.id,
  authorId: posts.authorId,
  title: posts.title,
  bodyBytes: sql<number>`octet_length(${posts.body})`.mapWith(Number),
  createdAt: posts.createdAt,
  updatedAt: posts.updatedAt,
};

/** Bytes of bodies that one statement reads: those of a page of the longest. */
const MAX_BATCH_BYTES = 8_000_000;

/** The minimum size that a body counts for, so that a statement has at most 8,000 ids. */
const MIN_BODY_BYTES = 1_000;

/** The maximum number of bodies that wait to be read. */
const MAX_QUEUE = 100_000;

/** Creates a read of posts by id; concurrent reads share a statement. */
export function createPostById(database: PreparedDatabase): (id: string) => Promise<Post | undefined> {
  return createReadByKey(database, {
    name: 'posts_by_id',
    select: database.select(columns).from(posts).where(isAnyKey(posts.id)),
    keyOf: (post) => post.id,
  });
}

/** Creates a read of the bodies of posts; concurrent reads share a statement. undefined: the post was deleted meanwhile. */
export function createBodyOf(
  database: PreparedDatabase,
): (post: Pick<PostWithoutBody, 'id' | 'bodyBytes'>) => Promise<string | undefined> {
  const select = database.select({ id: posts.id, body: posts.body }).from(posts).where(isAnyKey(posts.id));
  const readRows = prepare(database, 'post_bodies', select);
  return createBatcher<Pick<PostWithoutBody, 'id' | 'bodyBytes'>, string | undefined>({
    maxBatch: MAX_BATCH_BYTES,
    sizeOf: ({ bodyBytes }) => Math.max(bodyBytes, MIN_BODY_BYTES),
    maxQueue: MAX_QUEUE,
    run: async (wanted) => {
      const ids = wanted.map(({ id }) => id);
      const found = new Map((await readRows({ keys: [...new Set(ids)] })).map(({ id, body }) => [id, body]));
      return ids.map((id) => found.get(id));
    },
  });
}

/** Creates a read of pages of authors' posts, newest first. The key is the id. */
export function createPostsOf(
  database: PreparedDatabase,
): (request: ListRequest<[string]>) => Promise<Page<PostWithoutBody>> {
  return createReadPages(prepare(database, 'posts_of_authors', selectPostsOf(database, columnsWithoutBody)));
}

/** The same with the columns that most lists show. */
export function createPostsInBriefOf(
  database: PreparedDatabase,
): (request: ListRequest<[string]>) => Promise<Page<PostInBrief>> {
  const brief = { id: posts.id, authorId: posts.authorId, title: posts.title };
  return createReadPages(prepare(database, 'posts_of_authors_in_brief', selectPostsOf(database, brief)));
}

function selectPostsOf<Columns extends Partial<typeof columnsWithoutBody>>(database: Database, row: Columns) {
  const { requests, rows, order } = pagesOf(posts, { of: posts.authorId, key: posts.id });
  return database
    .select({ list, row })
    .from(requests)
    .crossJoinLateral(rows)
    .orderBy(...order);
}

/** Creates a count of authors' posts. */
export function createPostCountOf(database: PreparedDatabase): (authorId: string) => Promise<number> {
  return createReadCount(database, {
    name: 'post_counts_of_authors',
    select: database
      .select({ of: posts.authorId, count: count() })
      .from(posts)
      .where(isAnyKey(posts.authorId))
      .groupBy(posts.authorId),
  });
}

/** A page of all posts, newest first. The key is the id. */
export async function listPosts(database: Database, request: PageRequest<[string]>): Promise<Page<PostWithoutBody>> {
  const [afterId] = request.after ?? [];
  const rows = await database
    .select(columnsWithoutBody)
    .from(posts)
    .where(afterId === undefined ? undefined : lt(posts.id, afterId))
    .orderBy(desc(posts.id))
    .limit(request.first + 1);
  return page(rows, request.first);
}

/** The number of posts. */
export async function countPosts(database: Database): Promise<number> {
  return await database.$count(posts);
}

/** Whether each of these posts is this author's, in the order of the ids; false where the post does not exist. */
export async function areWrittenBy(database: Database, ids: readonly string[], authorId: string): Promise<boolean[]> {
  return await areOwnedBy(database, { id: posts.id, owner: posts.authorId }, ids, authorId);
}
