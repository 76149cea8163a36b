import type { FastifyInstance } from 'fastify';
import type { Readiness } from '../database/readiness.js';
import type { Drain } from './drain.js';

interface HealthOptions {
  readonly readiness: Pick<Readiness, 'check'>;
  readonly drain: Pick<Drain, 'hasBegun'>;
}

/**
 * Serves the probes of operators: `/healthz`, whether the process is alive; `/readyz`, whether it can serve requests, which
 * it cannot where the database accepts no changes, and will not once it was told to stop.
 */
export function registerHealth(server: FastifyInstance, { readiness, drain }: HealthOptions): void {
  server.get('/healthz', () => ({ status: 'alive' }));
  server.get('/readyz', async (_request, reply) => {
    const fault = drain.hasBegun() ? 'stopping' : await readiness.check();
    return fault === undefined ? { status: 'ready' } : reply.code(503).send({ status: 'unready', reason: fault });
  });
}
