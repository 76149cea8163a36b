import type { FastifyInstance, FastifyRequest } from 'fastify';
import type { Logger } from 'pino';
import { authenticate, credentialHeaders, parseCredential } from '../auth/authenticate.js';
import { OperationRun } from '../graphql/operation-run.js';
import { bodyOf, codeOf, type Executed, type Outcome, type Refused, refuse } from '../graphql/outcome.js';
import type { Trace } from '../graphql/trace.js';
import { refusalOf } from '../throttles/errors.js';
import { isSecret } from '../tokens/secret.js';
import type { InFlight } from './in-flight.js';
import { negotiateResponse, prefersPage } from './media-type.js';
import type { Metrics } from './metrics.js';
import type { Pages } from './pages.js';
import { countRequest, type ProcessOptions, processRequest } from './process-request.js';
import { rateLimitFields } from './rate-limit-fields.js';
import { refuseFailed, sendOutcome } from './response.js';
import type { Spans } from './spans.js';
import { beginTrace } from './trace-context.js';

declare module 'fastify' {
  interface FastifyRequest {
    /** What is logged of the GraphQL request; null for any other. */
    trace: Trace | null;
  }
}

export interface GraphQLRouteOptions extends ProcessOptions {
  readonly inFlight: InFlight;
  readonly metrics: Metrics;
  readonly spans: Spans | undefined;
  readonly pages: Pages;
  readonly log: Logger;
}

/** Serves GraphQL over HTTP, after the GraphQL-over-HTTP draft. A browser's GET gets GraphiQL. */
export function registerGraphQL(server: FastifyInstance, options: GraphQLRouteOptions): void {
  const { metrics, spans, pages } = options;
  server.decorateRequest('trace', null);
  server.route({
    method: ['GET', 'POST'],
    url: '/graphql',
    exposeHeadRoute: false,
    onRequest: (request, reply, done) => {
      const limited = refuseUnread(request, options);
      if (limited === undefined) done();
      else sendOutcome(reply, limited);
    },
    // What is wrong with a request that cannot be read is told by the handler of the server.
    errorHandler: async (error, request, reply) => {
      const run = new OperationRun();
      const outcome = await processInFlight(request, run, options, () => countUnreadable(request, run, options));
      if (run.count !== undefined) reply.headers(rateLimitFields(run.count));
      if (outcome === NOT_REFUSED) throw error;
      return sendOutcome(reply, outcome);
    },
    handler: async (request, reply) => {
      const { accept } = request.headers;
      if (request.method === 'GET' && prefersPage(accept)) return await pages.sendGraphiql(reply);
      const mediaType = negotiateResponse(accept);
      if (mediaType === undefined) return sendOutcome(reply, NOT_ACCEPTABLE);
      if (spans !== undefined) request.traceContext ??= beginTrace();
      const trace: Trace = { context: request.traceContext };
      request.trace = trace;
      const run = new OperationRun();
      const outcome = await processInFlight(request, run, options, () =>
        processRequest({ request, run, trace, options }),
      );
      metrics.operationEnded(trace, outcome);
      if (spans !== undefined) trace.code = codeOf(bodyOf(outcome));
      if (run.count !== undefined) reply.headers(rateLimitFields(run.count));
      return sendOutcome(reply, outcome, { mediaType });
    },
  });
}

async function processInFlight(
  { id: requestId, traceContext }: FastifyRequest,
  run: OperationRun,
  { inFlight, log }: GraphQLRouteOptions,
  work: () => Promise<Outcome>,
): Promise<Executed | Refused> {
  const outcome = await inFlight.process(run, () =>
    work().catch((error: unknown) => refuseFailed(error, { requestId, traceIds: traceContext?.ids, log })),
  );
  if (outcome.kind === 'SUBSCRIPTION') throw new Error('A subscription was allowed over HTTP.');
  return outcome;
}

/**
 * Refuses a request before its body is read, where its network has no requests of its kind left. One whose credential may
 * be good is read: whether it is an app token, which has no limit, the database may have to tell.
 */
function refuseUnread(request: FastifyRequest, options: GraphQLRouteOptions): Refused | undefined {
  const { raw, id, network } = request;
  if (raw.method !== 'POST') return undefined;
  const { throttles } = options.services;
  const counts = { NONE: throttles.readCount(network), IMPOSSIBLE: throttles.readRejections(network) };
  // Only where one of them is used up is the credential looked at, since that verifies a signature.
  if (refusalOf(counts.NONE) === undefined && refusalOf(counts.IMPOSSIBLE) === undefined) return undefined;
  const presumed = presume(raw.rawHeaders, options);
  const count = presumed === 'POSSIBLE' ? undefined : counts[presumed];
  const limited = refusalOf(count);
  if (count === undefined || limited === undefined) return undefined;
  return {
    ...refuseFailed(limited, { requestId: id, traceIds: request.traceContext?.ids, log: options.log }),
    headers: { ...rateLimitFields(count), connection: 'close' },
  };
}

/** What can be said of a request's credential without the database. A name and a password count as none, as later on. */
function presume(
  rawHeaders: readonly string[],
  { services: { jwts }, transports }: GraphQLRouteOptions,
): 'NONE' | 'IMPOSSIBLE' | 'POSSIBLE' {
  const sent = parseCredential(credentialHeaders(rawHeaders), transports);
  switch (sent.kind) {
    case 'ANONYMOUS':
    case 'BASIC':
      return 'NONE';
    case 'REJECTED':
      return 'IMPOSSIBLE';
    case 'BEARER':
      return isSecret(sent.bearer) || jwts.read(sent.bearer) !== undefined ? 'POSSIBLE' : 'IMPOSSIBLE';
  }
}

/** Counts a request that cannot be read like any other. @throws RateLimited */
async function countUnreadable(
  request: FastifyRequest,
  run: OperationRun,
  options: GraphQLRouteOptions,
): Promise<Refused> {
  const sent = parseCredential(credentialHeaders(request.raw.rawHeaders), options.transports);
  await countRequest(await authenticate(sent, options.verify), { request, run, options });
  return NOT_REFUSED;
}

const NOT_REFUSED = refuse([]);

const NOT_ACCEPTABLE = refuse({
  code: 'NOT_ACCEPTABLE',
  message: 'Accept `application/graphql-response+json` or `application/json`.',
});
