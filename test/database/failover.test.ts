/** Two real PostgreSQL servers, a primary and its standby, and a promotion while the former primary keeps running. */
import { execFile } from 'node:child_process';
import { chown, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import pg from 'pg';
import { pino } from 'pino';
import { describe, expect, vi } from 'vitest';
import { createFence } from '../../src/database/fence.js';
import { migrate } from '../../src/database/migrate.js';
import { type EmbeddedPostgres, openEmbeddedPostgres } from '../../src/embedded-postgres/open-embedded-postgres.js';
import { ask, postmasterIn } from '../embedded-postgres/process.js';
import { openWire, type Wire } from '../faults/wire.js';
import { AddPointsDocument, CreateUserDocument, UsersDocument } from '../operations/generated.js';
import { JWT_SECRET, startProcess } from '../process/program.js';
import { openPool } from '../support/database.js';
import { makeHome } from '../support/own-postgres.js';
import { type IssuedToken, startServer, type TestServer } from '../support/server.js';
import { itWith } from '../support/server-fixture.js';

let primary: EmbeddedPostgres;
let standby: EmbeddedPostgres;
/** An unrelated cluster, with the tables. */
let moved: EmbeddedPostgres;
let wire: Wire;
let token: IssuedToken;
let revoked: IssuedToken;

vi.setConfig({ hookTimeout: 120_000 }); // three PostgreSQL servers and two nodes start

/** `server` and `strict` are nodes over the wire; `strict` requires a synchronous standby. */
const it = itWith(async (after) => {
  const started: EmbeddedPostgres[] = [];
  after(() => destroy(started));
  primary = await openEmbeddedPostgres({ home: await makeHome(), log: () => {} });
  started.push(primary);
  standby = await copyAsStandby(primary);
  started.push(standby);
  await ask(primary.url, "alter system set synchronous_standby_names = '*'");
  await ask(primary.url, 'select pg_reload_conf()');
  moved = await openEmbeddedPostgres({ home: await makeHome(), log: () => {} });
  started.push(moved);
  await createTables(moved);
  wire = await openWire(primary.url);
  after(async () => wire.close());
  return { DATABASE_URL: wire.url };
}).extend('strict', { scope: 'file' }, async ({ server: _started }, { onCleanup }) => {
  const strict = await startServer({ DATABASE_URL: wire.url, REQUIRE_SYNC_STANDBY: 'on' });
  onCleanup(() => strict.close());
  return strict;
});
it.beforeAll(async ({ server, strict: _started }) => {
  token = await server.token(['points:add', 'points:read']);
  revoked = await server.token(['points:add']);
});

const MORE_THAN_A_POOL = 12;

async function createTables({ url }: EmbeddedPostgres): Promise<void> {
  const { database, close } = openPool(url, { poolSize: 1 });
  await migrate({
    database,
    url,
    behindPooler: false,
    fence: createFence(),
    log: pino({ level: 'silent' }),
  });
  await close();
}

/** Ends PostgreSQL servers at once, whatever they wait for, and removes their data. */
async function destroy(started: readonly EmbeddedPostgres[]): Promise<void> {
  for (const { dataDirectory } of started) {
    process.kill(await postmasterIn(dataDirectory), 'SIGQUIT');
    await vi.waitFor(async () => await expect(postmasterIn(dataDirectory)).rejects.toThrow(), 10_000);
    await rm(dirname(dirname(dataDirectory)), { recursive: true, force: true });
  }
  await Promise.all(started.map(({ close }) => close()));
}

/** A second server that follows the first, from a copy of its files. */
async function copyAsStandby({ url, dataDirectory }: EmbeddedPostgres): Promise<EmbeddedPostgres> {
  const home = await makeHome();
  const data = join(home, 'postgresql', 'data');
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  await client.query("select pg_backup_start('copy', true)");
  await promisify(execFile)('cp', ['-a', dirname(dataDirectory), join(home, 'postgresql')]); // with its owner
  const { rows } = await client.query<{ labelfile: string }>('select labelfile from pg_backup_stop(false)');
  await client.end();
  await rm(join(data, 'postmaster.pid'));
  const { uid, gid } = await stat(data);
  const auto = join(data, 'postgresql.auto.conf');
  const files = [
    ['backup_label', rows[0]?.labelfile ?? ''],
    ['standby.signal', ''],
    ['postgresql.auto.conf', `${await readFile(auto, 'utf8')}primary_conninfo = '${url}'\n`],
  ] as const;
  for (const [name, text] of files) {
    await writeFile(join(data, name), text, { mode: 0o600 });
    await chown(join(data, name), uid, gid);
  }
  return await openEmbeddedPostgres({ home, log: () => {} });
}

async function readyz({ url }: TestServer) {
  const response = await fetch(`${url}/readyz`);
  return { status: response.status, body: (await response.json()) as { reason?: string } };
}

async function untilReady(node: TestServer, status: number, reason?: string): Promise<void> {
  const body = reason === undefined ? { status: 'ready' } : { status: 'unready', reason };
  await vi.waitFor(async () => expect(await readyz(node)).toEqual({ status, body }), {
    timeout: 15_000,
    interval: 100,
  });
}

const add = async (node: TestServer, credential = token) => {
  const { id } = credential.owner;
  return await node.send(credential, AddPointsDocument, { input: { user: { id }, points: 1 } });
};

describe('A node with REQUIRE_SYNC_STANDBY=on', () => {
  it('is ready while a synchronous standby is connected', async ({ strict }) => {
    await untilReady(strict, 200);
    expect(await add(strict)).toMatchObject({ status: 200, errors: undefined });
  });

  it('is unready and changes nothing while there is none, and recovers when one is back', async ({ strict }) => {
    await ask(primary.url, "alter system set synchronous_standby_names = ''");
    await ask(primary.url, 'select pg_reload_conf()');
    await untilReady(strict, 503, 'no synchronous standby is connected');
    const { status, errors } = await add(strict);
    expect({ status, errors }).toMatchObject({
      status: 503,
      errors: [{ extensions: { code: 'UNAVAILABLE', effect: 'NONE' } }],
    });
    await ask(primary.url, "alter system set synchronous_standby_names = '*'");
    await ask(primary.url, 'select pg_reload_conf()');
    await untilReady(strict, 200);
    expect(await add(strict)).toMatchObject({ status: 200, errors: undefined });
  });

  it('does not start for a role that cannot see replication, and names the missing privilege', async () => {
    await ask(primary.url, "create role blind login password 'blind'");
    const url = new URL(primary.url);
    [url.username, url.password] = ['blind', 'blind'];
    const env = { JWT_SECRET, PORT: '0', DATABASE_URL: url.href, REQUIRE_SYNC_STANDBY: 'on' };
    const { status, stderr } = await startProcess({ env }).end;
    expect(status).toBe(1);
    expect(stderr).toMatch(/^scrip: .*REQUIRE_SYNC_STANDBY=on .* GRANT pg_read_all_stats TO blind\.\n$/);
  });
});

describe('A cancelled wait for the synchronous standby', () => {
  it('is reported with the effect UNKNOWN, not as success', async ({ server }) => {
    await ask(standby.url, 'select pg_wal_replay_pause()'); // apply is not waited for; the receiver has to stop
    const response = holdReceiver(async () => {
      const sent = add(server);
      await vi.waitFor(async () => {
        const row = await ask(
          primary.url,
          "select pg_cancel_backend(pid) as done from pg_stat_activity where wait_event = 'SyncRep' and query ~ 'change_points|apply_changes'",
        );
        expect(row['done']).toBe(true);
      }, 10_000);
      return await sent;
    });
    expect((await response).errors).toMatchObject([{ extensions: { code: 'UNAVAILABLE', effect: 'UNKNOWN' } }]);
    await ask(standby.url, 'select pg_wal_replay_resume()');
  });
});

describe('A wait for the synchronous standby that is longer than the query timeout', () => {
  it('is reported with the effect UNKNOWN, holds no connection of the node, and ends once the standby is back', async ({
    server,
  }) => {
    const everything = await server.everything();
    const create = (username: string) => server.send(everything, CreateUserDocument, { input: { username } });
    const names = Array.from({ length: MORE_THAN_A_POOL }, (_, nth) => `abandoned-${nth}`);
    const waiting = async () => {
      const row = await ask(primary.url, "select count(*)::int from pg_stat_activity where wait_event = 'SyncRep'");
      return row['count'];
    };
    const effects = await holdReceiver(async () => {
      const responses = await Promise.all(names.map(create));
      expect(await waiting()).toBeGreaterThan(0);
      const { data } = await server.send(everything, UsersDocument, { first: 1 });
      expect(data.users.nodes).toEqual([{ username: 'admin' }]);
      return responses.map(({ errors }) => errors?.[0]?.extensions['effect']);
    });
    expect(effects).toContain('UNKNOWN');
    await vi.waitFor(async () => expect(await waiting()).toBe(0), 10_000);
    const again = await Promise.all(names.map(create));
    expect(again.map(({ errors }) => errors?.[0]?.extensions['code'])).toEqual(
      effects.map((effect) => (effect === 'UNKNOWN' ? 'USERNAME_TAKEN' : undefined)),
    );
  });
});

/** Stops what receives the primary's log on the standby, so that the primary waits but still counts it as connected. */
async function holdReceiver<Result>(work: () => Promise<Result>): Promise<Result> {
  const { pid } = await ask(standby.url, 'select pid from pg_stat_wal_receiver');
  process.kill(Number(pid), 'SIGSTOP');
  try {
    return await work();
  } finally {
    process.kill(Number(pid), 'SIGCONT');
  }
}

describe('A node whose former primary keeps running after a failover', () => {
  it('refuses a standby that is not promoted', async ({ server }) => {
    await untilReady(server, 200);
    wire.leadTo(standby.url);
    wire.cut();
    wire.mend();
    await untilReady(server, 503, 'the database server is a standby');
    expect(await add(server)).toMatchObject({ status: 503, errors: [{ extensions: { code: 'UNAVAILABLE' } }] });
    wire.leadTo(primary.url);
    await untilReady(server, 200);
    expect(await add(server)).toMatchObject({ status: 200, errors: undefined });
  });

  it('closes its connections to the former primary once it has connected to the new one', async ({ server }) => {
    for (const { url } of [primary, standby]) {
      await ask(url, "alter system set synchronous_standby_names = ''"); // or both would wait for one
      await ask(url, 'select pg_reload_conf()');
    }
    await ask(standby.url, 'select pg_promote(true)');
    await ask(standby.url, `update tokens set revoked_at = now() where id = '${revoked.id}'`);
    expect((await add(server, revoked)).status).toBe(200); // the former primary is all that the node knows
    wire.leadTo(standby.url); // for new connections alone
    await vi.waitFor(async () => {
      expect((await add(server, revoked)).errors).toMatchObject([{ extensions: { reason: 'TOKEN_REVOKED' } }]);
    }, 10_000);
  });

  it('never uses the former primary again', async ({ server }) => {
    wire.leadTo(primary.url);
    wire.cut();
    wire.mend();
    await untilReady(server, 503, 'the database server is a former primary (timeline 1, newest 2)');
    expect((await add(server, revoked)).status).toBe(503);
    wire.leadTo(standby.url);
    wire.cut();
    wire.mend();
    await vi.waitFor(async () => expect((await add(server, revoked)).status).toBe(401), 10_000);
  });
});

describe('A node whose database moves to a new cluster, whose timelines begin at 1 again,', () => {
  it('uses the new cluster, logs the move once, and refuses the former cluster', async ({ server }) => {
    const { username, password } = new URL(standby.url);
    await ask(moved.url, `alter role ${username} password '${password}'`); // the node's URL stays as it is
    wire.leadTo(moved.url);
    wire.cut();
    wire.mend();
    await untilReady(server, 200);
    expect(server.log.filter((line) => line.includes('"database_cluster_changed"'))).toHaveLength(1);
    expect((await add(server)).errors).toMatchObject([{ extensions: { reason: 'TOKEN_INVALID' } }]); // it is empty
    wire.leadTo(standby.url);
    wire.cut();
    wire.mend();
    await untilReady(server, 503, 'the database server belongs to a former cluster');
  });
});
