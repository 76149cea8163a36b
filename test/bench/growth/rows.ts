/**
 * The rows of a large database. Numbers of rows are arguments, so that a test can have the same shape with fewer.
 *
 * The shape has what makes lists slow: a text that occurs in every name and one that occurs in three, names that match but
 * come last in the order, one user with many entries, and old tokens that have expired behind many that are active.
 */
import { SCOPES } from '../../../src/auth/scope.js';

/** How much there is. */
export interface Size {
  readonly users: number;
  readonly entries: number;
  readonly tokens: number;
  readonly auditEvents: number;
  readonly posts: number;
}

export const LARGE: Size = {
  users: 1_000_000,
  entries: 10_000_000,
  tokens: 1_000_000,
  auditEvents: 2_000_000,
  posts: 1_000_000,
};

/** SQL for an id by a number from 1: ids ascend with numbers, as those of version 7 do with time. */
export const id = (kind: 'user' | 'token' | 'post' | 'event' | 'session', number: string) =>
  `('01000000-0000-7000-8${{ user: '001', token: '002', post: '003', event: '004', session: '005' }[kind]}-' || lpad(to_hex(${number}), 12, '0'))::uuid`;

/** The user with a hundredth of all entries and a quarter of the audit events: number 1. */
export const BUSY_USER = 'anna.busy';

const FIRST_NAMES = `array['anna', 'ben', 'carla', 'dmitri', 'elena', 'farid', 'grace', 'hugo', 'ines', 'jonas']`;
const ACTIONS = `array['LOGGED_IN', 'LOGGED_IN', 'LOGGED_IN', 'LOGGED_OUT', 'LOGIN_FAILED', 'TOKEN_ISSUED', 'USER_CREATED']`;

/** Statements that fill an empty, migrated database, in their order. `ownerId` is a user that is there already. */
export function rowsOf(size: Size): readonly string[] {
  return [
    users(size),
    `insert into balances (user_id, points, sequence)
     select ${id('user', 'n')}, (n::bigint * 7919 % 100000), case n when 1 then ${busyEntries(size)} else ${entriesEach(size)} end
       from generate_series(1, ${size.users}) n`,
    entries(size),
    tokens(size),
    `insert into token_usage (token_id, last_used_at) select ${id('token', 'n')}, now() from generate_series(1, ${size.tokens}) n where n % 2 = 0`,
    auditEvents(size),
    `insert into posts (id, author_id, title, body)
     select ${id('post', 'n')}, ${id('user', `1 + n % ${size.users}`)}, 'Post ' || n, repeat('What was to be said. ', 10)
       from generate_series(1, ${size.posts}) n`,
    `insert into sessions (id, user_id, expires_at)
     select ${id('session', 'n')}, ${id('user', 'n')}, 'infinity' from generate_series(1, ${size.users}) n`,
  ];
}

const entriesEach = ({ entries, users }: Size) => Math.floor((entries * 0.99) / users);
const busyEntries = ({ entries }: Size) => Math.floor(entries / 100);

/** The last twentieth in the order of names contains `station`, and three names contain `needle`. */
function users({ users: count }: Size): string {
  return `insert into users (id, username, role)
    select ${id('user', 'n')},
           case when n = 1 then '${BUSY_USER}'
             when n % ${Math.floor(count / 3)} = 2 then 'm.needle.' || n
             when n > ${count} * 0.95 then 'z_station_' || n
             else (${FIRST_NAMES})[1 + n % 10] || '.' || substr(md5(n::text), 1, 12) end,
           case n when 1 then 'ADMIN' else 'USER' end
      from generate_series(1, ${count}) n`;
}

/**
 * In the order of time, as they are written: each user's first entries, then each user's second ones. A twentieth of the busy
 * user's have a reference. Earlier ones have none, so that no page has a gap that a later, shorter entry fills.
 */
function entries(size: Size): string {
  const { users, entries } = size;
  return `insert into entries (user_id, sequence, kind, delta, balance_after, owner_id, created_at)
    select ${id('user', 'n')}, s, 'ADD', 1, s, ${id('user', '1')},
           now() - interval '1 year' * (1 - ((s - 1)::float8 * ${users} + n) / ${entries})
      from generate_series(1, ${entriesEach(size)}) s, generate_series(2, ${users}) n;
    insert into entries (user_id, sequence, kind, delta, balance_after, owner_id, created_at, reference)
    select ${id('user', '1')}, s, 'ADD', 1, s, ${id('user', '1')}, now() - interval '1 second' * (${busyEntries(size)} - s) / 10,
           case when s % 20 = 0 then 'order ' || s end
      from generate_series(1, ${busyEntries(size)}) s`;
}

/**
 * Of the first half a tenth has expired, and one in a thousand is paused; one in fifty was revoked, but none of the last tenth;
 * three contain `needle`.
 */
function tokens({ tokens: count, users }: Size): string {
  const scopes = `array[${SCOPES.map((scope) => `'${scope}'`).join(', ')}]`;
  return `insert into tokens (id, name, format, secret_hash, hint, scopes, owner_id, expires_at, revoked_at, paused_at)
    select ${id('token', 'n')},
           case when n % ${Math.floor(count / 3)} = 2 then 'the needle of ' || n else (array['nightly export', 'shop', 'import', 'dashboard'])[1 + n % 4] || ' ' || n end,
           'OPAQUE', sha256(n::text::bytea), '', ${scopes},
           case when n % 10 = 3 then ${id('user', '1')} else ${id('user', `1 + (n::bigint * 7919 % ${users})`)} end,
           case when n % 10 = 1 and n < ${count} / 2 then now() - interval '1 day' when n % 10 = 2 then now() + interval '1 year' end,
           case when n % 50 = 0 and n < ${count} * 0.9 then now() end,
           case when n % 1000 = 7 and n < ${count} / 2 then now() end
      from generate_series(1, ${count}) n`;
}

function auditEvents({ auditEvents: count, users }: Size): string {
  return `insert into audit_events (id, at, action, actor_id, subject_id, address)
    select ${id('event', 'n')}, now() - interval '1 second' * (${count} - n),
           case when n % ${Math.floor(count / 3)} = 2 then 'ROLE_CHANGED' else (${ACTIONS})[1 + n % 7] end,
           case when n % 4 = 0 then ${id('user', '1')} else ${id('user', `1 + (n::bigint * 7919 % ${users})`)} end,
           ${id('user', `1 + (n::bigint * 7919 % ${users})`)}, '192.0.2.1'
      from generate_series(1, ${count}) n`;
}
