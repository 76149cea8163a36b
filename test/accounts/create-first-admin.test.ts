import { chmod, chown, mkdir, mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Writable } from 'node:stream';
import { print } from 'graphql';
import pg from 'pg';
import { pino } from 'pino';
import { beforeEach, describe, expect, it, onTestFinished } from 'vitest';
import { createFirstAdmin } from '../../src/accounts/create-first-admin.js';
import { insertUser } from '../../src/accounts/insert-user.js';
import { createApp } from '../../src/app.js';
import { parseConfig } from '../../src/config.js';
import { createPasswords } from '../../src/users/password-hash.js';
import { LogInDocument, type LogInMutationVariables } from '../operations/generated.js';
import { createDatabase, openPool, type TestDatabase } from '../support/database.js';
import { post } from '../support/http.js';

const isRoot = process.getuid?.() === 0;
const PASSWORD = 'correct horse battery';

describe('The first administrator', () => {
  let database: TestDatabase;
  let folder: string;
  let home: string;
  let passwordFile: string;

  beforeEach(async () => {
    database = await createDatabase();
    folder = await mkdtemp(join(tmpdir(), 'scrip-first-admin-'));
    home = join(folder, 'home');
    passwordFile = join(home, 'first-admin-password');
    return async () => {
      await database.drop();
      await rm(folder, { recursive: true, force: true });
    };
  });

  /** Starts a node that is not at a terminal; gives what it logged, and a way to log in. */
  const start = async (env: Record<string, string> = {}) => {
    const log: string[] = [];
    const sink = new Writable({
      write: (chunk, _encoding, done) => {
        log.push(String(chunk));
        done();
      },
    });
    const JWT_SECRET = 'known to the tests, and to no one else';
    const config = parseConfig({ PORT: '0', DATABASE_URL: database.url, SCRIP_HOME: home, JWT_SECRET, ...env });
    const app = await createApp(config, pino(sink));
    onTestFinished(() => app.close());
    const { url } = await app.listen();
    const logIn = async (password: string) => {
      const variables: LogInMutationVariables = { username: 'admin', password };
      const { data } = await post({ url }, { query: print(LogInDocument), variables });
      return data.logIn?.user;
    };
    return { log, logIn };
  };
  const ADMIN = { username: 'admin', role: 'ADMIN' };
  const countUsers = async () => (await database.query('select from users')).length;

  it('has the password that the file in the home holds, which the log names and does not show', async () => {
    const { log, logIn } = await start();
    const password = await readFile(passwordFile, 'utf8');
    expect(await logIn(password)).toMatchObject(ADMIN);
    expect(log.filter((line) => line.includes(passwordFile))).toHaveLength(1);
    expect(log.join()).not.toContain(password);
    expect((await stat(passwordFile)).mode & 0o777).toBe(0o600);
  });

  it('has the password that an interrupted start wrote, and the file stays as it is', async () => {
    await mkdir(home);
    await writeFile(passwordFile, `${PASSWORD}\n`, { mode: 0o600 });
    const { logIn } = await start();
    expect(await logIn(PASSWORD)).toMatchObject(ADMIN);
    expect(await readFile(passwordFile, 'utf8')).toBe(`${PASSWORD}\n`);
  });

  it('is created by one of several nodes, which alone logs where the password is', async () => {
    const homes = [1, 2, 3].map((number) => join(folder, `home-${number}`));
    const nodes = await Promise.all(homes.map((SCRIP_HOME) => start({ SCRIP_HOME })));
    const files = (await Promise.all(homes.map((each) => readdir(each).catch(() => [])))).flat();
    expect(files).toEqual(['first-admin-password']);
    const telling = nodes.flatMap(({ log }) => /The password is in (\S+)\. /.exec(log.join())?.[1] ?? []);
    expect(telling).toHaveLength(1);
    expect(await nodes[0]?.logIn(await readFile(telling[0] ?? '', 'utf8'))).toMatchObject(ADMIN);
  });

  it('is created after a wait for another node that is longer than the statement timeout', async () => {
    const timeouts = { connectMs: 4_000, statementMs: 1_000, resultMs: 1_200 };
    const own = openPool(database.url, { timeouts });
    onTestFinished(() => own.close());
    const other = new pg.Client({ connectionString: database.url });
    await other.connect();
    await other.query('begin');
    await other.query('select pg_advisory_xact_lock($1)', [0x61646d696e]);
    const created = createFirstAdmin(own.database, createPasswords(), { file: undefined, hasTerminal: true, home });
    const outcome = Promise.allSettled([created]);
    // Its transaction has begun by now, and lasts for longer than a statement may take.
    const waiting = `select from pg_stat_activity where datname = current_database()
      and query like '%pg_try_advisory_xact_lock%' and clock_timestamp() - xact_start > interval '1.2 s'`;
    await expect.poll(() => database.query(waiting), { timeout: 10_000 }).not.toEqual([]);
    await other.query('commit');
    await other.end();
    expect(await outcome).toMatchObject([{ status: 'fulfilled', value: { kind: 'TO_SHOW' } }]);
    expect(await countUsers()).toBe(1);
  });

  it('leaves no password file where the command line has just created a user of that name', async () => {
    const own = openPool(database.url);
    onTestFinished(() => own.close());
    // The file is there before the user is looked for again, so that the insertion waits for the command line's.
    let commit = () => {};
    const written = new Promise<void>((resolve) => {
      commit = resolve;
    });
    const racing = own.database.transaction(async (transaction) => {
      const rules = { restDays: 0, tellsWhen: false };
      await insertUser(transaction, { username: 'ADMIN', role: 'ADMIN', passwordHash: null }, rules);
      await written;
    });
    const node = start();
    const waiting = `select from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'`;
    await expect.poll(() => database.query(waiting), { timeout: 5_000 }).not.toEqual([]);
    expect(await readdir(home)).toEqual(['first-admin-password']);
    commit();
    await racing;
    await node;
    expect(await readdir(home)).toEqual([]);
    expect(await countUsers()).toBe(1);
  });

  it.each([
    ['as it is', PASSWORD, 0o600],
    ['without the line break at its end', `${PASSWORD}\n`, 0o444],
    ['without a line break of Windows', `${PASSWORD}\r\n`, 0o440],
  ])('has the password in ADMIN_PASSWORD_FILE, %s, and no other file has it', async (_, contents, mode) => {
    const ADMIN_PASSWORD_FILE = join(folder, 'given');
    await writeFile(ADMIN_PASSWORD_FILE, contents, { mode });
    const { log, logIn } = await start({ ADMIN_PASSWORD_FILE });
    expect(await logIn(PASSWORD)).toMatchObject(ADMIN);
    expect(log.join()).not.toContain(PASSWORD);
    await expect(stat(home)).rejects.toThrow('ENOENT');
  });

  it.each([
    ['is not there', /the file does not exist/, async () => {}],
    ['is empty', /8 to 256 characters, and has 0/, async (file: string) => writeFile(file, '\n')],
    ['is too short', /8 to 256 characters, and has 7/, async (file: string) => writeFile(file, 'seven77')],
    ['is too common', /too common/, async (file: string) => writeFile(file, 'password1\n')],
    ['holds a NUL', /NUL/, async (file: string) => writeFile(file, `${PASSWORD}\0`)],
    ['is not UTF-8', /not UTF-8/, async (file: string) => writeFile(file, Buffer.alloc(20, 0xff))],
    ['is large', /larger than 64 KiB/, async (file: string) => writeFile(file, 'x'.repeat(70_000))],
    [
      'can be written by others',
      /others can write to .+ chmod go-w/,
      async (file: string) => {
        await writeFile(file, PASSWORD);
        await chmod(file, 0o666);
      },
    ],
  ])('is not created where the password in ADMIN_PASSWORD_FILE %s', async (_, reason, make) => {
    const ADMIN_PASSWORD_FILE = join(folder, 'given');
    await make(ADMIN_PASSWORD_FILE);
    const started = start({ ADMIN_PASSWORD_FILE });
    await expect(started).rejects.toThrow(/^ADMIN_PASSWORD_FILE names a password that cannot be used: /);
    await expect(started).rejects.toThrow(reason);
    await expect(started).rejects.not.toThrow(/seven77|correct horse/);
    expect(await countUsers()).toBe(0);
  });

  it.runIf(isRoot)('is not created where ADMIN_PASSWORD_FILE belongs to another user', async () => {
    const ADMIN_PASSWORD_FILE = join(folder, 'given');
    await writeFile(ADMIN_PASSWORD_FILE, PASSWORD, { mode: 0o600 });
    await chown(ADMIN_PASSWORD_FILE, 65534, 65534);
    await expect(start({ ADMIN_PASSWORD_FILE })).rejects.toThrow('belongs to another user (uid 65534)');
    await mkdir(home, { mode: 0o700 });
    await chown(home, 65534, 65534); // the owner of the home may own the file
    expect(await (await start({ ADMIN_PASSWORD_FILE })).logIn(PASSWORD)).toMatchObject(ADMIN);
  });

  it('is not created from a file in the home that others can read', async () => {
    await mkdir(home);
    await writeFile(passwordFile, PASSWORD);
    await chmod(passwordFile, 0o644);
    await expect(start()).rejects.toThrow(/first-admin-password in .+ cannot be used: others can read .+ Remove it/);
    expect(await countUsers()).toBe(0);
  });

  it('is not created where no home can be written: the log says how to create one', async () => {
    await writeFile(join(folder, 'file'), '');
    const { log } = await start({ SCRIP_HOME: join(folder, 'file', 'home') });
    expect(log.filter((line) => line.includes('scrip user create NAME --admin --password-stdin'))).toHaveLength(1);
    expect(await countUsers()).toBe(0);
  });
});
