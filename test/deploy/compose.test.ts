import { spawnSync } from 'node:child_process';
import { mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect } from 'vitest';
import { parseConfig } from '../../src/config.js';
import { makeDirectory, startProcess } from '../process/program.js';
import { itOnDatabase as it } from '../support/database-fixture.js';
import { type Rendered, readDeployed } from './chart.js';

const { services }: Rendered = readDeployed(readFileSync('compose.yaml', 'utf8'));

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

  it('has keys that a node signs with', { timeout: 60_000 }, async ({ database }) => {
    const { node } = await makeSecrets();
    const env = { DATABASE_URL: database.url, JWT_PRIVATE_KEY_FILE: join(node, 'jwt-key.pem'), PORT: '0' };
    const program = startProcess({ env });
    const [, url] = await program.says(/GraphiQL +(http:\S+)\/graphql/);
    const { keys } = (await (await fetch(`${url}/.well-known/jwks.json`)).json()) as { keys: object[] };
    expect(keys).toMatchObject([{ alg: 'ES256' }]);
  });
});
