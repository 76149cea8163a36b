import { Counter, collectDefaultMetrics, Gauge, Histogram, Registry } from 'prom-client';
import type { DatabaseStatistics } from '../database/statistics.js';
import { bodyOf, codeOf, type Outcome } from '../graphql/outcome.js';
import type { Trace } from '../graphql/trace.js';
import { addDatabaseMetrics } from './database-metrics.js';

/** Metrics in Prometheus' format. No label has a value that a client chooses. */
export interface Metrics {
  readonly contentType: string;
  /** All of them as text. */
  text(): Promise<string>;
  /** @param request.route as it was registered; undefined: there is none. */
  requestEnded(request: { route: string | undefined; status: number; seconds: number }): void;
  /** Counts an operation that has ended, or a subscription that was allowed. */
  operationEnded(trace: Trace, outcome: Outcome): void;
  /** @param checked.faults found in the ledger so far; there must be none. */
  ledgerChecked(checked: { users: number; faults: number }): void;
  /** Counts an attempt to deliver to a webhook. */
  webhookAttempted(webhookId: string, outcome: 'ACCEPTED' | 'FAILED'): void;
  /** @param entries not delivered yet, counted to 10,000. */
  webhookPending(webhookId: string, entries: number): void;
  /** Another node sends the webhook, or none. */
  webhookLost(webhookId: string): void;
}

interface MetricsSources {
  /** The state of the connections. */
  readonly readDatabase: () => DatabaseStatistics;
  /** Changes of points that have no result yet. */
  readonly readChanges: () => number;
}

/** The sources are read with each request for the metrics. */
export function createMetrics({ readDatabase, readChanges }: MetricsSources): Metrics {
  const registers = [new Registry()];
  const [registry] = registers as [Registry];
  collectDefaultMetrics({ register: registry });
  const requests = new Histogram({
    name: 'http_request_duration_seconds',
    help: 'Duration of HTTP requests until the last byte was written, in seconds.',
    labelNames: ['route', 'status'],
    buckets: [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30],
    registers,
  });
  const operations = new Counter({
    name: 'graphql_operations_total',
    help: 'Operations by kind and outcome: OK, or the code of the first error.',
    labelNames: ['kind', 'outcome'],
    registers,
  });
  const effects = new Counter({
    name: 'graphql_mutation_errors_total',
    help: 'Errors of mutations that tell their effect: none, or unknown where the change may have been made.',
    labelNames: ['effect'],
    registers,
  });
  for (const effect of ['none', 'unknown']) effects.labels(effect).inc(0);
  new Gauge({
    name: 'scrip_points_changes',
    help: 'Changes of points that have no result yet.',
    registers,
    collect() {
      this.set(readChanges());
    },
  });
  const ledgerUsers = new Counter({
    name: 'scrip_ledger_checked_users_total',
    help: 'Users whose balances were recomputed from the ledger by the background check.',
    registers,
  });
  const ledgerFaults = new Gauge({
    name: 'scrip_ledger_faults',
    help: 'Faults found in the ledger by the background check; must be 0. See `scrip ledger verify`.',
    registers,
  });
  const webhookAttempts = new Counter({
    name: 'scrip_webhook_attempts_total',
    help: 'Attempts to deliver to a webhook that this node sends, by outcome: accepted or failed.',
    labelNames: ['webhook', 'outcome'],
    registers,
  });
  const webhookPending = new Gauge({
    name: 'scrip_webhook_pending_entries',
    help: 'Entries that were not delivered to a webhook that this node sends, counted to 10,000.',
    labelNames: ['webhook'],
    registers,
  });
  addDatabaseMetrics(registers, readDatabase);
  return {
    contentType: registry.contentType,
    text: () => registry.metrics(),
    requestEnded: ({ route = 'none', status, seconds }) => requests.labels(route, String(status)).observe(seconds),
    operationEnded: ({ operation }, outcome) => {
      const body = bodyOf(outcome);
      operations.labels(operation?.kind ?? 'unknown', codeOf(body) ?? 'OK').inc();
      for (const { extensions } of body.errors ?? []) {
        const effect = extensions?.['effect'];
        if (effect === 'NONE' || effect === 'UNKNOWN') effects.labels(effect.toLowerCase()).inc();
      }
    },
    ledgerChecked: ({ users, faults }) => {
      ledgerUsers.inc(users);
      ledgerFaults.set(faults);
    },
    webhookAttempted: (webhook, outcome) => webhookAttempts.labels(webhook, outcome.toLowerCase()).inc(),
    webhookPending: (webhook, entries) => webhookPending.labels(webhook).set(entries),
    webhookLost: (webhook) => {
      for (const outcome of ['accepted', 'failed']) webhookAttempts.remove(webhook, outcome);
      webhookPending.remove(webhook);
    },
  };
}
