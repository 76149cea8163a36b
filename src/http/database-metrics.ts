import { Counter, Gauge, type Registry } from 'prom-client';
import type { DatabaseStatistics, FeedState } from '../database/statistics.js';

const FEED_STATES: readonly FeedState[] = ['LISTENING', 'POLLING', 'IDLE'];

/** Adds the metrics of the connections to the database, which are read when they are asked for. */
export function addDatabaseMetrics(registers: Registry[], read: () => DatabaseStatistics): void {
  new Gauge({
    name: 'scrip_database_connections',
    help: 'Connections of the pool for lists and transactions.',
    labelNames: ['state'],
    registers,
    collect() {
      const { inUse, idle } = read();
      this.labels('in_use').set(inUse);
      this.labels('idle').set(idle);
    },
  });
  new Gauge({
    name: 'scrip_database_waiting',
    help: 'Statements and transactions that wait for a connection of that pool.',
    registers,
    collect() {
      this.set(read().waiting);
    },
  });
  let counted = 0;
  new Counter({
    name: 'scrip_database_connections_lost_total',
    help: 'Connections to the database that were lost, of every kind.',
    registers,
    collect() {
      const { lost } = read();
      this.inc(lost - counted);
      counted = lost;
    },
  });
  new Gauge({
    name: 'scrip_feed',
    help: 'How entries of other nodes arrive: 1 for the current state.',
    labelNames: ['state'],
    registers,
    collect() {
      const { feed } = read();
      for (const state of FEED_STATES) this.labels(state.toLowerCase()).set(state === feed ? 1 : 0);
    },
  });
}
