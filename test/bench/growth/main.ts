/**
 * `node --import tsx test/bench/growth/main.ts [--users 1000000] [--calls 200]`: fills a database with as many users and
 * tokens and ten times as many entries, measures each operation of `lists.ts` over HTTP, one at a time, and prints a table with
 * what PostgreSQL reads for it. A million users need 8 GB in the folder of temporary files (`TMPDIR`).
 */
import { chmod, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import pg from 'pg';
import { pino } from 'pino';
import { createApp } from '../../../src/app.js';
import { SCOPES } from '../../../src/auth/scope.js';
import { parseConfig } from '../../../src/config.js';
import { openForCommand } from '../../../src/database/open-database.js';
import { openEmbeddedPostgres } from '../../../src/embedded-postgres/open-embedded-postgres.js';
import { generateSecret, hashSecret } from '../../../src/tokens/secret.js';
import {
  collectExecutions,
  type Execution,
  explainEverything,
  rowsRead,
  tablesRead,
} from '../../database/executions.js';
import { GROWING_OPERATIONS, type GrowingOperation } from './lists.js';
import { id, LARGE, rowsOf } from './rows.js';

const { values } = parseArgs({
  options: { users: { type: 'string', default: '1000000' }, calls: { type: 'string', default: '200' } },
});
const factor = Number(values.users) / LARGE.users;
const size = {
  users: LARGE.users * factor,
  entries: LARGE.entries * factor,
  tokens: LARGE.tokens * factor,
  auditEvents: LARGE.auditEvents * factor,
  posts: LARGE.posts * factor,
};
const calls = Number(values.calls);
const secret = generateSecret();

const home = await mkdtemp(join(tmpdir(), 'scrip-growth-'));
await chmod(home, 0o755); // as root, PostgreSQL runs as another user, who has to enter it
const postgres = await openEmbeddedPostgres({ home, log: () => {} });
const client = new pg.Client({ connectionString: postgres.url });
try {
  await client.connect();
  await fill();
  const times = await withServer(async (ask) => {
    const all = new Map<GrowingOperation, number[]>();
    for (const operation of GROWING_OPERATIONS) all.set(operation, await measure(() => ask(operation)));
    return all;
  });
  await explainEverything({ url: postgres.url, query: async (text) => (await client.query(text)).rows }, true);
  const { executions, stop } = collectExecutions();
  const reads = await withServer(async (ask) => {
    const all = new Map<GrowingOperation, readonly Execution[]>();
    for (const operation of GROWING_OPERATIONS) {
      executions.length = 0;
      await ask(operation);
      all.set(
        operation,
        executions.filter(({ text }) => !/scrip_migrations|^\s*delete /.test(text)),
      );
    }
    return all;
  });
  stop();
  print(times, reads);
} finally {
  await client.end();
  await postgres.close();
  await rm(home, { recursive: true, force: true, maxRetries: 5 });
}

async function fill(): Promise<void> {
  const config = parseConfig({ DATABASE_URL: postgres.url, JWT_SECRET: secret }).database;
  await (await openForCommand(config, pino({ level: 'silent' }), { migrations: 'apply' })).close();
  for (const statement of rowsOf(size)) {
    process.stderr.write(`${statement.slice(0, 30).trim()} …\n`);
    await client.query(statement);
  }
  await client.query(
    `insert into tokens (id, name, format, secret_hash, hint, scopes, owner_id)
     values (uuidv7(), 'measured', 'OPAQUE', $1, '', $2, ${id('user', '2')})`,
    [hashSecret(secret), SCOPES],
  );
  await client.query('vacuum analyze');
  await client.query('checkpoint');
}

type Ask = (operation: GrowingOperation) => Promise<void>;

/** A server in this process, as `main.ts` starts it, for as long as some work takes. */
async function withServer<Result>(work: (ask: Ask) => Promise<Result>): Promise<Result> {
  const env = { DATABASE_URL: postgres.url, JWT_SECRET: secret, PORT: '0', THROTTLE_REQUESTS_PER_MINUTE: '0' };
  const app = await createApp(parseConfig(env), pino({ level: 'silent' }));
  const { url } = await app.listen();
  try {
    return await work(async ({ document }) => {
      const headers = { 'content-type': 'application/json', authorization: `Bearer ${secret}` };
      const body = JSON.stringify({ query: document });
      const response = await fetch(`${url}/graphql`, { method: 'POST', headers, body });
      const { errors } = (await response.json()) as { errors?: object[] };
      if (errors !== undefined) throw new Error(`${document}: ${JSON.stringify(errors)}`);
    });
  } finally {
    await app.close();
  }
}

/** The times of calls in milliseconds, ascending, after a tenth as many that are not counted. */
async function measure(call: () => Promise<void>): Promise<number[]> {
  const times: number[] = [];
  for (let count = -calls / 10; count < calls; count++) {
    const startedAt = performance.now();
    await call();
    if (count >= 0) times.push(performance.now() - startedAt);
  }
  return times.sort((a, b) => a - b);
}

function print(times: Map<GrowingOperation, number[]>, reads: Map<GrowingOperation, readonly Execution[]>): void {
  const lines = GROWING_OPERATIONS.map((operation) => {
    const sorted = times.get(operation) ?? [];
    const at = (share: number) => (sorted[Math.floor(share * (sorted.length - 1))] ?? Number.NaN).toFixed(1);
    const executions = reads.get(operation) ?? [];
    const rows = executions.reduce((sum, execution) => sum + rowsRead(execution), 0);
    const tables = [...new Set(executions.flatMap(tablesRead))].join(', ') || 'none';
    return `| ${operation.title} | ${at(0.5)} | ${at(0.99)} | ${rows.toLocaleString('en')} | ${tables} |`;
  });
  process.stdout.write(
    `| Operation | p50 (ms) | p99 (ms) | Rows read | Tables read as a whole |\n| --- | --: | --: | --: | --- |\n${lines.join('\n')}\n`,
  );
}
