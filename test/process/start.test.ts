import { once } from 'node:events';
import { writeFile } from 'node:fs/promises';
import { type AddressInfo, createServer } from 'node:net';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createDatabase, type TestDatabase } from '../database.js';
import { addressOf, JWT_SECRET, makeDirectory, startProcess } from './program.js';

let database: TestDatabase;
beforeAll(async () => {
  database = await createDatabase();
});
afterAll(() => database.drop());

describe('A start', () => {
  it('prints its links, and the first administrator with their password the first time alone', async () => {
    const env = { SCRIP_HOME: join(await makeDirectory(), 'home'), PORT: '0' };

    const first = startProcess({ env });
    const url = await addressOf(first);
    for (const path of ['/graphql', '/healthz', '/metrics']) expect(first.said.stdout).toContain(`${url}${path}\n`);
    expect(first.said.stdout).toMatch(/Name +admin\n *Password +[\w-]{24}\n/);
    expect(first.said.stdout).toContain('npm run --silent scrip -- token issue');
    first.process.kill('SIGTERM');
    expect(await first.end).toMatchObject({ status: 0, stderr: '' });

    const second = startProcess({ env });
    await addressOf(second);
    expect(second.said.stdout).not.toMatch(/password/i);
    second.process.kill('SIGTERM');
    expect(await second.end).toMatchObject({ status: 0, stderr: '' });
  });

  it('reads .env, over which the real environment wins', async () => {
    const directory = await makeDirectory();
    await writeFile(
      join(directory, '.env'),
      `LOG_LEVEL="silent" # no logs\nDATABASE_URL=${database.url}\nPORT=no port\n`,
    );
    const program = startProcess({ directory, env: { JWT_SECRET, PORT: '0' } });
    await addressOf(program);
    expect(program.said.stdout).not.toContain('{"level"');
  });

  it('names every bad setting in one line, and no value', async () => {
    const env = { PORT: 'http', DATABASE_POOL: '1', LOG_LEVEL: 'loud', DATABASE_URL: 'mysql://root:hunter2@db/scrip' };
    const { status, stdout, stderr } = await startProcess({ env }).end;
    expect({ status, stdout }).toEqual({ status: 1, stdout: '' });
    expect(stderr).toMatch(/^scrip: Bad settings: .*\.\n$/);
    for (const name of Object.keys(env)) expect(stderr).toContain(name);
    expect(stderr).not.toMatch(/hunter2|loud|mysql/);
  });

  it('says in one line that the port is in use, and lets go of the database', async () => {
    const squatter = createServer().listen(0, '127.0.0.1');
    await once(squatter, 'listening');
    // A TCP server that listens on an address has an address of this shape.
    const { port } = squatter.address() as AddressInfo;
    const { status, stderr } = await startProcess({
      env: { JWT_SECRET, PORT: String(port), DATABASE_URL: database.url },
    }).end;
    squatter.close();
    expect(status).toBe(1);
    expect(stderr).toMatch(new RegExp(`^scrip: .*port ${port} .*in use.* PORT .*\n$`));
  });

  it.each([
    ['a user that it does not know', (url: URL) => (url.username = 'nobody')],
    ['a database that it does not have', (url: URL) => (url.pathname = '/nothing')],
  ])('says in one line that the database server refuses %s, without the password', async (_, damage) => {
    const url = new URL(database.url);
    damage(url);
    url.password = 'hunter2';
    const { status, stderr } = await startProcess({ env: { JWT_SECRET, PORT: '0', DATABASE_URL: url.href } }).end;
    expect(status).toBe(1);
    expect(stderr).toMatch(/^scrip: The database cannot be reached: .*\n$/);
    expect(stderr).not.toContain('hunter2');
  });

  it('gives up within half a minute where no database answers, without the password', { timeout: 30_000 }, async () => {
    const env = { JWT_SECRET, PORT: '0', DATABASE_URL: 'postgres://scrip:hunter2@127.0.0.1:1/scrip' };
    const { status, stdout, stderr } = await startProcess({ env }).end;
    expect(status).toBe(1);
    expect(stderr).toMatch(/^scrip: The database cannot be reached: .*\n$/);
    expect(stdout + stderr).not.toContain('hunter2');
  });
});
