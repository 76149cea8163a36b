import { spawnSync } from 'node:child_process';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { print } from 'graphql';
import { it as base, describe, expect, onTestFinished } from 'vitest';
import { parseConfig } from '../../src/config.js';
import { LogInDocument } from '../operations/generated.js';
import { addressOf, makeDirectory, scrip, startProcess } from '../process/program.js';
import { createDatabase } from '../support/database.js';
import { type Rendered, readDeployed } from './chart.js';
import { INSTALLED, openProxy } from './proxy.js';

const { services }: Rendered = readDeployed(readFileSync('compose.yaml', 'utf8'));

/** An empty database, and roles that stand for those of compose.yaml. */
const it = base.extend(
  'roles',
  { scope: 'file' },
  // biome-ignore lint/correctness/noEmptyPattern: Vitest reads from this pattern which fixtures a fixture uses.
  async ({}, { onCleanup }) => {
    const database = await createDatabase('template template0');
    const [owner, server] = [`compose_owner_${process.pid}`, `compose_server_${process.pid}`];
    const { host, pathname } = new URL(database.url);
    onCleanup(async () => {
      for (const role of [server, owner])
        await database.query(
          `reassign owned by ${role} to current_user; drop owned by ${role} cascade; drop role ${role}`,
        );
      await database.drop();
    });
    const create = async (role: string, password: string) => {
      await database.query(`create role ${role} login password '${password}'`);
      if (role === owner) await database.query(`alter database ${pathname.slice(1)} owner to ${role}`);
    };
    return { owner, server, host, pathname, create };
  },
);

async function makeSecrets(folder?: string) {
  const home = folder ?? (await makeDirectory());
  const [owner, node] = [join(home, 'owner'), join(home, 'node')];
  for (const path of [owner, node]) mkdirSync(path, { recursive: true });
  const { status, stderr } = spawnSync(process.execPath, ['deploy/compose/make-secrets.mjs', owner, node], {
    encoding: 'utf8',
  });
  expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
  return { home, owner: (name: string) => readFileSync(join(owner, name), 'utf8'), node };
}

describe('compose.yaml', () => {
  it('gives nodes longer to stop than they drain', () => {
    const { environment, stop_grace_period } = services.node1;
    expect(Number.parseInt(stop_grace_period, 10)).toBeGreaterThanOrEqual(Number(environment.DRAIN_SECONDS) + 10);
    expect(services.node2).toEqual(services.node1);
  });

  it('lets no container write to its image, or keep a capability but one', () => {
    for (const [name, service] of Object.entries<Rendered>(services)) {
      expect(service, name).toMatchObject({ read_only: true, cap_drop: ['ALL'] });
      expect(service.cap_add ?? [], name).toEqual(name === 'proxy' ? ['NET_BIND_SERVICE'] : []);
    }
  });

  it('publishes the proxy alone, on the machine itself', () => {
    const published = Object.entries<Rendered>(services).filter(([, { ports }]) => ports !== undefined);
    expect(published.map(([name, { ports }]) => [name, ports])).toEqual([
      ['proxy', [expect.stringMatching(/^\$\{SCRIP_PORT:-127\.0\.0\.1:4000\}:4000$/)]],
    ]);
  });

  it('makes secrets once, which the settings accept', async () => {
    const first = await makeSecrets();
    const password = first.owner('password');
    expect(first.owner('database-url')).toBe(`postgres://scrip_owner:${password}@database/scrip`);
    expect((await makeSecrets(first.home)).owner('password')).toBe(password);
    const read = (name: string) => readFileSync(join(first.node, name), 'utf8');
    const settings = {
      DATABASE_URL: read('database-url'),
      METRICS_TOKEN: read('metrics-token'),
      JWT_PRIVATE_KEY_FILE: join(first.node, 'jwt-key.pem'),
      ADMIN_PASSWORD_FILE: join(first.node, 'admin-password'),
    };
    expect(parseConfig(settings).database.source).toMatchObject({ kind: 'url' });
  });

  it('starts its services in an order in which each has what it needs', () => {
    const waitsFor = Object.entries<Rendered>(services).map(([name, { depends_on: depends = {} }]) => [
      name,
      Object.entries<Rendered>(depends).map(([on, { condition }]) => `${on} ${condition}`),
    ]);
    expect(Object.fromEntries(waitsFor)).toEqual({
      secrets: [],
      database: ['secrets service_completed_successfully'],
      migrate: ['database service_healthy'],
      node1: ['migrate service_completed_successfully'],
      node2: ['migrate service_completed_successfully'],
      proxy: ['node1 service_healthy', 'node2 service_healthy'],
    });
  });

  it('has services that work together', { timeout: 90_000 }, async ({ roles }) => {
    const { node, home, owner } = await makeSecrets();
    await roles.create(roles.owner, owner('password'));
    await roles.create(roles.server, owner('scrip-password'));
    for (const file of [join(home, 'owner/database-url'), join(node, 'database-url')]) {
      const url = new URL(readFileSync(file, 'utf8'));
      url.username = url.username === 'scrip' ? roles.server : roles.owner;
      writeFileSync(file, Object.assign(url, { host: roles.host, pathname: roles.pathname }).href);
    }
    const place = (environment: Record<string, string>) =>
      Object.fromEntries(
        Object.entries(environment).map(([name, value]) => [
          name,
          value.replace('/run/owner', join(home, 'owner')).replace('/run/scrip', node),
        ]),
      );

    const [program, ...args] = services.migrate.command;
    expect([program, args.at(-1)]).toEqual(['scrip', 'scrip']);
    const migrated = await scrip([...args.slice(0, -1), roles.server], { env: place(services.migrate.environment) });
    expect(migrated).toMatchObject({ status: 0 });

    const urls = await Promise.all(
      [services.node1, services.node2].map(async ({ environment }) => {
        const started = startProcess({ env: { ...place(environment), HOST: '127.0.0.1', PORT: '0' } });
        return await addressOf(started);
      }),
    );
    const proxy = INSTALLED.includes('Caddy') ? await openProxy('Caddy', [urls[0] ?? '', urls[1] ?? '']) : undefined;
    if (proxy) onTestFinished(() => proxy.close());
    for (const url of [...urls, ...(proxy ? [proxy.url] : [])]) {
      const variables = { username: 'admin', password: readFileSync(join(node, 'admin-password'), 'utf8') };
      const response = await fetch(`${url}/graphql`, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify({ query: print(LogInDocument), variables }),
      });
      expect(await response.json()).toMatchObject({ data: { logIn: { accessToken: expect.any(String) } } });
      const authorization = `Bearer ${readFileSync(join(node, 'metrics-token'), 'utf8')}`;
      expect((await fetch(`${url}/metrics`, { headers: { authorization } })).status).toBe(200);
    }
    const [first] = urls;
    const { keys } = (await (await fetch(`${first}/.well-known/jwks.json`)).json()) as { keys: object[] };
    expect(keys).toMatchObject([{ alg: 'ES256' }]);
  });
});
