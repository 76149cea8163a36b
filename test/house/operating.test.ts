import { readFileSync } from 'node:fs';
import { describe, expect } from 'vitest';
import { NODE_FLAGS } from '../../src/process/node-flags.js';
import {
  AddPointsDocument,
  CreateBareWebhookDocument,
  TypenameDocument,
  ViewerDocument,
} from '../operations/generated.js';
import type { TestServer } from '../support/server.js';
import { itWith } from '../support/server-fixture.js';

const it = itWith({ METRICS_PORT: '0', WEBHOOK_PRIVATE_NETWORKS: 'on' });

const monitoring = readFileSync('docs/monitoring.md', 'utf8');
const clients = readFileSync('docs/clients.md', 'utf8');

/** The rows of the table under a heading of docs/monitoring.md, each as its cells. */
function tableAfter(heading: string): string[][] {
  const [, lines = ''] = monitoring.split(`${heading}\n| --- `, 2);
  const [, ...rows] = (lines.split('\n\n', 1)[0] ?? '').split('\n');
  return rows.map((row) => row.split('|').slice(1, -1));
}

const namesIn = (text = '') => [...text.matchAll(/`(\w+)`/g)].map(([, name]) => name);

/** Makes a webhook with an entry that is not accepted, so that its metrics have values. */
async function failToDeliver(server: TestServer): Promise<void> {
  const token = await server.everything();
  const input = { url: 'http://127.0.0.1:1/', events: ['POINTS_ENTRY' as const] };
  await server.send(token, CreateBareWebhookDocument, { input });
  await server.send(token, AddPointsDocument, { input: { user: { id: token.owner.id }, points: 1 } });
}

describe('docs/monitoring.md', () => {
  it('lists every field of a logged request', async ({ server }) => {
    const session = await server.session();
    const traceparent = '00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01';
    await server.send(session, ViewerDocument, {}, { traceparent });
    await expect.poll(() => server.log.join('\n')).toContain('"path":"/graphql"');
    const line = server.log.find((text) => text.includes('request_completed') && text.includes(session.user.id));
    const { level, time, pid, hostname, event, msg, ...fields } = JSON.parse(line ?? '{}');
    expect(Object.keys(fields).sort()).toEqual(
      tableAfter('| Field | Value |')
        .flatMap(([field]) => namesIn(field))
        .sort(),
    );
  });

  it('lists every metric of Scrip with its type and its labels', async ({ server }) => {
    await server.send(undefined, TypenameDocument);
    await failToDeliver(server);
    const read = async () => await (await fetch(server.metricsUrl ?? '')).text();
    await expect.poll(read).toMatch(/scrip_webhook_attempts_total\{[\s\S]*scrip_webhook_pending_entries\{/);
    const text = await read();
    const types = [...text.matchAll(/^# TYPE ((?:http|graphql|scrip)_\w+) (\w+)$/gm)];
    const served = types.map(([, name = '', type]) => {
      const [, labels = ''] = new RegExp(`^${name}(?:_count)?\\{(.*?)\\}`, 'm').exec(text) ?? [];
      return { name, type, labels: [...labels.matchAll(/(\w+)=/g)].map(([, label]) => label) };
    });
    const documented = tableAfter('| Metric | Type | Labels | Meaning |').map(([metric, type, labels]) => ({
      name: namesIn(metric)[0],
      type: type?.trim(),
      labels: namesIn(labels),
    }));
    expect(served.length).toBeGreaterThan(0);
    expect(documented).toEqual(served);
  });
});

it('deploy/systemd/scrip.service has the flags of `npm start`', () => {
  const unit = readFileSync('deploy/systemd/scrip.service', 'utf8');
  expect(unit).toContain(`ExecStart=/usr/bin/node ${NODE_FLAGS.join(' ')} dist/main.js`);
});

it('The curl requests in docs/clients.md succeed', async ({ server }) => {
  const bodies = [...clients.matchAll(/--json '(.+?)'/gs)].map(([, body = '']) => body);
  let pair = { accessToken: '', refreshToken: '' };
  for (const body of bodies) {
    const { query, variables = {} }: { query: string; variables?: object } = JSON.parse(
      body
        .replace('"ada"', '"admin"')
        .replace('never in a script', server.firstAdminPassword)
        .replace('scrip_rt_AaIn…', pair.refreshToken),
    );
    const { data, errors } = await server.send(pair.accessToken || undefined, query, variables);
    expect({ query, errors }).toEqual({ query, errors: undefined });
    pair = data.logIn ?? data.renewSession ?? pair;
  }
  expect(bodies.length).toBe(3);
});
