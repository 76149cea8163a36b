/** Lists and their filters in tables that are large enough for PostgreSQL to choose the plan that it has for a million rows. */
import { afterAll, describe, expect } from 'vitest';
import { GROWING_OPERATIONS, type GrowingOperation } from '../bench/growth/lists.js';
import { rowsOf } from '../bench/growth/rows.js';
import { createDatabase, type TestDatabase } from '../support/database.js';
import type { IssuedToken, TestServer } from '../support/server.js';
import { itWith } from '../support/server-fixture.js';
import { collectExecutions, type Execution, explainEverything, nodesOf, rowsRead, tablesRead } from './executions.js';

const SIZE = { users: 60_000, entries: 150_000, tokens: 60_000, auditEvents: 120_000, posts: 60_000 };

/** What a page of 20 may read, and a count, which ends at 10,000: less than any table has. */
const MAX_ROWS = { page: 15_000, count: 45_000 };

const { executions, stop } = collectExecutions();
let database: TestDatabase;
let token: IssuedToken;

const it = itWith(async (after) => {
  database = await createDatabase();
  after(() => database.drop());
  await explainEverything(database, true);
  return { DATABASE_URL: database.url };
});
it.beforeAll(async ({ server }) => {
  token = await server.everything();
  for (const statement of rowsOf(SIZE)) await database.query(statement);
  await database.query('vacuum analyze');
}, 120_000);

afterAll(stop);

/** The statements of an operation, without what runs every few seconds: the check of privileges, the leases of webhooks, a purge. */
async function executionsOf(server: TestServer, { document }: GrowingOperation): Promise<readonly Execution[]> {
  executions.length = 0;
  expect((await server.send(token, document)).errors).toBeUndefined();
  expect(executions).not.toEqual([]);
  return executions.filter(({ text }) => !/scrip_migrations|webhook_progress|^\s*delete /.test(text));
}

/** What is wrong with the statements of an operation: tables read as a whole, and too many rows. */
async function faultsOf(server: TestServer, operation: GrowingOperation): Promise<string[]> {
  const max = operation.document.includes('totalCount') ? MAX_ROWS.count : MAX_ROWS.page;
  return (await executionsOf(server, operation)).flatMap((execution) => [
    ...tablesRead(execution).map((table) => `${table} is read as a whole: ${execution.text}`),
    ...(rowsRead(execution) > max ? [`${rowsRead(execution)} rows are read: ${execution.text}`] : []),
  ]);
}

describe('With many rows in every table', () => {
  it.for(GROWING_OPERATIONS.map((operation) => [operation.title, operation] as const))(
    '%s: an index finds it',
    async ([_title, operation], { server }) => {
      expect(await faultsOf(server, operation)).toEqual([]);
      if (operation.index === undefined) return;
      const used = executions.flatMap(({ plan }) => nodesOf(plan).map((node) => node['Index Name']));
      expect(used).toContain(operation.index);
    },
  );

  // Without the index of expiry, PostgreSQL 18 skips from owner to owner in tokens_owner_id_expires_at_id_idx. Without that of
  // paused tokens it reads the whole index of expiry, of which a plan shows no rows.
  const unseen = ['tokens_expires_at_id_paused_at_idx', 'tokens_paused_idx'];
  const indexes = GROWING_OPERATIONS.flatMap(({ index }) => index ?? []).filter((index) => !unseen.includes(index));
  it.for([...new Set(indexes)])('without %s more is read', async (index, { server }) => {
    const operations = GROWING_OPERATIONS.filter((each) => each.index === index);
    const rows = async () => {
      const each: number[] = [];
      for (const operation of operations) {
        each.push((await executionsOf(server, operation)).reduce((sum, execution) => sum + rowsRead(execution), 0));
      }
      return each;
    };
    const before = await rows();
    const [row] = await database.query('select pg_get_indexdef($1::regclass) as definition', [index]);
    await database.query(`drop index ${index}`);
    const after = await rows();
    await database.query(String(row?.['definition']));
    expect(after.some((count, at) => count > 1.5 * (before[at] ?? 0))).toBe(true);
  });
});
