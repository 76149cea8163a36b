import type { FastifyInstance, FastifyRequest } from 'fastify';
import type { Logger } from 'pino';
import type { Principal } from '../auth/principal.js';
import type { Metrics } from './metrics.js';

/**
 * Logs and counts each request once it is answered, or its client is gone (status 499). Of what the client sent only
 * the path and the name of the operation are written: query strings and bodies hold variables.
 */
export function registerAccessLog(server: FastifyInstance, log: Logger, metrics: Metrics): void {
  server.addHook('onRequest', (request, { raw: response }, done) => {
    const began = performance.now();
    // Fastify's own hook does not hear of a client that leaves.
    response.once('close', () => {
      const milliseconds = performance.now() - began;
      const status = response.writableFinished ? response.statusCode : 499;
      metrics.requestAnswered({ route: request.routeOptions.url, status, seconds: milliseconds / 1_000 });
      log.info(describe(request, status, milliseconds), 'answered');
    });
    done();
  });
}

function describe({ id, method, url, trace }: FastifyRequest, status: number, milliseconds: number): object {
  return {
    requestId: id,
    method,
    path: url.split('?', 1)[0],
    // What is undefined is not written.
    operation: trace?.operation && (trace.operation.name ?? trace.operation.kind),
    credential: trace?.principal && describeCredential(trace.principal),
    status,
    durationMs: Math.round(milliseconds * 100) / 100,
  };
}

/** Enough to find the credential, and nothing that it could be used by. */
export function describeCredential(principal: Principal): object {
  switch (principal.kind) {
    case 'ANONYMOUS':
      return { kind: principal.kind };
    case 'APP':
      return { kind: principal.kind, tokenId: principal.tokenId };
    case 'USER':
      return { kind: principal.kind, sessionId: principal.sessionId, userId: principal.userId };
  }
}
