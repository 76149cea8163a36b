/**
 * Whether the ledger can be distributed by user, as `deploy/citus.sql` does: what holds, and by name what does not yet.
 * docs/past-one-server.md says what follows.
 */
import { readdirSync, readFileSync } from 'node:fs';
import { afterAll, describe, expect } from 'vitest';
import { createDatabase, type TestDatabase } from '../support/database.js';
import type { IssuedToken, TestServer } from '../support/server.js';
import { itWith } from '../support/server-fixture.js';
import { type Placement, runCitusFile } from './citus-file.js';
import { collectExecutions, type Execution, explainEverything, nodesOf, type PlanNode } from './executions.js';

/** Other tables that a request with a change uses on the coordinator, in statements of their own before or after it. */
const BESIDE_CHANGES = ['token_usage', 'token_requests', 'token_documents', 'throttles'];

/**
 * A limit for a day over all users counts in one row for each token, whichever user's points change. The row is on the
 * coordinator, so that such a change is a two-phase commit of two servers.
 */
const COUNTERS_OF_TOKENS = 'token_counters';

/**
 * The counters of a token for one user are written by a statement for a list, of one here. Citus carries out INSERT ... SELECT in
 * two steps, which reaches the same shard.
 */
const LISTS_OF_ONE = /^\s*INSERT INTO token_user_counters [^;]* FROM unnest\(days\)/;

const { executions, stop } = collectExecutions();
let database: TestDatabase;
let placement: Placement;
let token: IssuedToken;
let limited: IssuedToken;

const it = itWith(async (after) => {
  const distributed = await createDatabase();
  after(() => distributed.drop());
  placement = await runCitusFile(distributed);
  database = await createDatabase();
  after(() => database.drop());
  await explainEverything(database);
  return { DATABASE_URL: database.url };
});
it.beforeAll(async ({ server }) => {
  token = await server.everything();
  const limits = { maxAddedPerDay: 1_000_000, maxSpentPerUserPerDay: 1_000_000 };
  limited = await server.token(['points:add', 'points:spend'], undefined, { limits });
});

afterAll(stop);

const list = (names: Iterable<string>) => [...names].map((name) => `'${name}'`).join(', ');

describe('deploy/citus.sql', () => {
  it('names every table exactly once, as distributed, as a reference table or as local', async () => {
    const tables = await database.query(
      `select relname as name from pg_class where relnamespace = 'public'::regnamespace and relkind in ('r', 'p') order by 1`,
    );
    const named = [...placement.distributed.keys(), ...placement.reference, ...placement.local].sort();
    expect(named).toEqual(tables.map(({ name }) => name));
  });

  it('gives every server the functions that the delegated one calls', async () => {
    expect([...placement.functions.keys()].sort()).toEqual(functionsCalledBy('change_points'));
  });

  it('delegates change_points by the user whose points change', async () => {
    const delegated = [...placement.functions].filter(([, argument]) => argument !== null);
    expect(delegated).toEqual([['change_points', 'user_id']]);
    const [types] = await database.query(
      `select (proargtypes::oid[])[array_position(proargnames, 'user_id') - 1]::regtype::text as type
         from pg_proc where proname = 'change_points'`,
    );
    expect(types).toEqual({ type: 'uuid' });
  });

  it('lets PostgreSQL plan for the values in every function that a server runs', async () => {
    const forced = await database.query(
      `select proname as name from pg_proc where array_to_string(proconfig, ' ') like '%force_generic_plan%' order by 1`,
    );
    const text = readFileSync(new URL('../../deploy/citus.sql', import.meta.url), 'utf8');
    const reset = [...text.matchAll(/^ALTER FUNCTION "(\w+)" RESET "plan_cache_mode";$/gm)].map(([, name]) => name);
    expect(reset.sort()).toEqual(forced.map(({ name }) => name));
  });
});

describe('The tables of the ledger', () => {
  it('have keys that begin with the id of the user', async () => {
    const keys = await database.query(
      `select c.relname as table, a.attname as column
         from pg_index i join pg_class c on c.oid = i.indrelid
         left join pg_attribute a on a.attrelid = i.indrelid and a.attnum = i.indkey[0]
        where i.indisunique and c.relname in (${list(placement.distributed.keys())})`,
    );
    expect(keys.length).toBeGreaterThanOrEqual(placement.distributed.size);
    expect(keys.filter(({ table, column }) => column !== placement.distributed.get(String(table)))).toEqual([]);
  });

  it('refer only to a reference table, or to rows of the same user, and no other table refers to them', async () => {
    const references = await database.query(
      `select f.conrelid::regclass::text as table, f.confrelid::regclass::text as target, a.attname as column
         from pg_constraint f join pg_attribute a on a.attrelid = f.conrelid and a.attnum = f.conkey[1]
        where f.contype = 'f'`,
    );
    const kind = (table: unknown) =>
      placement.distributed.has(String(table))
        ? 'distributed'
        : placement.local.includes(String(table))
          ? 'local'
          : 'reference';
    const wrong = references.filter(({ table, target, column }) => {
      if (kind(target) === 'reference') return false;
      if (kind(table) === 'distributed')
        return kind(target) === 'local' || column !== placement.distributed.get(String(table));
      return !(kind(table) === 'local' && kind(target) === 'local');
    });
    expect(references.length).toBeGreaterThan(10);
    expect(wrong).toEqual([]);
  });

  it('need no sequence of SQL, on whose next number servers would wait for each other', async () => {
    const sequences = await database.query(
      `select c.relname from pg_class c where c.relkind = 'S'
        union all select proname from pg_proc
         where pronamespace = 'public'::regnamespace and prosrc ~* '\\m(nextval|setval)\\M'`,
    );
    expect(sequences).toEqual([]);
  });
});

describe('A change of points', () => {
  it.for<[title: string, credential: () => IssuedToken, field: (change: Change) => string]>([
    ['that adds', () => token, ({ user, key }) => `addPoints(input: { ${user}, points: 9, ${key} })`],
    ['that adds without a key', () => token, ({ user }) => `addPoints(input: { ${user}, points: 9 })`],
    ['that spends', () => token, ({ user, key }) => `spendPoints(input: { ${user}, points: 1, ${key} })`],
    ['that is refused', () => token, ({ user, key }) => `spendPoints(input: { ${user}, points: 900, ${key} })`],
    ['that reverses', () => token, ({ entry, key }) => `reversePoints(input: { entryId: "${entry}", ${key} })`],
    ['with limits', () => limited, ({ user, key }) => `spendPoints(input: { ${user}, points: 1, ${key} })`],
  ])('%s reads and writes the rows of one user, and small tables', async ([_title, by, field], { server }) => {
    const { id } = await server.user();
    for (let count = 0; count < 3; count++) {
      const entry = await addTo(server, id);
      const document = `mutation { ${field({ user: `user: { id: "${id}" }`, key: `idempotencyKey: "${count}"`, entry })} { points } }`;
      for (const _time of ['first', 'repeated']) {
        executions.length = 0;
        const { errors = [] } = await server.send(by(), document);
        expect(errors.filter(({ extensions }) => extensions['code'] !== 'INSUFFICIENT_POINTS')).toEqual([]);
        expect(tablesOf(executions)).toContain('balances');
        expect(executions.flatMap(faultsOf)).toEqual([]);
      }
    }
  });

  it('finds its tables in the placement, as the test above needs', () => {
    expect(placement.distributed.get('balances')).toBe('user_id');
    expect(placement.local).toEqual(expect.arrayContaining([COUNTERS_OF_TOKENS, ...BESIDE_CHANGES]));
  });

  it('takes the lock of the owner of the credential, and no lock of a table', async ({ server }) => {
    const { id } = await server.user();
    const rows = await database.query(
      `with changed as materialized (
         select change_points(0, 'ADD', $1, null, 5, null, null, $2, $3, null, null, null, null, false) as result)
       select l.locktype as type, l.mode, (l.classid::bigint << 32) + l.objid::bigint = uuid_hash_extended($2, 0) as "isOwner"
         from changed, lateral (select * from pg_locks where pid = pg_backend_pid() and changed.result is not null) l
        where l.locktype not in ('virtualxid', 'transactionid')`,
      [id, token.owner.id, token.id],
    );
    const ofTables = rows.filter(({ type }) => type === 'relation').map(({ mode }) => mode);
    expect([...new Set(ofTables)].sort()).toEqual(['AccessShareLock', 'RowExclusiveLock', 'RowShareLock']);
    expect(rows.filter(({ type }) => type !== 'relation')).toEqual([
      { type: 'advisory', mode: 'ShareLock', isOwner: true },
    ]);
  });
});

describe('Several users at once', () => {
  it('are changed by apply_changes, whose statements are the ones that name several users', async ({ server }) => {
    const [from, to] = [await server.user(), await server.user()];
    await addTo(server, from.id);
    executions.length = 0;
    const document = `mutation {
      transferPoints(input: { from: { id: "${from.id}" }, to: { id: "${to.id}" }, points: 1 }) { message }
    }`;
    const { errors } = await server.send(token, document);
    expect(errors).toBeUndefined();
    const statements = executions
      .filter((execution) => faultsOf(execution).length > 0)
      .map(({ text }) => firstWords(text));
    expect([...new Set(statements)].sort()).toEqual(SEVERAL_USERS);
  });
});

/** What a change of several users locks and writes at once: on Citus each of them would have to be one for each user. */
const SEVERAL_USERS = [
  'INSERT INTO entries',
  'SELECT array_agg(l.user_id) array_agg(l::ledger_account)',
  'UPDATE balances b',
  'receiver_ids := ARRAY(SELECT',
];

/** What a test puts into the input of a change, as text. */
interface Change {
  readonly user: string;
  readonly key: string;
  readonly entry: string;
}

async function addTo(server: TestServer, userId: string): Promise<string> {
  const { data } = await server.send(
    token,
    `mutation { addPoints(input: { user: { id: "${userId}" }, points: 5 }) { entry { id } } }`,
  );
  return data.addPoints.entry.id;
}

/** A statement, briefly. */
function firstWords(text: string): string {
  return text
    .trim()
    .split(/[\s,]+/, 3)
    .join(' ');
}

function tablesOf(statements: readonly Execution[]): string[] {
  return statements.flatMap(({ plan }) => nodesOf(plan).flatMap((node) => node['Relation Name'] ?? []));
}

/** A server sends some statements by itself: leases of webhooks, checks of readiness, jobs. */
const OF_SERVER = /webhook_|scrip_migrations|pg_is_in_recovery|mark_expired_holds|^\s*delete /i;

/** What would keep a statement from running on the shard of one user. */
function faultsOf({ text, plan }: Execution): string[] {
  if (OF_SERVER.test(text) || LISTS_OF_ONE.test(text)) return [];
  return nodesOf(plan).flatMap((node) => {
    const table = node['Relation Name'];
    if (table === undefined || isOfOneUser(node, plan)) return [];
    return [`${table} by ${node['Index Cond'] ?? 'no key'}: ${text}`];
  });
}

function isOfOneUser(node: PlanNode, plan: PlanNode): boolean {
  const table = node['Relation Name'] ?? '';
  if (placement.reference.includes(table) || table === COUNTERS_OF_TOKENS || BESIDE_CHANGES.includes(table))
    return true;
  const column = placement.distributed.get(table);
  if (column === undefined) return false;
  // Each row that it writes was found by a node below it, or is the one of VALUES.
  if (node['Node Type'] === 'ModifyTable') {
    return nodesOf(plan).every((each) => !/^(Function Scan|Hash Join|Merge Join)$/.test(each['Node Type']));
  }
  return new RegExp(`\\(${column} = (\\$\\d+|\\(\\$\\d+\\)\\.user_id|'[0-9a-f-]{36}'::uuid)\\)`).test(
    node['Index Cond'] ?? '',
  );
}

/** A function, and all that it calls, by name. */
function functionsCalledBy(name: string): string[] {
  const folder = new URL('../../drizzle/functions/', import.meta.url);
  const bodies = new Map(
    readdirSync(folder).map((file) => [
      file.replace('.sql', ''),
      readFileSync(new URL(file, folder), 'utf8').replaceAll(/--.*$/gm, ''),
    ]),
  );
  const found = new Set([name]);
  for (const each of found) {
    for (const other of bodies.keys())
      if (new RegExp(`\\b${other}\\s*\\(`).test(bodies.get(each) ?? '')) found.add(other);
  }
  return [...found].sort();
}
