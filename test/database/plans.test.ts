import { afterAll, describe, expect } from 'vitest';
import { SCOPES } from '../../src/auth/scope.js';
import { ViewerKindDocument } from '../operations/generated.js';
import { createDatabase, type TestDatabase } from '../support/database.js';
import type { IssuedToken, TestResponse } from '../support/server.js';
import { itWith } from '../support/server-fixture.js';
import { collectExecutions, explainEverything, nodesOf, type PlanNode } from './executions.js';

/** So often that PostgreSQL has planned a prepared statement for its values, and then once for all. */
const TIMES = 8;

const ADD = `mutation {
  addPoints(input: { user: { username: "user_7" }, points: 1, idempotencyKey: "a change" }) { points }
}`;

const { executions, stop } = collectExecutions();
let database: TestDatabase;
let token: IssuedToken;

const it = itWith(async (after) => {
  database = await createDatabase();
  after(() => database.drop());
  await explainEverything(database);
  return { DATABASE_URL: database.url };
});
it.beforeAll(async ({ server }) => {
  token = await server.everything();
  await fill(database, token.owner.id);
});

afterAll(stop);

describe('In a large database', () => {
  it.for<[subject: string, document: string, words: string, indexes: string[]]>([
    ['a token', '{ viewer { kind } }', 'from "tokens"', ['tokens_have_unique_secrets', 'users_pkey']],
    ['a user by name', '{ user(by: { username: "user_7" }) { role } }', 'wanted(name)', ['users_username_key']],
    ['users by id', '{ posts(first: 20) { nodes { author { role } } } }', 'from "users"', ['users_pkey']],
    ['users by name', '{ users { nodes { role } } }', 'from "users"', ['users_username_key']],
    ['the newest posts', '{ posts { nodes { title } } }', 'from "posts"', ['posts_pkey']],
    [
      'the posts of users',
      '{ users { nodes { posts { nodes { title } } } } }',
      'select * from "posts"',
      ['posts_by_author'],
    ],
    [
      'a user with points',
      '{ user(by: { username: "user_7" }) { points } }',
      'left join "balances"',
      ['balances_pkey', 'users_username_key'],
    ],
    ['a balance', '{ posts(first: 20) { nodes { author { points } } } }', 'from "balances"', ['balances_pkey']],
    [
      'a page of a ledger',
      '{ user(by: { username: "user_7" }) { pointsHistory { nodes { delta } } } }',
      'select * from "entries"',
      ['entries_are_in_sequence'],
    ],
    [
      'a page of a ledger with a filter',
      '{ user(by: { username: "user_7" }) { pointsHistory(filter: { kinds: [SPEND] }) { nodes { delta } } } }',
      'string_to_array',
      ['entries_are_in_sequence'],
    ],
    [
      'a statement',
      `{ user(by: { username: "user_7" }) {
        pointsStatement(since: "2024-01-01T00:00:00Z", until: "2024-12-31T00:00:00Z") { closing }
      } }`,
      'movements.added',
      ['entries_are_in_sequence'],
    ],
    [
      'the entries of a reference',
      '{ pointsEntries(filter: { reference: "order of user_7" }) { nodes { delta } } }',
      '"entries"."reference" =',
      ['entries_reference_created_at_user_id_sequence_idx'],
    ],
    [
      'a page of the leaderboard',
      '{ leaderboard { nodes { points } } }',
      'o.bracket BETWEEN',
      ['balances_by_bracket', 'users_pkey'],
    ],
    ['the account to be changed', ADD, 'FOR NO KEY UPDATE', ['balances_pkey']],
    ['the user of a change', ADD, 'FROM users u WHERE u.id = account', ['users_pkey']],
    ['the credential of a change', ADD, 'SELECT t.fault IS NULL', ['tokens_pkey', 'users_pkey']],
    ['an idempotency key', ADD, 'FROM answered_keys', ['entries_happen_once_per_key', 'refusals_happen_once_per_key']],
  ])('%s is found by an index', async ([_subject, document, words, indexes], { server }) => {
    expect(await reads(words, () => server.send(token, document))).toEqual({ indexes, tables: [] });
  });

  it('a session is found by an index', async ({ server }) => {
    const session = await server.session();
    const indexes = ['sessions_pkey', 'users_pkey'];
    expect(await reads('"sessions"', () => server.send(session, ViewerKindDocument))).toEqual({
      indexes,
      tables: [],
    });
  });
});

/** Sends an operation some times, and returns what the statements with these words read: indexes, and whole tables. */
async function reads(
  words: string,
  send: () => Promise<TestResponse>,
): Promise<{ indexes: string[]; tables: string[] }> {
  executions.length = 0;
  for (let count = 0; count < TIMES; count++) expect((await send()).errors).toBeUndefined();
  const nodes = executions.filter(({ text }) => text.includes(words)).flatMap(({ plan }) => nodesOf(plan));
  const names = (found: (node: PlanNode) => string | undefined) =>
    [...new Set(nodes.flatMap((node) => found(node) ?? []))].sort();
  return {
    indexes: names((node) => node['Index Name']),
    tables: names((node) => (node['Node Type'] === 'Seq Scan' ? node['Relation Name'] : undefined)),
  };
}

async function fill({ query }: TestDatabase, ownerId: string): Promise<void> {
  await query(
    `insert into users (id, username, role) select gen_random_uuid(), 'user_' || n, 'USER' from generate_series(1, 4000) n`,
  );
  await query(
    `insert into posts (id, author_id, title, body) select gen_random_uuid(), id, 'a title', 'a body' from users, generate_series(1, 5)`,
  );
  await query(
    `insert into tokens (id, name, format, secret_hash, hint, scopes, owner_id)
     select gen_random_uuid(), 'another', 'OPAQUE', sha256(n::text::bytea), '', $1, $2 from generate_series(1, 4000) n`,
    [SCOPES, ownerId],
  );
  await query(
    `insert into entries (user_id, sequence, kind, delta, balance_after, owner_id, reference)
     select id, n, 'ADD', 1, n, $1, 'order of ' || username from users, generate_series(1, 10) n`,
    [ownerId],
  );
  await query(
    `insert into refusals (user_id, owner_id, idempotency_key, kind, points, code)
     select id, $1, 'a key', 'SPEND', 1000, 'INSUFFICIENT_POINTS' from users`,
    [ownerId],
  );
  await query(
    `insert into holds (user_id, number, points, state, created_at, expires_at, ended_at, owner_id)
     select id, 1, 1, 'EXPIRED', now() - interval '2 d', now() - interval '1 d', now() - interval '1 d', $1 from users`,
    [ownerId],
  );
  await query(
    `insert into balances (user_id, points, sequence, last_hold) select id, 10, 10, 1 from users
     on conflict (user_id) do update set points = 10, sequence = 10, last_hold = 1`,
  );
  await query(`insert into sessions (id, user_id, expires_at) select gen_random_uuid(), id, 'infinity' from users`);
  await query('analyze');
}
