import { HOT_USER, idOf, type Ledger, POSTS_OF_USER, pointsOfEntry, USERS } from './data.js';

/** Fills Scrip's tables. The first user is the administrator, so that no start creates one. */
export const SCRIP_ROWS = {
  users: ({ users, each }: Ledger) => `
    insert into users (id, username, role)
    select ${idOf('user', 'n')}, 'user_' || lpad(n::text, 5, '0'), case n when 1 then 'ADMIN' else 'USER' end
      from generate_series(1, ${USERS}) n;
    insert into balances (user_id, points, sequence)
    select ${idOf('user', 'n')}, h.entries * ${pointsOfEntry('n')}, h.entries
      from generate_series(1, ${USERS}) n, lateral (select case when n <= ${users} then ${each} else 0 end) h(entries)`,
  posts: `
    insert into posts (id, author_id, title, body)
    select ${idOf('post', 'n')}, ${idOf('user', `(n - 1) % ${USERS} + 1`)}, 'Post ' || n, repeat('What was to be said. ', 20)
      from generate_series(1, ${USERS * POSTS_OF_USER}) n`,
  entries: ({ users, each }: Ledger) => `
    insert into entries (user_id, sequence, kind, delta, balance_after, owner_id)
    select ${idOf('user', 'n')}, s, 'ADD', ${pointsOfEntry('n')}, s * ${pointsOfEntry('n')}, ${idOf('user', '1')}
      from generate_series(1, ${users}) n, generate_series(1, ${each}) s`,
  tokens: `
    insert into tokens (id, name, format, secret_hash, hint, scopes, owner_id)
    select uuidv7(), 'measured', 'OPAQUE', hash, '', $2, ${idOf('user', '1')} from unnest($1::bytea[]) hash`,
  otherTokens: `
    insert into tokens (id, name, format, secret_hash, hint, scopes, owner_id)
    select uuidv7(), 'another', 'OPAQUE', sha256(n::text::bytea), '', $2, ${idOf('user', '1')}
      from generate_series(1, $1::integer) n`,
};

/** Limits that no measurement reaches. */
export const LIMIT_TOKENS = `
  update tokens set max_points_per_change = 1000, max_added_per_day = 1000000000, max_spent_per_day = 1000000000,
                    max_added_per_user_per_day = 1000000000, max_spent_per_user_per_day = 1000000000
   where secret_hash = any ($1::bytea[])`;

export const SCRIP_LEDGER_STATE = `
  select (select count(*) from entries)::integer as entries,
         (select points from balances where user_id = ${idOf('user', String(HOT_USER))})::float8 as hot,
         not exists (
           select from balances b
             left join (select user_id, sum(delta) as sum from entries group by user_id) e on e.user_id = b.user_id
            where b.points <> coalesce(e.sum, 0)) as "isExact"`;

/** A user's entries are numbered without a gap. */
export const SCRIP_ENTRIES = 'select sum(sequence)::integer as count from balances';
