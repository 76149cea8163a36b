import { chmod, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pg from 'pg';
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import { connect } from '../../src/database/connect.js';
import { createFence } from '../../src/database/fence.js';
import { inspectServer } from '../../src/database/inspect-server.js';
import { type EmbeddedPostgres, openEmbeddedPostgres } from '../../src/embedded-postgres/open-embedded-postgres.js';

/** A server of this file's own, whose settings concern no other test. */
let server: EmbeddedPostgres;
let home: string;
let admin: pg.Client;
beforeAll(async () => {
  home = await mkdtemp(join(tmpdir(), 'scrip-test-'));
  await chmod(home, 0o755); // as root, PostgreSQL runs as another user
  server = await openEmbeddedPostgres({ home, log: () => {} });
  admin = new pg.Client({ connectionString: server.url });
  await admin.connect();
});
afterAll(async () => {
  await admin.end();
  await server.close();
  await rm(home, { recursive: true });
});

/** Sets it for the whole server until the test ends. */
async function set(setting: string, value: string): Promise<void> {
  const reload = async () => {
    await admin.query('select pg_reload_conf()');
  };
  await admin.query(`alter system set ${setting} = '${value}'`);
  await reload();
  onTestFinished(async () => {
    await admin.query(`alter system reset ${setting}`);
    await reload();
  });
  await expect.poll(async () => (await admin.query(`show ${setting}`)).rows[0][setting]).toBe(value);
}

async function inspect(
  durability: 'server' | 'provider' = 'server',
  options = '',
): Promise<readonly string[] | string> {
  const url = new URL(server.url);
  if (options !== '') url.searchParams.set('options', options);
  const { database, close } = connect({
    url: url.href,
    poolSize: 1,
    behindPooler: false,
    onLost: () => {},
    fence: createFence(),
  });
  try {
    return await inspectServer(database, { behindPooler: false, durability, connections: 1 });
  } catch (error) {
    return String(error);
  } finally {
    await close();
  }
}

describe('A server', () => {
  it.each(['fsync', 'full_page_writes'])(
    'with %s off is refused, unless its provider answers for durability',
    async (setting) => {
      await set(setting, 'off');
      expect(await inspect()).toMatch(new RegExp(`${setting} is off.*DATABASE_DURABILITY=provider`));
      expect(await inspect('provider')).toEqual([expect.stringContaining(`${setting} off at the server`)]);
      expect(await inspect('provider', '-c synchronous_commit=off')).toContain('synchronous_commit is off');
    },
  );

  it.each(['local', 'remote_write'])(
    'with synchronous standbys is refused where synchronous_commit is %s',
    async (level) => {
      expect(await inspect('server', `-c synchronous_commit=${level}`)).toEqual([]);
      await set('synchronous_standby_names', 'standby');
      expect(await inspect('server', `-c synchronous_commit=${level}`)).toContain(`synchronous_commit is ${level}`);
      expect(await inspect('server', '-c synchronous_commit=on')).toEqual([]);
      expect(await inspect('server', '-c synchronous_commit=remote_apply')).toEqual([]);
    },
  );

  it('whose replication is asynchronous is warned of', async () => {
    // The types do not know the option `replication`.
    const standby = new pg.Client({ connectionString: server.url, replication: 'true' } as pg.ClientConfig);
    standby.on('error', () => {});
    await standby.connect();
    onTestFinished(() => standby.end());
    const { rows } = await admin.query('select pg_current_wal_lsn() as lsn');
    standby.query(`START_REPLICATION ${rows[0].lsn}`).catch(() => {}); // it has no end
    await expect.poll(() => inspect()).toEqual([expect.stringContaining('Replication is asynchronous')]);
  });
});
