import type { ApolloServer } from '@apollo/server';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import type { Logger } from 'pino';
import { parseAddress } from '../auth/actor.js';
import { type AuthenticateOptions, authenticateHeaders, credentialHeaders } from '../auth/authenticate-headers.js';
import { wwwAuthenticate } from '../auth/challenge.js';
import { ANONYMOUS } from '../auth/principal.js';
import type { Rejection } from '../auth/rejection.js';
import type { Config } from '../config.js';
import { type Context, createContext, type Services } from '../graphql/context.js';
import { executeOperation } from '../graphql/execute-operation.js';
import { readIdempotencyHeader } from '../graphql/idempotency-header.js';
import { noteCount, type Trace } from '../graphql/trace.js';
import type { FindDocument } from '../graphql/trusted-documents.js';
import { refusalOf } from '../throttles/errors.js';
import { type Answer, answerFailure, refuse, sendAnswer, statusOf } from './answer.js';
import { findOperation, parseBody, parseQueryString } from './graphql-request.js';
import type { InFlight } from './in-flight.js';
import { type MediaType, negotiateResponse, prefersPage } from './media-type.js';
import type { Metrics } from './metrics.js';
import type { Pages } from './pages.js';
import { rateLimitFields } from './rate-limit-fields.js';

declare module 'fastify' {
  interface FastifyRequest {
    /** What is known of the GraphQL request; null for any other. */
    trace: Trace | null;
  }
}

export interface GraphQLRouteOptions extends AuthenticateOptions {
  readonly apollo: ApolloServer<Context>;
  readonly findDocument: FindDocument;
  readonly limits: Config['limits'];
  readonly services: Services;
  readonly inFlight: InFlight;
  readonly metrics: Metrics;
  readonly pages: Pages;
  readonly log: Logger;
}

/** Serves GraphQL over HTTP, after the GraphQL-over-HTTP draft. A browser that comes by GET is sent GraphiQL. */
export function registerGraphQL(server: FastifyInstance, options: GraphQLRouteOptions): void {
  const { inFlight, metrics, pages, log } = options;
  server.decorateRequest('trace', null);
  server.route({
    method: ['GET', 'POST'],
    url: '/graphql',
    exposeHeadRoute: false,
    handler: async (request, reply) => {
      const { accept } = request.headers;
      if (request.method === 'GET' && prefersPage(accept)) return await pages.sendGraphiql(reply);
      const mediaType = negotiateResponse(accept);
      if (mediaType === undefined) return sendAnswer(reply, NOT_ACCEPTABLE);
      if (inFlight.isFull()) return sendAnswer(reply, OVERLOADED, mediaType);
      const trace: Trace = { method: request.method === 'GET' ? 'GET' : 'POST', isRunning: false, state: 'AWAITED' };
      request.trace = trace;
      const work = answerRequest(request, { trace, mediaType, options }).catch((error: unknown) =>
        answerFailure(error, { requestId: request.id, log }),
      );
      const answer = await inFlight.within(work, () => tooLate(trace));
      metrics.operationAnswered(trace, answer.body);
      if (trace.count !== undefined) reply.headers(rateLimitFields(trace.count));
      return sendAnswer(reply, answer, mediaType);
    },
  });
}

/**
 * The credential is judged first: a bad one refuses the request, whatever it asks for. One that has merely expired does
 * not block an operation that is public throughout, such as `renewSession`: clients send it with every request. The
 * operation then runs anonymously; the admission plugin refuses one that needs more.
 */
async function answerRequest(
  request: FastifyRequest,
  { trace, mediaType, options }: { trace: Trace; mediaType: MediaType; options: GraphQLRouteOptions },
): Promise<Answer> {
  const { apollo, services } = options;
  const credentials = credentialHeaders(request.raw.rawHeaders);
  const caller = await authenticateHeaders(credentials, options);
  const principal = caller.kind === 'REJECTED' || caller.kind === 'BASIC' ? ANONYMOUS : caller;
  const address = request.ip;
  const { throttles } = services;
  const network = parseAddress(address);
  const count =
    caller.kind === 'REJECTED' ? throttles.countRejection(network) : throttles.countRequest(principal, network);
  noteCount(trace, count);
  const refusal = refusalOf(count);
  if (refusal !== undefined) throw refusal;
  const expired = caller.kind === 'REJECTED' && caller.fault === 'TOKEN_EXPIRED' ? caller : undefined;
  if (caller.kind === 'REJECTED' && expired === undefined) return refuseCredential(caller);
  trace.principal = principal;
  const asked = trace.method === 'GET' ? parseQueryString(request.query) : parseBody(request.body);
  const operation = findOperation(asked, options);
  if ('status' in operation) return { ...operation, status: statusOf(operation.body, mediaType) };
  const context = createContext(services, {
    principal,
    basic: caller.kind === 'BASIC' ? caller : undefined,
    hasExpired: expired !== undefined,
    idempotencyHeader:
      request.headers['idempotency-key'] === undefined
        ? undefined
        : readIdempotencyHeader(request.raw.headersDistinct['idempotency-key'] ?? []),
    requestId: request.id,
    trace,
    address,
    verify: async () => {
      // What was let through as anonymous has nothing that could end.
      if (principal.kind === 'ANONYMOUS') return principal;
      const verified = await authenticateHeaders(credentials, options);
      return verified.kind === 'BASIC' ? ANONYMOUS : verified;
    },
  });
  const { headers, result } = await executeOperation(apollo, operation, context);
  // No operation was found: the document does not parse or validate, or has none of that name. Whether what was meant is
  // public cannot be told, so the credential is refused.
  if (expired !== undefined && trace.operation === undefined) return refuseCredential(expired);
  const { errors, data } = result;
  const retryAfter = errors
    ?.map(({ extensions }) => extensions?.['retryAfterSeconds'])
    .find((seconds) => seconds !== undefined);
  if (retryAfter !== undefined) headers.set('retry-after', String(retryAfter));
  return {
    status: statusOf(result, mediaType),
    headers: headers.size > 0 ? Object.fromEntries(headers) : undefined,
    body: { errors, data },
  };
}

function refuseCredential({ fault, message }: Rejection): Answer {
  return fault === 'MALFORMED'
    ? refuse({
        code: 'BAD_AUTHORIZATION',
        message,
        headers: { 'www-authenticate': wwwAuthenticate({ error: 'invalid_request' }) },
      })
    : refuse({
        code: 'UNAUTHENTICATED',
        message,
        extensions: { reason: fault },
        headers: { 'www-authenticate': wwwAuthenticate({ error: 'invalid_token' }) },
      });
}

const NOT_ACCEPTABLE = refuse({
  code: 'NOT_ACCEPTABLE',
  message: 'Accept `application/graphql-response+json` or `application/json`.',
});

/** The answer where the process has taken on all that it can hold. */
export const OVERLOADED = refuse({
  code: 'OVERLOADED',
  message: 'The server has more to do than it can hold. Try again shortly.',
  extensions: { retryAfterSeconds: 1 },
  headers: { 'retry-after': '1' },
});

/** Abandons an operation that takes too long. What it has begun may still happen; it begins nothing more. */
export function tooLate(trace: Trace): Answer {
  trace.state = 'ABANDONED';
  const { operation, isRunning } = trace;
  const effect = isRunning && operation?.kind === 'mutation' ? { effect: 'UNKNOWN' } : {};
  const answer = refuse({
    code: 'UNAVAILABLE',
    message: 'The answer takes too long. Try again shortly.',
    extensions: { retryAfterSeconds: 1, ...effect },
    headers: { 'retry-after': '1' },
  });
  return isRunning ? { ...answer, status: 200, body: { ...answer.body, data: null } } : answer;
}
