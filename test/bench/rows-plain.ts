import { HOT_USER, idOf, type Ledger, POSTS_OF_USER, pointsOfEntry, USERS } from './data.js';

/** Fills the tables of `contenders/schema.sql`. */
export const PLAIN_ROWS = {
  users: ({ users, each }: Ledger) => `
    insert into users (id, username, role, points)
    select ${idOf('user', 'n')}, 'user_' || lpad(n::text, 5, '0'), case n when 1 then 'ADMIN' else 'USER' end,
           case when n <= ${users} then ${each} * ${pointsOfEntry('n')} else 0 end
      from generate_series(1, ${USERS}) n`,
  posts: `
    insert into posts (id, author_id, title, body)
    select ${idOf('post', 'n')}, ${idOf('user', `(n - 1) % ${USERS} + 1`)}, 'Post ' || n, repeat('What was to be said. ', 20)
      from generate_series(1, ${USERS * POSTS_OF_USER}) n`,
  entries: ({ users, each }: Ledger) => `
    insert into entries (user_id, delta, balance_after, token_id)
    select ${idOf('user', 'n')}, ${pointsOfEntry('n')}, s * ${pointsOfEntry('n')}, ${idOf('token', '1')}
      from generate_series(1, ${users}) n, generate_series(1, ${each}) s`,
  tokens: `
    insert into tokens (id, secret_hash, scopes)
    select uuidv7(), hash, $2 from unnest($1::bytea[]) hash`,
  otherTokens: `
    insert into tokens (id, secret_hash, scopes)
    select uuidv7(), sha256(n::text::bytea), $2 from generate_series(1, $1::integer) n`,
};

export const PLAIN_LEDGER_STATE = `
  select (select count(*) from entries)::integer as entries,
         (select points from users where id = ${idOf('user', String(HOT_USER))})::float8 as hot,
         not exists (
           select from users u left join (select user_id, sum(delta) as sum from entries group by user_id) e on e.user_id = u.id
            where u.points <> coalesce(e.sum, 0)) as "isExact"`;

/** Ids have no gaps: nothing that takes one is refused later. */
export const PLAIN_ENTRIES = 'select coalesce(max(id), 0)::integer as count from entries';
