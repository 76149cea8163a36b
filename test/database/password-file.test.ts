import { chown, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { pino } from 'pino';
import { describe, expect, onTestFinished, vi } from 'vitest';
import { parseConfig } from '../../src/config.js';
import { openForCommand } from '../../src/database/open-database.js';
import { passwordReader } from '../../src/database/password-reader.js';
import { addressOf, JWT_SECRET, makeDirectory, startProcess } from '../process/program.js';
import { createDatabase, type TestDatabase } from '../support/database.js';
import { itOnDatabase as it } from '../support/database-fixture.js';

/** A role that may do everything, and the file of its URL. */
async function makeRole(database: TestDatabase) {
  const { host, pathname } = new URL(database.url);
  const name = `rotated_${pathname.slice(1)}`;
  const file = join(await makeDirectory(), 'database-url');
  const urlWith = (password: string) => `postgres://${name}:${password}@${host}${pathname}`;
  await database.query(`create role ${name} superuser login password 'hunter1'`);
  onTestFinished(() => database.query(`drop role ${name}`).then(() => {}));
  await writeFile(file, `${urlWith('hunter1')}\n`, { mode: 0o600 });
  return {
    name,
    file,
    urlWith,
    rotate: async (password: string) => {
      await database.query(`alter role ${name} password '${password}'`);
      await writeFile(file, `${urlWith(password)}\n`);
    },
  };
}

const sessionsOf = async (database: TestDatabase, role: string) =>
  await database.query('select pid, application_name as name from pg_stat_activity where usename = $1', [role]);

describe('The password in the file of DATABASE_URL', () => {
  it('can be rotated while the server runs: open connections stay, new ones use the new one', {
    timeout: 60_000,
  }, async ({ database }) => {
    const role = await makeRole(database);
    const secret = join(await makeDirectory(), 'jwt-secret');
    await writeFile(secret, `${JWT_SECRET}\n`);
    const listen = join(await makeDirectory(), 'listen-url');
    await writeFile(listen, role.urlWith('hunter1'));
    const program = startProcess({
      env: { DATABASE_URL_FILE: role.file, DATABASE_LISTEN_URL_FILE: listen, JWT_SECRET_FILE: secret, PORT: '0' },
    });
    const url = await addressOf(program);
    const status = async () => (await fetch(`${url}/readyz`)).status;
    expect(await status()).toBe(200);

    await role.rotate('hunter2');
    await writeFile(listen, role.urlWith('hunter2'));
    const before = (await sessionsOf(database, role.name)).map(({ pid }) => pid);
    expect(before.length).toBeGreaterThan(0);
    await database.query('select pg_terminate_backend(pid) from pg_stat_activity where usename = $1', [role.name]);
    await vi.waitFor(async () => expect(await status()).toBe(200), 20_000);
    const after = await sessionsOf(database, role.name);
    expect(after.filter(({ pid }) => before.includes(pid))).toEqual([]);
    expect(program.said.stdout).not.toMatch(/hunter/);
    program.process.kill('SIGTERM');
    expect(await program.end).toMatchObject({ status: 0, stderr: '' });
  });

  it('is read by commands too, and a password that is no longer valid is an error that does not show it', async ({
    database,
  }) => {
    const role = await makeRole(database);
    await role.rotate('hunter2');
    const env = { DATABASE_URL_FILE: role.file };
    const { status } = await startProcess({ env }, ['token', 'list']).end;
    expect(status).toBe(0);
    await database.query(`alter role ${role.name} password 'hunter3'`);
    const refused = await startProcess({ env }, ['token', 'list']).end;
    expect(refused.status).toBe(1);
    expect(refused.stderr).toContain('password authentication failed');
    expect(refused.stderr).not.toMatch(/hunter/);
  });

  it('is used to migrate and to listen too', async ({ database }) => {
    const role = await makeRole(database);
    await role.rotate('hunter2');
    const empty = await createDatabase('template template0');
    onTestFinished(() => empty.drop());
    const stale = role.urlWith('hunter1').replace(new URL(database.url).pathname, new URL(empty.url).pathname);
    await writeFile(role.file, stale.replace('hunter1', 'hunter2'));
    const file = { path: role.file, value: stale };
    for (const files of [{ DATABASE_URL: file }, { DATABASE_URL: file, DATABASE_LISTEN_URL: file }]) {
      const config = parseConfig({ DATABASE_START_TIMEOUT_SECONDS: '1' }, files);
      const opened = await openForCommand(config.database, pino({ level: 'silent' }), { migrations: 'apply' });
      await new Promise<void>((resolve, reject) => {
        const stop = opened.notifications.listen('a_channel', { onText: reject, onGap: resolve });
        onTestFinished(stop);
      });
      await opened.close();
    }
  });

  it.runIf(process.getuid?.() === 0)(
    'keeps a process root that could not read it as another user, and the start says so',
    async ({ database }) => {
      const role = await makeRole(database);
      const home = await makeDirectory();
      await chown(home, 65_534, 65_534);
      const env = { SCRIP_HOME: home, PORT: '0', DATABASE_URL_FILE: role.file, JWT_SECRET };
      const program = startProcess({ env });
      await program.says(/The process stays root: \w+ cannot read /);
    },
  );
});

describe('A file of a URL that is read again', () => {
  const URL_OF = (user: string, password: string, database = 'd') =>
    `postgres://${user}:${password}@h:5432/${database}`;

  async function open() {
    const path = join(await makeDirectory(), 'url');
    const warnings: string[] = [];
    const log = pino({}, { write: (line: string) => void warnings.push(JSON.parse(line).msg) });
    await writeFile(path, URL_OF('a', 'first'));
    const read = passwordReader({ url: URL_OF('a', 'first'), path, home: '.', setting: 'DATABASE_URL_FILE', log });
    if (read === undefined) throw new Error('There is a file.');
    return { read, warnings, write: (text: string) => writeFile(path, text) };
  }

  it('gives its password as PostgreSQL gets it', async () => {
    const { read, write, warnings } = await open();
    expect(read()).toBe('first');
    await write(URL_OF('a', '%23%2F'));
    expect(read()).toBe('#/');
    expect(warnings).toEqual([]);
  });

  it('leaves the last password in use while it cannot be used, and is logged once', async () => {
    const { read, write, warnings } = await open();
    await write(URL_OF('a', 'second'));
    expect(read()).toBe('second');
    await write('');
    expect([read(), read()]).toEqual(['second', 'second']);
    await write('mysql://a:third@h/d');
    expect(read()).toBe('second');
    expect(warnings).toEqual([
      expect.stringMatching(/^DATABASE_URL_FILE cannot be used: the file is empty; the last password/),
      expect.stringMatching(/^DATABASE_URL_FILE must be a URL .*; the last password/),
    ]);
    expect(warnings.join()).not.toContain('third');
  });

  it('changes neither user nor database: of another user no password is used, and both are logged', async () => {
    const { read, write, warnings } = await open();
    await write(URL_OF('b', 'other'));
    expect(read()).toBe('first');
    await write(URL_OF('a', 'second', 'e'));
    expect(read()).toBe('second');
    expect(warnings).toEqual([
      expect.stringContaining('names another user'),
      expect.stringContaining('names another host, database or option'),
    ]);
  });
});
