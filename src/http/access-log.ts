import type { FastifyInstance, FastifyRequest } from 'fastify';
import type { Logger } from 'pino';
import type { Principal } from '../auth/principal.js';
import type { Metrics } from './metrics.js';
import type { Spans } from './spans.js';

interface AccessLogOptions {
  readonly log: Logger;
  readonly metrics: Metrics;
  readonly spans: Spans | undefined;
}

/**
 * Logs, counts and traces each request when its response is sent, or its client has disconnected (status 499). Of what the
 * client sent only the path and the name of the operation are logged: query strings and bodies hold variables.
 */
export function registerAccessLog(server: FastifyInstance, { log, metrics, spans }: AccessLogOptions): void {
  server.addHook('onRequest', (request, { raw: response }, done) => {
    const began = performance.now();
    // Fastify's own hook is not called when a client disconnects.
    response.once('close', () => {
      const milliseconds = performance.now() - began;
      const status = response.writableFinished ? response.statusCode : 499;
      metrics.requestEnded({ route: request.routeOptions.url, status, seconds: milliseconds / 1_000 });
      log.info(fieldsOf(request, status, milliseconds), 'request completed');
      if (spans !== undefined && request.trace !== null) spans.operationEnded(request.trace, { status, milliseconds });
    });
    done();
  });
}

function fieldsOf(request: FastifyRequest, status: number, milliseconds: number): object {
  const { id, method, url, trace, traceContext } = request;
  return {
    event: 'request_completed',
    requestId: id,
    ...traceContext?.ids,
    method,
    path: url.split('?', 1)[0],
    // Undefined fields are not written.
    operation: trace?.operation && (trace.operation.name ?? trace.operation.kind),
    credential: trace?.principal && logFieldsOf(trace.principal),
    status,
    durationMs: Math.round(milliseconds * 100) / 100,
  };
}

/** Identifies a credential in the log, without its secret. */
export function logFieldsOf(principal: Principal): object {
  switch (principal.kind) {
    case 'ANONYMOUS':
      return { kind: principal.kind };
    case 'APP':
      return { kind: principal.kind, tokenId: principal.tokenId };
    case 'USER':
      return { kind: principal.kind, sessionId: principal.sessionId, userId: principal.userId };
  }
}
