import { createHash } from 'node:crypto';
import pg from 'pg';

/** A token that counts. */
export interface Token {
  readonly id: string;
  readonly scopes: string[];
}

export interface User {
  readonly id: string;
  readonly username: string;
  readonly role: string;
}

export interface Post {
  readonly id: string;
  readonly title: string;
}

/** The result of a change of points. */
export interface Change {
  readonly username: string;
  readonly points: number;
}

/** As many connections as each contender has for its requests. */
const POOL_SIZE = 10;

/** The statements of those contenders that write their own SQL, each prepared by its name. */
export function openStatements(url: string) {
  pg.types.setTypeParser(pg.types.builtins.INT8, Number);
  const pool = new pg.Pool({ connectionString: url, max: POOL_SIZE });
  const run = async <Row extends pg.QueryResultRow>(name: string, text: string, values: unknown[]) =>
    (await pool.query<Row>({ name, text, values })).rows;
  return {
    tokenOf: async (authorization: string | undefined): Promise<Token | undefined> => {
      const secret = authorization?.startsWith('Bearer ') ? authorization.slice(7) : undefined;
      if (secret === undefined) return undefined;
      return (await run<Token & pg.QueryResultRow>('token', TOKEN, [hash(secret)]))[0];
    },
    userByName: async (username: string) => (await run<User & pg.QueryResultRow>('user', USER, [username]))[0],
    usersAfter: (username: string, first: number) => run<User & pg.QueryResultRow>('users', USERS, [username, first]),
    /** The newest posts of each author, under the author's id. */
    postsOf: async (authors: readonly string[], first: number): Promise<Map<string, Post[]>> => {
      const rows = await run<Post & { author: string }>('posts', POSTS, [authors, first]);
      const found = new Map(authors.map((author) => [author, [] as Post[]]));
      for (const { author, id, title } of rows) found.get(author)?.push({ id, title });
      return found;
    },
    /** Users with their posts in one statement. */
    usersWithPosts: (username: string, first: number, posts: number) =>
      run<User & { posts: Post[] }>('users_posts', USERS_WITH_POSTS, [username, first, posts]),
    /** Changes points and writes the entry, or nothing of it; undefined: there is no such user, or not enough. */
    change: async (username: string, delta: number, tokenId: string) =>
      (await run<Change & pg.QueryResultRow>('change', CHANGE, [username, delta, tokenId]))[0],
  };
}

export type Statements = ReturnType<typeof openStatements>;

function hash(secret: string): Buffer {
  return createHash('sha256').update(secret).digest();
}

const TOKEN = `
  select id, scopes from tokens
   where secret_hash = $1 and revoked_at is null and (expires_at is null or expires_at > now())`;

const USER = 'select id, username, role from users where username = $1';

const USERS = 'select id, username, role from users where username > $1 order by username limit $2';

const POSTS = `
  select p.author_id as author, p.id, p.title
    from unnest($1::uuid[]) author
   cross join lateral (select * from posts where author_id = author order by id desc limit $2) p
   order by p.author_id, p.id desc`;

const USERS_WITH_POSTS = `
  select u.id, u.username, u.role, p.posts
    from (select * from users where username > $1 order by username limit $2) u
   cross join lateral (
     select coalesce(json_agg(json_build_object('id', l.id, 'title', l.title)), '[]') as posts
       from (select id, title from posts where author_id = u.id order by id desc limit $3) l) p
   order by u.username`;

const CHANGE = `
  with account as (
    update users set points = points + $2 where username = $1 and points + $2 >= 0 returning id, username, points
  ), entry as (
    insert into entries (user_id, delta, balance_after, token_id) select id, $2, points, $3 from account
  )
  select username, points from account`;
