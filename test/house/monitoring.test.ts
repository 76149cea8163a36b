/** The dashboard and the alerts name metrics, labels and outcomes that a server has. */
import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { describe, expect } from 'vitest';
import { ERROR_CODES } from '../../src/errors.js';
import { AddPointsDocument, CreateBareWebhookDocument, TypenameDocument } from '../operations/generated.js';
import type { TestServer } from '../support/server.js';
import { itWith } from '../support/server-fixture.js';

const it = itWith({ METRICS_PORT: '0', WEBHOOK_PRIVATE_NETWORKS: 'on' });

const ALERTS = 'deploy/prometheus/alerts.yaml';
const PROMTOOL = '/usr/bin/promtool';

/** Prometheus adds these. */
const OF_PROMETHEUS = { metric: 'up', labels: ['job', 'instance', 'le'] };

const OUTCOMES = ['OK', ...ERROR_CODES, 'accepted', 'failed'];

interface Panel {
  readonly id: number;
  readonly title: string;
  readonly gridPos: { readonly x: number; readonly y: number; readonly w: number; readonly h: number };
  readonly targets?: readonly { readonly expr: string }[];
}

const dashboard: {
  readonly panels: readonly Panel[];
  readonly templating: { readonly list: readonly { definition?: string }[] };
} = JSON.parse(readFileSync('deploy/grafana/scrip.json', 'utf8'));

const expressions = {
  'deploy/grafana/scrip.json': [
    ...dashboard.panels.flatMap(({ targets = [] }) => targets.map(({ expr }) => expr)),
    ...dashboard.templating.list.flatMap(({ definition = [] }) => definition),
  ],
  [ALERTS]: [...readFileSync(ALERTS, 'utf8').matchAll(/^ +expr: (?:>-\n((?: {10}.+\n)+)|(.+)\n)/gm)].map(
    ([, folded, plain = '']) => folded ?? plain,
  ),
};

/** The labels of each metric that the server has, under every name that an expression can use. */
async function metricsOf(server: TestServer): Promise<Map<string, Set<string>>> {
  const token = await server.everything();
  await server.send(undefined, TypenameDocument);
  const input = { url: 'http://127.0.0.1:1/', events: ['POINTS_ENTRY' as const] };
  await server.send(token, CreateBareWebhookDocument, { input });
  await server.send(token, AddPointsDocument, { input: { user: { id: token.owner.id }, points: 1 } });
  const read = async () => await (await fetch(server.metricsUrl ?? '')).text();
  await expect.poll(read).toMatch(/scrip_webhook_attempts_total\{[\s\S]*scrip_webhook_pending_entries\{/);
  const metrics = new Map<string, Set<string>>();
  for (const [, name = '', labels = ''] of (await read()).matchAll(/^(\w+)(?:\{(.*)\})? \S+$/gm)) {
    const names = [...labels.matchAll(/(\w+)="/g)].map(([, label = '']) => label);
    metrics.set(name, new Set([...(metrics.get(name) ?? []), ...names]));
  }
  return metrics;
}

/** Functions and keywords of the query language, which are followed by a bracket or stand between expressions. */
function namesIn(expression: string): string[] {
  const bare = expression
    .replaceAll(/\{[^}]*\}|\[[^\]]*\]|"[^"]*"|\b(?:by|without) \([^)]*\)/g, ' ')
    .replace(', job', '');
  return [...bare.matchAll(/\b([a-z_]\w*)\b(?!\s*\()/g)]
    .map(([, name = '']) => name)
    .filter((name) => name !== 'unless');
}

function faultsOf(expression: string, metrics: ReadonlyMap<string, ReadonlySet<string>>): string[] {
  const names = namesIn(expression).filter((name) => !['by', 'sum', 'max'].includes(name));
  const unknown = names.filter((name) => name !== OF_PROMETHEUS.metric && !metrics.has(name));
  const known = new Set([...OF_PROMETHEUS.labels, ...names.flatMap((name) => [...(metrics.get(name) ?? [])])]);
  const labels = [
    ...[...expression.matchAll(/(\w+)(?:=~|!=|!~|=)"/g)].map(([, label = '']) => label),
    ...[...expression.matchAll(/\bby \(([^)]*)\)/g)].flatMap(([, list = '']) => list.split(/, */)),
  ];
  const outcomes = [...expression.matchAll(/outcome=~?"([^"]*)"/g)].flatMap(([, list = '']) => list.split('|'));
  return [
    ...(names.length === 0 ? ['no metric'] : []),
    ...unknown.map((name) => `no metric ${name}`),
    ...labels.filter((label) => !known.has(label)).map((label) => `no label ${label}`),
    ...outcomes.filter((outcome) => !OUTCOMES.includes(outcome)).map((outcome) => `no outcome ${outcome}`),
  ].map((fault) => `${fault}: ${expression}`);
}

describe.each(Object.keys(expressions) as (keyof typeof expressions)[])('%s', (file) => {
  it('asks for metrics, labels and outcomes that exist', async ({ server }) => {
    const metrics = await metricsOf(server);
    expect(expressions[file].length).toBeGreaterThan(10);
    expect(expressions[file].flatMap((expression) => faultsOf(expression, metrics))).toEqual([]);
  });
});

describe('deploy/grafana/scrip.json', () => {
  it('has a place of its own for each panel', () => {
    const { panels } = dashboard;
    expect(new Set(panels.map(({ id }) => id)).size).toBe(panels.length);
    const overlapping = panels.flatMap(({ id, title, gridPos: a }) =>
      panels
        .filter(
          ({ id: other, gridPos: b }) =>
            other > id && a.x < b.x + b.w && b.x < a.x + a.w && a.y < b.y + b.h && b.y < a.y + a.h,
        )
        .map((other) => `${title} and ${other.title}`),
    );
    expect(overlapping).toEqual([]);
    expect(panels.filter(({ gridPos: { x, w } }) => x + w > 24)).toEqual([]);
  });

  it('shows every metric of Scrip', async ({ server }) => {
    const own = [...(await metricsOf(server)).keys()].filter((name) => /^(http|graphql|scrip)_/.test(name));
    const shown = expressions['deploy/grafana/scrip.json'].flatMap(namesIn);
    const stem = (name: string) => name.replace(/_(bucket|sum|count)$/, '');
    expect([...new Set(own.map(stem))].filter((name) => !shown.map(stem).includes(name))).toEqual([]);
  });
});

describe.skipIf(!existsSync(PROMTOOL))('With promtool', () => {
  it('the alerts are rules of Prometheus', () => {
    expect(execFileSync(PROMTOOL, ['check', 'rules', ALERTS], { encoding: 'utf8' })).toContain('SUCCESS');
  });
});
