import { spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { readFile, stat, writeFile } from 'node:fs/promises';
import { type AddressInfo, createServer } from 'node:net';
import { join } from 'node:path';
import { print } from 'graphql';
import { describe, expect, onTestFinished, vi } from 'vitest';
import { createRelay } from '../http/relay.js';
import { LogInDocument } from '../operations/generated.js';
import { createDatabase } from '../support/database.js';
import { itOnDatabase as it } from '../support/database-fixture.js';
import { post } from '../support/http.js';
import type { TestResponse } from '../support/server.js';
import { addressOf, JWT_SECRET, makeDirectory, startProcess } from './program.js';

describe('A start', () => {
  it('prints its URLs, and stores the password of the first administrator in its home', {
    timeout: 60_000,
  }, async () => {
    const home = join(await makeDirectory(), 'home');
    const env = { SCRIP_HOME: home, PORT: '0' };
    const file = join(home, 'first-admin-password');

    const first = startProcess({ env });
    const url = await addressOf(first);
    for (const path of ['/graphql', '/healthz']) expect(first.said.stdout).toContain(`${url}${path}\n`);
    expect(first.said.stdout).not.toContain('/metrics');
    await first.says(new RegExp(`The password is in ${file}\\.`));
    const password = await readFile(file, 'utf8');
    expect((await stat(file)).mode & 0o777).toBe(0o600);
    expect(await logIn(url, password)).toMatchObject({ data: { logIn: { user: { username: 'admin' } } } });
    first.process.kill('SIGTERM');
    expect(await first.end).toMatchObject({ status: 0, stderr: '' });
    expect(first.said.stdout).not.toContain(password);

    const second = startProcess({ env: { ...env, METRICS_PORT: '0' } });
    await addressOf(second);
    expect(second.said.stdout).toMatch(/^ {2}Metrics {3}http:\/\/127\.0\.0\.1:\d+\/metrics$/m);
    expect(second.said.stdout).not.toMatch(/password/i);
    second.process.kill('SIGTERM');
    expect(await second.end).toMatchObject({ status: 0, stderr: '' });
    expect(await readFile(file, 'utf8')).toBe(password);
  });

  it.for(['0.0.0.0', '::'])(
    'on all interfaces (%s) prints a URL that can be opened, and that it has other addresses',
    async (HOST, { database }) => {
      const program = startProcess({ env: { JWT_SECRET, PORT: '0', HOST, DATABASE_URL: database.url } });
      const url = await addressOf(program);
      expect(url).toMatch(/^http:\/\/localhost:\d+$/);
      expect((await fetch(`${url}/healthz`)).status).toBe(200);
      expect(program.said.stdout).toContain(`${url}, and on all other addresses of this machine\n`);
    },
  );

  it('shows the password of the first administrator in a terminal, and stores it in no file', async ({ skip }) => {
    if (spawnSync('script', ['--version']).status !== 0) skip('`script` of util-linux makes the terminal.');
    const own = await createDatabase();
    onTestFinished(() => own.drop());
    const SCRIP_HOME = join(await makeDirectory(), 'home');
    const program = startProcess({ env: { SCRIP_HOME, JWT_SECRET, PORT: '0', DATABASE_URL: own.url }, terminal: true });
    const url = await addressOf(program);
    const [, password = ''] = /Name +admin\s+Password +([\w-]{24})\s/.exec(program.said.stdout) ?? [];
    expect(await logIn(url, password)).toMatchObject({ data: { logIn: { user: { username: 'admin' } } } });
    expect(program.said.stdout).toContain('npm run --silent scrip -- token issue');
    await expect(stat(SCRIP_HOME)).rejects.toThrow('ENOENT');
    program.process.kill('SIGKILL'); // the terminal goes, and the server with it, before its database
    await program.end;
  });

  // The output of `docker run -t` is a terminal, and the log of the container keeps it.
  it('shows no password in a terminal without input, and stores it', async ({ skip }) => {
    if (spawnSync('script', ['--version']).status !== 0) skip('`script` of util-linux makes the terminal.');
    const own = await createDatabase();
    onTestFinished(() => own.drop());
    const SCRIP_HOME = join(await makeDirectory(), 'home');
    const env = { SCRIP_HOME, JWT_SECRET, PORT: '0', DATABASE_URL: own.url };
    const program = startProcess({ env, terminal: true, withoutInput: true });
    const url = await addressOf(program);
    const password = await readFile(join(SCRIP_HOME, 'first-admin-password'), 'utf8');
    expect(program.said.stdout).not.toContain(password);
    expect(await logIn(url, password)).toMatchObject({ data: { logIn: { user: { username: 'admin' } } } });
    program.process.kill('SIGKILL'); // the terminal goes, and the server with it, before its database
    await program.end;
  });

  it.runIf(process.versions.node.startsWith('20.'))(
    'warns once that Node 20 is no longer maintained',
    async ({ database }) => {
      const program = startProcess({ env: { JWT_SECRET, PORT: '0', DATABASE_URL: database.url } });
      await program.says(/Use Node\.js 26/);
      program.process.kill('SIGTERM');
      const { stdout, stderr } = await program.end;
      expect(stdout.match(/Node\.js 20/g)).toHaveLength(1);
      expect(stderr).toBe('');
    },
  );

  it('reads .env, which the environment overrides', async ({ database }) => {
    const directory = await makeDirectory();
    await writeFile(
      join(directory, '.env'),
      `LOG_LEVEL="silent" # no logs\nDATABASE_URL=${database.url}\nPORT=no port\n`,
    );
    const program = startProcess({ directory, env: { JWT_SECRET, PORT: '0' } });
    await addressOf(program);
    expect(program.said.stdout).not.toContain('{"level"');
  });

  it('reads .env with a byte order mark, also a variable that is empty in the environment', async ({ database }) => {
    const directory = await makeDirectory();
    await writeFile(join(directory, '.env'), `\ufeffDATABASE_URL=${database.url}\r\nJWT_SECRET=${JWT_SECRET}\r\n`);
    const SCRIP_HOME = join(directory, 'home');
    const program = startProcess({ directory, env: { SCRIP_HOME, JWT_SECRET: '', PORT: '0' } });
    await addressOf(program);
    // Without the two variables, a database and a secret would be made there.
    for (const name of ['postgresql', 'jwt-secret']) expect(existsSync(join(SCRIP_HOME, name))).toBe(false);
  });

  it('refuses .env with a # that would cut off a secret, without showing it', async ({ database }) => {
    const directory = await makeDirectory();
    await writeFile(join(directory, '.env'), 'JWT_SECRET=a-secret-of-the-corner-shop-2031x#and-its-second-half');
    const { status, stderr } = await startProcess({ directory, env: { DATABASE_URL: database.url } }).end;
    expect(status).toBe(1);
    expect(stderr).toMatch(/^scrip: .*line 1 \(JWT_SECRET\) has a # .*\n$/);
    expect(stderr).not.toContain('corner-shop');
  });

  it('names every bad setting in one line, and no value', async () => {
    const env = { PORT: 'http', DATABASE_POOL: '1', LOG_LEVEL: 'loud', DATABASE_URL: 'mysql://root:hunter2@db/scrip' };
    const { status, stdout, stderr } = await startProcess({ env }).end;
    expect({ status, stdout }).toEqual({ status: 1, stdout: '' });
    expect(stderr).toMatch(/^scrip: Bad settings: .*\.\n$/);
    for (const name of Object.keys(env)) expect(stderr).toContain(name);
    expect(stderr).not.toMatch(/hunter2|loud|mysql/);
  });

  it('fails with one line if its port is in use, and closes its connections to the database', async ({ database }) => {
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

  it.for<[what: string, damage: (url: URL) => string]>([
    ['a user that it does not know', (url: URL) => (url.username = 'unknown')],
    ['a database that it does not have', (url: URL) => (url.pathname = '/nothing')],
  ])(
    'fails with one line, without the password, if the database server rejects %s',
    async ([_what, damage], { database }) => {
      const url = new URL(database.url);
      damage(url);
      url.password = 'hunter2';
      const { status, stderr } = await startProcess({ env: { JWT_SECRET, PORT: '0', DATABASE_URL: url.href } }).end;
      expect(status).toBe(1);
      expect(stderr).toMatch(/^scrip: The database cannot be reached: .*\n$/);
      expect(stderr).not.toContain('hunter2');
    },
  );

  it.for(['require', 'verify-ca'])(
    'fails with one line if sslmode=%s requires TLS and the database has none',
    async (mode, { database }) => {
      const env = { JWT_SECRET, DATABASE_URL: `${database.url}?sslmode=${mode}` };
      const { status, stderr } = await startProcess({ env }).end;
      expect(status).toBe(1);
      expect(stderr).toMatch(/^scrip: .*does not offer TLS.*\n$/);
    },
  );

  it('waits for a database that does not respond, logs its address and the cause once, and fails after the timeout', async () => {
    const DATABASE_URL = 'postgres://scrip:hunter2@127.0.0.1:1/scrip';
    const env = { JWT_SECRET, PORT: '0', DATABASE_URL, DATABASE_START_TIMEOUT_SECONDS: '3', LOG_LEVEL: 'info' };
    const { status, stdout, stderr } = await startProcess({ env }).end;
    expect(status).toBe(1);
    expect(stderr).toMatch(
      /^scrip: The database cannot be reached: 127\.0\.0\.1:1 after 3 s \(.*\): .*ECONNREFUSED.*\n$/,
    );
    expect(stdout.match(/"database":"127\.0\.0\.1:1","reason":"[^"]*ECONNREFUSED/g)).toHaveLength(1);
    expect(stdout + stderr).not.toContain('hunter2');
  });

  it('waits for a database that becomes reachable later', async () => {
    const relay = await createRelay();
    relay.cut();
    const program = startProcess({ env: { JWT_SECRET, PORT: '0', DATABASE_URL: relay.url, LOG_LEVEL: 'info' } });
    await vi.waitFor(() => expect(program.said.stdout).toContain('waiting for the database'), 15_000);
    await relay.mend();
    await addressOf(program);
    program.process.kill('SIGTERM');
    expect(await program.end).toMatchObject({ status: 0, stderr: '' });
    await relay.close();
  });

  it.each([
    'postgres://u:hunter2@one,two/scrip',
    'postgres://u:hunter2@one:1,two:2/scrip',
    'postgres://u:hunter2@one/scrip?host=one,two',
  ])('refuses several hosts in DATABASE_URL: %s', async (DATABASE_URL) => {
    const { status, stderr } = await startProcess({ env: { JWT_SECRET, DATABASE_URL } }).end;
    expect(status).toBe(1);
    expect(stderr).toMatch(/^scrip: Bad settings: DATABASE_URL names several hosts, [^;]* proxy[^;]*\.\n$/);
    expect(stderr).not.toContain('hunter2');
  });
});

async function logIn(url: string, password: string): Promise<TestResponse> {
  return await post({ url }, { query: print(LogInDocument), variables: { username: 'admin', password } });
}
