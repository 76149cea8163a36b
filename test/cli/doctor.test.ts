import { spawn } from 'node:child_process';
import { chmod, mkdir, symlink, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { describe, expect, onTestFinished } from 'vitest';
import { hasPgBouncer, openPgBouncer } from '../database/pgbouncer.js';
import { JWT_SECRET, makeDirectory, scrip } from '../process/program.js';
import { createDatabase } from '../support/database.js';
import { itWith } from '../support/server-fixture.js';
import { diagnose, examine, of } from './diagnose.js';

const it = itWith();

describe('`scrip doctor`', { timeout: 120_000 }, () => {
  it('finds no fault in a database that serves, and prints one line for each finding', async ({ server }) => {
    const { status, found } = await diagnose({ DATABASE_URL: server.database.url });
    expect({ status, faults: found.filter(({ level }) => level === 'fault') }).toEqual({ status: 0, faults: [] });
    const checks = ['settings', 'disk', 'keys', 'ports', 'database', 'server', 'standby', 'pooler', 'notifications'];
    for (const check of [...checks, 'clock', 'privileges', 'migrations', 'administrator']) {
      expect(of(found, check, 'ok')).not.toEqual([]);
    }
    const { stdout } = await scrip(['doctor'], { env: { DATABASE_URL: server.database.url, JWT_SECRET, PORT: '0' } });
    const lines = stdout.trimEnd().split('\n');
    expect(lines).toHaveLength(found.length);
    for (const line of lines) expect(line).toMatch(/^(ok|warning) +[a-z]+ +\S.*\.$/);
  });

  it('names every bad setting', async () => {
    const { status, found } = await diagnose({ PORT: 'http', DATABASE_POOL: '1' });
    expect(status).toBe(1);
    expect(of(found, 'settings', 'fault')[0]?.message).toMatch(/PORT must be.*DATABASE_POOL must be/);
  });

  it('checks the machine where the database is away, and shows no password', async () => {
    const { status, found } = await diagnose({ DATABASE_URL: 'postgres://scrip:hunter2@127.0.0.1:1/scrip' });
    expect(status).toBe(1);
    expect(found.filter(({ level }) => level === 'fault').map(({ check }) => check)).toEqual(['database']);
    expect(of(found, 'ports', 'ok')).toHaveLength(1);
  });

  it('makes no embedded database and no key', async () => {
    const { status, found } = await diagnose({ JWT_SECRET: '' });
    expect(status).toBe(0);
    expect(of(found, 'database', 'warning')[0]?.message).toContain('There is no database');
    expect(of(found, 'keys', 'ok')).toHaveLength(1);
  });

  it('goes on where the embedded database cannot be examined, and tells why', async () => {
    const home = await makeDirectory();
    const directory = join(home, 'postgresql');
    const data = join(directory, 'data');
    await mkdir(join(directory, 'password'), { recursive: true });
    await mkdir(data);
    const postmaster = spawn(process.execPath, ['-e', 'setInterval(() => {}, 1_000)', data]);
    onTestFinished(() => void postmaster.kill());
    await writeFile(join(data, 'postmaster.pid'), `${postmaster.pid}\n${data}\n0\n1\n`);
    const { status, found } = await examine(home, { JWT_SECRET: '' });
    expect(status).toBe(1);
    expect(of(found, 'database', 'fault')[0]?.message).toContain('the file is a directory');
    expect(of(found, 'ports', 'ok')).toHaveLength(1);
    expect(of(found, 'keys', 'warning')[0]?.message).toContain('SCRIP_HOME has a database and no signing key');
  });

  it('takes a key for absent only where it does not exist', async () => {
    const home = await makeDirectory();
    const loop = join(home, 'jwt-secret');
    await symlink(loop, loop); // as a folder that may not be read, it cannot be told what is there
    const { status, found } = await examine(home, { JWT_SECRET: '' });
    expect(status).toBe(1);
    expect(of(found, 'keys', 'fault')[0]?.message).toContain('ELOOP');
  });

  it('finds a database that takes no changes', async () => {
    const database = await createDatabase();
    onTestFinished(() => database.drop());
    await database.query(
      `alter database ${new URL(database.url).pathname.slice(1)} set default_transaction_read_only = on`,
    );
    const { status, found } = await diagnose({ DATABASE_URL: database.url });
    expect(status).toBe(1);
    expect(of(found, 'standby')).toMatchObject([
      {
        level: 'fault',
        message: expect.stringMatching(/^The database is read-only: set default_transaction_read_only/),
      },
    ]);
  });

  it('finds no standby where one is required, in an empty database too', async () => {
    const database = await createDatabase();
    onTestFinished(() => database.drop());
    await database.query('drop schema public cascade; create schema public');
    const { found } = await diagnose({ DATABASE_URL: database.url, REQUIRE_SYNC_STANDBY: 'on' });
    expect(of(found, 'standby', 'fault')[0]?.message).toContain('No synchronous standby is connected: ');
    const { status, found: others } = await diagnose({ DATABASE_URL: database.url });
    expect({ status, faults: others.filter(({ level }) => level === 'fault') }).toEqual({ status: 0, faults: [] });
  });

  it('tells by how much the clock of this machine is wrong', async ({ server }) => {
    const directory = await makeDirectory();
    const preload = join(directory, 'late.mjs');
    await writeFile(preload, 'const { now } = Date; Date.now = () => now() - 90_000;');
    const { status, found } = await diagnose({
      DATABASE_URL: server.database.url,
      NODE_OPTIONS: `--import ${preload}`,
    });
    expect(status).toBe(1);
    expect(of(found, 'clock', 'fault')[0]?.message).toMatch(/which is (89|90|91)\.\d+ s later.*NTP/);
  });

  it('asks for room where the embedded database is only', async ({ server }) => {
    const preload = join(await makeDirectory(), 'full.mjs');
    await writeFile(
      preload,
      `import fs from 'node:fs';
       import { syncBuiltinESMExports } from 'node:module';
       fs.promises.statfs = async () => ({ bavail: 50, bsize: 1_000_000 });
       syncBuiltinESMExports();`,
    );
    const NODE_OPTIONS = `--import ${preload}`;
    const embedded = await diagnose({ NODE_OPTIONS });
    expect(embedded.status).toBe(1);
    expect(of(embedded.found, 'disk', 'fault')[0]?.message).toContain('50 MB are free for the database');
    const external = await diagnose({ NODE_OPTIONS, DATABASE_URL: server.database.url });
    expect({ status: external.status, faults: of(external.found, 'disk', 'fault') }).toEqual({ status: 0, faults: [] });
  });

  it('tells a port that another program uses from one that a Scrip uses', async ({ server }) => {
    const other = createServer((socket) => socket.end('SSH-2.0\r\n'));
    await new Promise<void>((resolve) => other.listen(0, '127.0.0.1', resolve));
    onTestFinished(() => void other.close());
    const address = other.address();
    const taken = typeof address === 'object' ? String(address?.port) : '';
    const [busy, own] = [await diagnose({ PORT: taken }), await diagnose({ PORT: new URL(server.url).port })];
    expect(of(busy.found, 'ports', 'fault')[0]?.message).toContain('set PORT to another one');
    expect(of(own.found, 'ports')).toMatchObject([{ level: 'ok', message: expect.stringContaining('A Scrip serves') }]);
  });

  it('warns of a key file that others can read, and finds one that is no key', async () => {
    const file = join(await makeDirectory(), 'key.pem');
    await writeFile(file, 'not a key');
    await chmod(file, 0o600);
    const bad = await diagnose({ JWT_SECRET: '', JWT_PRIVATE_KEY_FILE: file });
    expect(of(bad.found, 'keys', 'fault')[0]?.message).toContain('JWT_PRIVATE_KEY_FILE');
    await chmod(file, 0o666);
    const open = await diagnose({ JWT_SECRET: '', JWT_PRIVATE_KEY_FILE: file });
    expect(of(open.found, 'keys', 'fault')[0]?.message).toContain('chmod go-w');
  });

  it('finds missing privileges, pending migrations, no administrator and unsafe settings', async () => {
    const database = await createDatabase();
    const role = `doctor_${process.pid}`;
    onTestFinished(async () => {
      await database.query(`drop owned by ${role}; drop role ${role}`);
      await database.drop();
    });
    const owner = { env: { DATABASE_URL: database.url, JWT_SECRET }, input: 'a password of a user' };
    expect(await scrip(['user', 'create', 'anna', '--password-stdin'], owner)).toMatchObject({ status: 0 });
    await database.query(`create role ${role} login password 'hunter2'`);
    await database.query(`grant select on scrip_migrations, tokens, users to ${role}`);
    await database.query(`alter role ${role} set synchronous_commit = off`);
    await database.query('delete from scrip_migrations where name = (select max(name) from scrip_migrations)');
    const url = Object.assign(new URL(database.url), { username: role, password: 'hunter2' });
    const { status, found } = await diagnose({ DATABASE_URL: url.href });
    expect(status).toBe(1);
    expect(of(found, 'privileges', 'fault')[0]?.message).toContain('`scrip migrate --grant-to ROLE`');
    expect(of(found, 'server', 'fault')[0]?.message).toContain('synchronous_commit is off');
    expect(of(found, 'migrations', 'fault')[0]?.message).toMatch(/^1 of .* as their owner\.$/);
    const { found: byOwner } = await diagnose({ DATABASE_URL: database.url });
    expect(of(byOwner, 'migrations', 'warning')[0]?.message).toMatch(/^1 of .* let the next start do it\.$/);
    expect(of(found, 'administrator', 'warning')[0]?.message).toContain('scrip user create NAME --admin');
  });

  it.skipIf(!hasPgBouncer)('tells whether a pooler in transaction mode is configured as one', async ({ server }) => {
    const direct = server.database.url;
    const pooler = await openPgBouncer(direct, 6);
    onTestFinished(() => pooler.close());
    const pooled = { DATABASE_URL: pooler.url };
    const unset = await diagnose(pooled);
    expect(unset.status).toBe(1);
    expect(of(unset.found, 'database', 'fault')[0]?.message).toContain('set DATABASE_POOLER=on');
    const set = await diagnose({ ...pooled, DATABASE_POOLER: 'on' });
    expect(of(set.found, 'pooler')).toMatchObject([
      { level: 'warning', message: expect.stringContaining('LISTEN_URL') },
    ]);
    const listening = await diagnose({ ...pooled, DATABASE_POOLER: 'on', DATABASE_LISTEN_URL: direct });
    expect(of(listening.found, 'pooler', 'ok')).toHaveLength(1);
    expect(of(listening.found, 'notifications', 'ok')).toHaveLength(1);
    const wrong = await diagnose({ ...pooled, DATABASE_POOLER: 'on', DATABASE_LISTEN_URL: pooler.url });
    expect(of(wrong.found, 'notifications', 'fault')[0]?.message).toContain('DATABASE_LISTEN_URL leads to a pooler');
    const needless = await diagnose({ DATABASE_URL: direct, DATABASE_POOLER: 'on' });
    expect(of(needless.found, 'pooler')).toMatchObject([
      { level: 'warning', message: expect.stringContaining('no pooler') },
    ]);
  });
});
