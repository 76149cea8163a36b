import { readFileSync } from 'node:fs';
import { Ajv } from 'ajv';
import { it as base, describe, expect } from 'vitest';
import { parseConfig } from '../../src/config.js';
import { hasEngine, openRenderer, type Rendered, readDeployed } from './chart.js';

const it = base.extend(
  'renderer',
  { scope: 'file' },
  // biome-ignore lint/correctness/noEmptyPattern: Vitest reads from this pattern which fixtures a fixture uses.
  async ({}, { onCleanup }) => {
    const renderer = openRenderer();
    onCleanup(() => renderer.close());
    return renderer;
  },
);

const IMAGE = { repository: 'registry.example/scrip' };

/** Everything that is off by default. */
const EVERYTHING = {
  image: { ...IMAGE, tag: '1.2.3' },
  imagePullSecrets: [{ name: 'registry' }],
  secrets: { adminPassword: { name: 'admin', key: 'password' }, metricsToken: { name: 'metrics', key: 'token' } },
  settings: {
    TRUSTED_PROXIES: '10.0.0.0/8',
    DATABASE_POOL: 20,
    DATABASE_DURABILITY: 'provider',
    DATABASE_START_TIMEOUT_SECONDS: 300,
  },
  podAnnotations: { note: 'yes' },
  nodeSelector: { disk: 'fast' },
  tolerations: [{ key: 'only', operator: 'Exists' }],
  ingress: { enabled: true, className: 'nginx', tlsSecretName: 'tls', annotations: { a: 'b' } },
  serviceMonitor: { enabled: true, labels: { release: 'prometheus' } },
  networkPolicy: { enabled: true, from: [{ podSelector: { matchLabels: { app: 'ingress' } } }] },
};

const read = (path: string) => readDeployed(readFileSync(`deploy/${path}`, 'utf8'));
const kindsOf = (objects: readonly Rendered[]) => objects.map(({ kind }) => kind).sort();
const ofKind = (objects: readonly Rendered[], kind: string) => objects.find((object) => object.kind === kind);

/** Fails where an object does not match the schema of Kubernetes. */
async function validate(object: Rendered): Promise<void> {
  const models = await import(`kubernetes-models/${object.apiVersion}/${object.kind}`);
  new models[object.kind](object).validate();
}

describe('The values of the chart', () => {
  const isValid = new Ajv({ strict: false }).compile(read('chart/values.schema.json'));
  const defaults = read('chart/values.yaml');

  it('match their schema, with those for CloudNativePG', () => {
    const values = read('cloudnative-pg/values.yaml');
    expect(isValid(defaults), JSON.stringify(isValid.errors)).toBe(true);
    expect(isValid({ ...defaults, ...values, secrets: { ...defaults.secrets, ...values.secrets } })).toBe(true);
    expect(isValid({ ...defaults, ...EVERYTHING, secrets: { ...defaults.secrets, ...EVERYTHING.secrets } })).toBe(true);
  });

  it.for([
    ['an unknown value', { replica: 3 }],
    ['no node', { replicas: 0 }],
    ['a setting in lower case', { settings: { port: '80' } }],
  ])('do not match with %s', ([, values]) => {
    expect(isValid({ ...defaults, ...(values as object) })).toBe(false);
  });
});

describe.skipIf(!hasEngine)('The chart', () => {
  it('makes valid objects with its defaults', { timeout: 300_000 }, async ({ renderer }) => {
    const objects = renderer.render({ image: IMAGE });
    expect(kindsOf(objects)).toEqual(['Deployment', 'Job', 'PodDisruptionBudget', 'Service']);
    for (const object of objects) await validate(object);
  });

  it('makes valid objects with everything', async ({ renderer }) => {
    const objects = renderer.render(EVERYTHING);
    expect(kindsOf(objects)).toEqual(
      ['Deployment', 'Ingress', 'Job', 'NetworkPolicy', 'PodDisruptionBudget', 'Service', 'ServiceMonitor'].sort(),
    );
    for (const object of objects.filter(({ kind }) => kind !== 'ServiceMonitor')) await validate(object);
    expect(ofKind(objects, 'ServiceMonitor').spec.endpoints[0].authorization).toEqual({
      type: 'Bearer',
      credentials: { name: 'metrics', key: 'token' },
    });
  });

  it('gives pods longer to stop than they drain, and settings that are valid', ({ renderer }) => {
    const { spec } = ofKind(renderer.render({ ...EVERYTHING, drainSeconds: 40 }), 'Deployment').spec.template;
    const env = Object.fromEntries(
      spec.containers[0].env.map(({ name, value }: { name: string; value: string }) => [name, value]),
    );
    expect(env).toMatchObject({ DRAIN_SECONDS: '40', DATABASE_POOL: '20' });
    expect(spec.terminationGracePeriodSeconds).toBeGreaterThanOrEqual(50);
    const files = Object.entries(env).filter(([name]) => name.endsWith('_FILE'));
    const mounted = spec.volumes[0].projected.sources.map(
      (source: Rendered) => `/run/scrip/${source.secret.items[0].path}`,
    );
    expect(files.map(([, path]) => path).sort()).toEqual([...mounted].sort());
    const others = Object.fromEntries(Object.entries<string>(env).filter(([name]) => !name.endsWith('_FILE')));
    const database = { DATABASE_URL: 'postgres://u:p@h/d', JWT_SECRET: 'x'.repeat(32) };
    expect(parseConfig({ ...database, ...others }).http.drainSeconds).toBe(40);
  });

  it('waits for the database as long as the settings say, and migrates with those of them that concern it', ({
    renderer,
  }) => {
    const objects = renderer.render(EVERYTHING);
    const { startupProbe } = ofKind(objects, 'Deployment').spec.template.spec.containers[0];
    expect(startupProbe.periodSeconds * startupProbe.failureThreshold).toBeGreaterThan(300);
    expect(ofKind(objects, 'Job').spec.template.spec.containers[0].env.slice(1)).toEqual([
      { name: 'DATABASE_DURABILITY', value: 'provider' },
      { name: 'DATABASE_START_TIMEOUT_SECONDS', value: '300' },
    ]);
  });

  it('lets containers write nothing and gives them no privilege', ({ renderer }) => {
    const objects = renderer.render(EVERYTHING);
    for (const kind of ['Deployment', 'Job']) {
      const { spec } = ofKind(objects, kind).spec.template;
      expect(spec.securityContext).toMatchObject({ runAsNonRoot: true, runAsUser: 10001 });
      expect(spec.containers[0].securityContext).toEqual({
        allowPrivilegeEscalation: false,
        readOnlyRootFilesystem: true,
        capabilities: { drop: ['ALL'] },
      });
    }
  });

  it('asks for the image, and for the token of metrics', ({ renderer }) => {
    expect(() => renderer.render({})).toThrow('Set image.repository');
    expect(() => renderer.render({ image: IMAGE, serviceMonitor: { enabled: true } })).toThrow(
      'secrets.metricsToken.name',
    );
  });
});

it('The cluster of CloudNativePG confirms no change without a standby', () => {
  const { spec } = read('cloudnative-pg/cluster.yaml');
  expect(spec.postgresql.synchronous).toEqual({ method: 'any', number: 1, dataDurability: 'required' });
  expect(spec.instances).toBe(3);
});
