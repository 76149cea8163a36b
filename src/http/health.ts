import { setTimeout as delay } from 'node:timers/promises';
import { sql } from 'drizzle-orm';
import type { FastifyInstance } from 'fastify';
import type { Database } from '../database/connect.js';

/** How long the database may take to answer whoever asks whether this server can serve. */
const PATIENCE_MS = 1_500;

/**
 * Serves what operators ask: `/healthz`, whether the process lives; `/readyz`, whether it can serve (its migrations
 * were applied before it listened).
 */
export function registerHealth(server: FastifyInstance, database: Database): void {
  const isReachable = shared(() => answersInTime(database));
  let isStopping = false;
  server.addHook('preClose', (done) => {
    isStopping = true;
    done();
  });
  server.get('/healthz', () => ({ status: 'alive' }));
  server.get('/readyz', async (_request, reply) => {
    const fault = isStopping ? 'stopping' : (await isReachable()) ? undefined : 'the database cannot be reached';
    return fault === undefined ? { status: 'ready' } : reply.code(503).send({ status: 'unready', reason: fault });
  });
}

async function answersInTime(database: Database): Promise<boolean> {
  const late = new AbortController();
  const answer = database.execute(sql`select 1`).then(
    () => true,
    () => false,
  );
  const tooLate = delay(PATIENCE_MS, false, late).catch(() => false);
  return await Promise.race([answer, tooLate]).finally(() => late.abort());
}

/** One run at a time: whoever asks during it gets its result. */
function shared<Result>(work: () => Promise<Result>): () => Promise<Result> {
  let running: Promise<Result> | undefined;
  return () => {
    running ??= work().finally(() => {
      running = undefined;
    });
    return running;
  };
}
