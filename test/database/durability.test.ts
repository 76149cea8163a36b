import pg from 'pg';
import { describe, expect, onTestFinished } from 'vitest';
import { inspectServer } from '../../src/database/inspect-server.js';
import type { EmbeddedPostgres } from '../../src/embedded-postgres/open-embedded-postgres.js';
import { openPool } from '../support/database.js';
import { itOnOwnPostgres } from '../support/postgres-fixture.js';

const it = itOnOwnPostgres.extend('admin', { scope: 'file' }, async ({ postgres }, { onCleanup }) => {
  const admin = new pg.Client({ connectionString: postgres.url });
  await admin.connect();
  onCleanup(() => admin.end());
  return admin;
});
it.beforeAll(({ admin: _connected }) => {});

/** Sets it for the whole server until the test ends. */
async function set(admin: pg.Client, setting: string, value: string): Promise<void> {
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

/** The warnings of a start about the server, or why it is refused; `options` are those of a connection. */
async function inspect(
  { url: serverUrl }: EmbeddedPostgres,
  durability: 'server' | 'provider' = 'server',
  options = '',
): Promise<readonly string[] | string> {
  const url = new URL(serverUrl);
  if (options !== '') url.searchParams.set('options', options);
  const { database, close } = openPool(url.href, { poolSize: 1 });
  try {
    return await inspectServer(database, { behindPooler: false, durability, connections: 1 });
  } catch (error) {
    return String(error);
  } finally {
    await close();
  }
}

describe('A PostgreSQL server', () => {
  it.for(['fsync', 'full_page_writes'])(
    'with %s off is refused, unless DATABASE_DURABILITY says that its provider ensures durability',
    async (setting, { postgres, admin }) => {
      await set(admin, setting, 'off');
      expect(await inspect(postgres)).toMatch(new RegExp(`${setting} is off.*DATABASE_DURABILITY=provider`));
      expect(await inspect(postgres, 'provider')).toEqual([expect.stringContaining(`${setting} off at the server`)]);
      expect(await inspect(postgres, 'provider', '-c synchronous_commit=off')).toContain('synchronous_commit is off');
    },
  );

  it.for(['local', 'remote_write'])(
    'with synchronous standbys is refused where synchronous_commit is %s',
    async (level, { postgres, admin }) => {
      expect(await inspect(postgres, 'server', `-c synchronous_commit=${level}`)).toEqual([]);
      await set(admin, 'synchronous_standby_names', 'standby');
      expect(await inspect(postgres, 'server', `-c synchronous_commit=${level}`)).toContain(
        `synchronous_commit is ${level}`,
      );
      expect(await inspect(postgres, 'server', '-c synchronous_commit=on')).toEqual([]);
      expect(await inspect(postgres, 'server', '-c synchronous_commit=remote_apply')).toEqual([]);
    },
  );

  it('with asynchronous replication causes a warning', async ({ postgres, admin }) => {
    expect(await inspect(postgres)).toEqual([]);
    // The types do not know the option `replication`.
    const standby = new pg.Client({ connectionString: postgres.url, replication: 'true' } as pg.ClientConfig);
    standby.on('error', () => {});
    await standby.connect();
    onTestFinished(() => standby.end());
    const { rows } = await admin.query('select pg_current_wal_lsn() as lsn');
    standby.query(`START_REPLICATION ${rows[0].lsn}`).catch(() => {}); // it has no end
    await expect.poll(() => inspect(postgres)).toEqual([expect.stringContaining('Replication is asynchronous')]);
  });
});
