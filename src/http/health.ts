import type { FastifyInstance } from 'fastify';
import type { Readiness } from '../database/readiness.js';

/**
/**
 * Serves what operators ask: `/healthz`, whether the process lives; `/readyz`, whether it can serve, which it cannot
 * where the database takes no changes.
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
