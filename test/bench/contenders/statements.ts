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
  readonly points: number;
}

export interface Entry {
  readonly id: number;
  readonly delta: number;
  readonly balanceAfter: number;
  readonly createdAt: string;
}

export interface Post {
  readonly id: string;
  readonly title: string;
}

/** A change of points. */
export interface Wanted {
  readonly username: string;
  readonly delta: number;
  readonly tokenId: string;
  readonly idempotencyKey: string | undefined;
}

/** Its result. */
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
    leaders: (first: number) => run<User & pg.QueryResultRow>('leaders', LEADERS, [first]),
    /** The newest entries of a user. */
    entriesOf: async (userId: string, first: number) =>
      (await run<EntryRow>('entries', ENTRIES, [userId, first])).map(toEntry),
    /** A user with its newest entries in one statement; undefined: there is no such user. */
    userWithEntries: async (username: string, first: number) => {
      const rows = await run<EntryRow & { user: string }>('user_entries', USER_WITH_ENTRIES, [username, first]);
      return rows[0] && { id: rows[0].user, entries: rows.filter(({ id }) => id !== null).map(toEntry) };
    },
    /**
     * Changes points and writes the entry, or nothing of it; undefined: there is no such user, or not enough. With a key
     * that was used before, the result is the earlier one.
     */
    change: async ({ username, delta, tokenId, idempotencyKey }: Wanted): Promise<Change | undefined> => {
      try {
        return (await run<Change & pg.QueryResultRow>('change', CHANGE, [username, delta, tokenId, idempotencyKey]))[0];
      } catch (error) {
        if (!(error instanceof pg.DatabaseError && error.code === UNIQUE_VIOLATION)) throw error;
        return (await run<Change & pg.QueryResultRow>('earlier', EARLIER, [username, idempotencyKey]))[0];
      }
    },
  };
}

export type Statements = ReturnType<typeof openStatements>;

const UNIQUE_VIOLATION = '23505';

type EntryRow = Omit<Entry, 'createdAt'> & { readonly createdAt: Date };

/** Without what else is in the row. */
function toEntry({ id, delta, balanceAfter, createdAt }: EntryRow): Entry {
  return { id, delta, balanceAfter, createdAt: createdAt.toISOString() };
}

function hash(secret: string): Buffer {
  return createHash('sha256').update(secret).digest();
}

const TOKEN = `
  select id, scopes from tokens
   where secret_hash = $1 and revoked_at is null and (expires_at is null or expires_at > now())`;

const USER = 'select id, username, role, points from users where username = $1';

const USERS = 'select id, username, role, points from users where username > $1 order by username limit $2';

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

const LEADERS = 'select id, username, role, points from users order by points desc, username limit $1';

const ENTRIES = `
  select id, delta, balance_after as "balanceAfter", created_at as "createdAt"
    from entries where user_id = $1 order by id desc limit $2`;

const USER_WITH_ENTRIES = `
  select u.id as user, e.id, e.delta, e.balance_after as "balanceAfter", e.created_at as "createdAt"
    from users u left join lateral (select * from entries where user_id = u.id order by id desc limit $2) e on true
   where u.username = $1
   order by e.id desc`;

const EARLIER = `
  select u.username, e.balance_after as points
    from users u join entries e on e.user_id = u.id and e.idempotency_key = $2
   where u.username = $1`;

const CHANGE = `
  with account as (
    update users set points = points + $2 where username = $1 and points + $2 >= 0 returning id, username, points
  ), entry as (
    insert into entries (user_id, delta, balance_after, token_id, idempotency_key) select id, $2, points, $3, $4 from account
  )
  select username, points from account`;
