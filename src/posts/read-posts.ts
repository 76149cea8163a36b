import { count, desc, eq, lt, sql } from 'drizzle-orm';
import { createLane } from '../concurrency/batcher.js';
import type { Database, PooledDatabase } from '../database/connect.js';
import {
  createCountLane,
  createListLane,
  type ListRequest,
  type Page,
  type PageRequest,
  page,
  rowsOf,
} from '../database/page.js';
import { prepare } from '../database/prepare.js';
import type { Post, PostInBrief } from './post.js';
import { posts } from './table.js';

const columns = {
  id: posts.id,
  authorId: posts.authorId,
  title: posts.title,
  body: posts.body,
  createdAt: posts.createdAt,
  updatedAt: posts.updatedAt,
};

/** Reads posts by id, those asked for together in one statement. */
export function createPostById(database: PooledDatabase): (id: string) => Promise<Post | undefined> {
  const readRows = prepare(
    database,
    'posts_by_id',
    database
      .select(columns)
      .from(posts)
      .where(sql`${posts.id} = any(${sql.placeholder('ids')}::uuid[])`),
  );
  return createLane<string, Post | undefined>({
    maxBatch: 1_000,
    maxQueue: 100_000,
    run: async (ids) => {
      const found = new Map((await readRows({ ids: [...new Set(ids)] })).map((post) => [post.id, post]));
      return ids.map((id) => found.get(id));
    },
  });
}

/** Reads pages of authors' posts, newest first. The key is the id. */
export function createPostsOf(database: PooledDatabase): (request: ListRequest<[string]>) => Promise<Page<Post>> {
  const readRows = prepare(database, 'posts_of_authors', selectPostsOf(database, columns));
  return createListLane((wanted) => readRows(wanted));
}

/** The same, of each post as much as most lists show. */
export function createPostsInBriefOf(
  database: PooledDatabase,
): (request: ListRequest<[string]>) => Promise<Page<PostInBrief>> {
  const brief = { id: posts.id, authorId: posts.authorId, title: posts.title };
  const readRows = prepare(database, 'posts_of_authors_in_brief', selectPostsOf(database, brief));
  return createListLane((wanted) => readRows(wanted));
}

function selectPostsOf<Columns extends Partial<typeof columns>>(database: Database, row: Columns) {
  return database
    .select({ list: sql<number>`wanted.list`.mapWith(Number), row })
    .from(
      sql`unnest(${sql.placeholder('of')}::uuid[], ${sql.placeholder('after')}::uuid[], ${sql.placeholder('most')}::int[])
          with ordinality as wanted(author_id, after, most, list)`,
    )
    .crossJoinLateral(
      rowsOf(
        posts,
        sql`select * from ${posts}
            where ${posts.authorId} = wanted.author_id and (wanted.after is null or ${posts.id} < wanted.after)
            order by ${posts.id} desc limit wanted.most`,
      ),
    )
    .orderBy(sql`wanted.list`, desc(posts.id));
}

/** Counts authors' posts. */
export function createPostCountOf(database: PooledDatabase): (authorId: string) => Promise<number> {
  const readRows = prepare(
    database,
    'post_counts_of_authors',
    database
      .select({ of: posts.authorId, count: count() })
      .from(posts)
      .where(sql`${posts.authorId} = any(${sql.placeholder('authors')}::uuid[])`)
      .groupBy(posts.authorId),
  );
  return createCountLane((authors) => readRows({ authors }));
}

/** A page of everybody's posts, newest first. The key is the id. */
export async function listPosts(database: Database, request: PageRequest<[string]>): Promise<Page<Post>> {
  const [afterId] = request.after ?? [];
  const rows = await database
    .select(columns)
    .from(posts)
    .where(afterId === undefined ? undefined : lt(posts.id, afterId))
    .orderBy(desc(posts.id))
    .limit(request.first + 1);
  return page(rows, request.first);
}

/** How many posts there are. */
export async function countPosts(database: Database): Promise<number> {
  const [row] = await database.select({ count: count() }).from(posts);
  return row?.count ?? 0;
}

/** Which of these posts are an author's; in the order of the ids. A post that does not exist is nobody's. */
export async function areWrittenBy(database: Database, ids: readonly string[], authorId: string): Promise<boolean[]> {
  const rows = await database
    .select({ id: posts.id })
    .from(posts)
    .where(sql`${posts.id} = any(${sql.param(ids)}::uuid[]) and ${eq(posts.authorId, authorId)}`);
  const own = new Set(rows.map((row) => row.id));
  return ids.map((id) => own.has(id));
}
