import type { FastifyInstance } from 'fastify';
import type { Readiness } from '../database/readiness.js';

/**
 * Serves the probes of operators: `/healthz`, whether the process is alive; `/readyz`, whether it can serve requests, which
 * it cannot where the database accepts no changes.
 */
export function registerHealth(server: FastifyInstance, readiness: Pick<Readiness, 'check'>): void {
  let isStopping = false;
  server.addHook('preClose', (done) => {
    isStopping = true;
    done();
  });
  server.get('/healthz', () => ({ status: 'alive' }));
  server.get('/readyz', async (_request, reply) => {
    const fault = isStopping ? 'stopping' : await readiness.check();
    return fault === undefined ? { status: 'ready' } : reply.code(503).send({ status: 'unready', reason: fault });
  });
}
