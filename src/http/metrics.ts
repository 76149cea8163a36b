import { Counter, collectDefaultMetrics, Gauge, Histogram, Registry } from 'prom-client';
import type { Trace } from '../graphql/trace.js';
import type { Answer } from './answer.js';

/** What is counted, for Prometheus. No label has a value that a client could make up. */
export interface Metrics {
  readonly contentType: string;
  /** Everything in Prometheus' text format. */
  text(): Promise<string>;
  /** @param request.route as it was registered; undefined where nothing is served. */
  requestAnswered(request: { route: string | undefined; status: number; seconds: number }): void;
  operationAnswered(trace: Trace, body: Answer['body']): void;
  /** @param checked.faults how many the ledger is known to hold, which must be none. */
  ledgerChecked(checked: { users: number; faults: number }): void;
}

export function createMetrics(): Metrics {
  const registers = [new Registry()];
  const [registry] = registers as [Registry];
  collectDefaultMetrics({ register: registry });
  const requests = new Histogram({
    name: 'http_request_duration_seconds',
    help: 'How long requests over HTTP took, until the last byte was handed over.',
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
  const ledgerUsers = new Counter({
    name: 'scrip_ledger_checked_users_total',
    help: 'Users whose balances were recomputed from the ledger, in the background.',
    registers,
  });
  const ledgerFaults = new Gauge({
    name: 'scrip_ledger_faults',
    help: 'What is wrong in the ledger, as far as it was recomputed: must be 0. See `scrip ledger verify`.',
    registers,
  });
  const timerOf = perLabels((route, status) => requests.labels(route, status));
  const counterOf = perLabels((kind, outcome) => operations.labels(kind, outcome));
  return {
    contentType: registry.contentType,
    text: () => registry.metrics(),
    requestAnswered: ({ route = 'none', status, seconds }) => timerOf(route, String(status)).observe(seconds),
    operationAnswered: ({ operation }, { errors }) => {
      // The codes are from a closed list.
      const outcome = errors === undefined ? 'OK' : String(errors[0]?.extensions?.['code']);
      counterOf(operation?.kind ?? 'unknown', outcome).inc();
    },
    ledgerChecked: ({ users, faults }) => {
      ledgerUsers.inc(users);
      ledgerFaults.set(faults);
    },
  };
}

/** Finds a series by its two labels, which a metric would hash with each call; there are few of either. */
function perLabels<Series>(find: (one: string, other: string) => Series): (one: string, other: string) => Series {
  const known = new Map<string, Series>();
  return (one, other) => {
    const key = `${one} ${other}`;
    const series = known.get(key);
    if (series !== undefined) return series;
    const found = find(one, other);
    known.set(key, found);
    return found;
  };
}
