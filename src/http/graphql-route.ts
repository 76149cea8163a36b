import type { FastifyInstance, FastifyRequest } from 'fastify';
import type { Logger } from 'pino';
import { parseAddress } from '../auth/actor.js';
import {
  authenticate,
  type CredentialHeaders,
  credentialHeaders,
  parseCredential,
  type VerifyBearer,
} from '../auth/authenticate.js';
import type { BasicCredentials } from '../auth/basic.js';
import { wwwAuthenticate } from '../auth/challenge.js';
import { ANONYMOUS, type Principal } from '../auth/principal.js';
import type { Rejection } from '../auth/rejection.js';
import type { Config } from '../config.js';
import { createContext, type RequestCredential, type RequestOptions } from '../graphql/context.js';
import { readIdempotencyHeader } from '../graphql/idempotency-header.js';
import { OperationRun } from '../graphql/operation-run.js';
import { type Executed, type Outcome, type Refused, refuse } from '../graphql/outcome.js';
import type { Pipeline } from '../graphql/pipeline.js';
import type { Services } from '../graphql/services.js';
import type { Trace } from '../graphql/trace.js';
import { refusalOf } from '../throttles/errors.js';
import { isSecret } from '../tokens/secret.js';
import { parseBody, parseQueryString } from './graphql-request.js';
import type { InFlight } from './in-flight.js';
import { negotiateResponse, prefersPage } from './media-type.js';
import type { Metrics } from './metrics.js';
import type { Pages } from './pages.js';
import { rateLimitFields } from './rate-limit-fields.js';
import { refuseFailed, sendOutcome } from './response.js';

declare module 'fastify' {
  interface FastifyRequest {
    /** What is logged of the GraphQL request; null for any other. */
    trace: Trace | null;
  }
}

export interface GraphQLRouteOptions {
  readonly verify: VerifyBearer;
  /** The transports of a credential that are accepted besides Bearer. */
  readonly transports: Config['transports'];
  readonly pipeline: Pipeline;
  readonly services: Services;
  readonly inFlight: InFlight;
  readonly metrics: Metrics;
  readonly pages: Pages;
  readonly log: Logger;
}

/** Serves GraphQL over HTTP, after the GraphQL-over-HTTP draft. A browser's GET gets GraphiQL. */
export function registerGraphQL(server: FastifyInstance, options: GraphQLRouteOptions): void {
  const { metrics, pages } = options;
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
      const trace: Trace = {};
      request.trace = trace;
      const run = new OperationRun();
      const outcome = await processInFlight(request, run, options, () =>
        processRequest(request, { run, trace, options }),
      );
      metrics.operationEnded(trace, outcome);
      if (run.count !== undefined) reply.headers(rateLimitFields(run.count));
      return sendOutcome(reply, outcome, { mediaType });
    },
  });
}

async function processInFlight(
  { id: requestId }: FastifyRequest,
  run: OperationRun,
  { inFlight, log }: GraphQLRouteOptions,
  work: () => Promise<Outcome>,
): Promise<Executed | Refused> {
  const outcome = await inFlight.process(run, () =>
    work().catch((error: unknown) => refuseFailed(error, { requestId, log })),
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
    ...refuseFailed(limited, { requestId: id, log: options.log }),
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

/**
 * A bad credential refuses the request, whatever it asks for. One that has merely expired does not block an operation that
 * is public throughout, such as `renewSession`, since clients send it with every request: the operation runs anonymously,
 * and the pipeline refuses one that needs more.
 */
async function processRequest(
  request: FastifyRequest,
  { run, trace, options }: { run: OperationRun; trace: Trace; options: GraphQLRouteOptions },
): Promise<Outcome> {
  const { pipeline, services } = options;
  const { raw, id, network } = request;
  const headers = credentialHeaders(raw.rawHeaders);
  const authenticated = await authenticateAndCount({ headers, network, run }, options);
  const principal = principalOf(authenticated);

  const instead = insteadOf(authenticated);
  if (instead?.kind === 'REJECTED') return refuseCredential(instead);
  trace.principal = principal;

  const method = request.method === 'GET' ? 'GET' : 'POST';
  const requested = method === 'GET' ? parseQueryString(request.query) : parseBody(request.body);
  if (typeof requested === 'string') return refuse({ code: 'BAD_REQUEST', message: requested });
  const credential = new HeaderCredential(principal, headers, options);
  const idempotencyHeader =
    request.headers['idempotency-key'] === undefined
      ? undefined
      : readIdempotencyHeader(raw.headersDistinct['idempotency-key'] ?? []);
  const context = createContext(services, {
    id,
    method,
    address: parseAddress(request.ip),
    network,
    credential,
    instead,
    idempotencyHeader,
    run,
    trace,
  });
  return await pipeline.run(requested, context);
}

/**
 * Authenticates a request by its headers, and counts it by what they hold: also one whose body cannot be read.
 *
 * @throws RateLimited where it is one too many.
 */
async function authenticateAndCount(
  { headers, network, run }: { headers: CredentialHeaders; network: string; run: OperationRun },
  options: GraphQLRouteOptions,
): Promise<Authenticated> {
  const { throttles } = options.services;
  const authenticated = await authenticate(parseCredential(headers, options.transports), options.verify);
  const count =
    authenticated.kind === 'REJECTED'
      ? throttles.countRejection(authenticated, network)
      : throttles.countRequest(principalOf(authenticated), network);
  run.noteCount(count);
  const limited = refusalOf(count);
  if (limited !== undefined) throw limited;
  return authenticated;
}

/** A name and a password are returned as they are, for `logIn` to check. */
type Authenticated = Principal | Rejection | BasicCredentials;

function principalOf(authenticated: Authenticated): Principal {
  return authenticated.kind === 'REJECTED' || authenticated.kind === 'BASIC' ? ANONYMOUS : authenticated;
}

/** @throws RateLimited */
async function countUnreadable(
  { raw, network }: FastifyRequest,
  run: OperationRun,
  options: GraphQLRouteOptions,
): Promise<Refused> {
  await authenticateAndCount({ headers: credentialHeaders(raw.rawHeaders), network, run }, options);
  return NOT_REFUSED;
}

/** What a request carries instead of a credential that counts; undefined: one that counts, or none. */
function insteadOf(authenticated: Authenticated): RequestOptions['instead'] | Rejection {
  if (authenticated.kind === 'BASIC') return authenticated;
  if (authenticated.kind !== 'REJECTED') return undefined;
  return authenticated.fault === 'TOKEN_EXPIRED' ? { kind: 'EXPIRED' } : authenticated;
}

/** The credential in the headers of a request. */
class HeaderCredential implements RequestCredential {
  principal: Principal;
  readonly #headers: CredentialHeaders;
  readonly #options: GraphQLRouteOptions;

  constructor(principal: Principal, headers: CredentialHeaders, options: GraphQLRouteOptions) {
    this.principal = principal;
    this.#headers = headers;
    this.#options = options;
  }

  async verify(): Promise<Principal | Rejection> {
    // Also where the header held something else: that counts for nothing, and so cannot end.
    if (this.principal.kind === 'ANONYMOUS') return this.principal;
    const { transports, verify } = this.#options;
    const verified = await authenticate(parseCredential(this.#headers, transports), verify);
    if (verified.kind === 'REJECTED') return verified;
    this.principal = principalOf(verified);
    return this.principal;
  }
}

function refuseCredential({ fault, message }: Rejection): Refused {
  return fault === 'MALFORMED'
    ? refuse(
        { code: 'BAD_AUTHORIZATION', message },
        { 'www-authenticate': wwwAuthenticate({ error: 'invalid_request' }) },
      )
    : refuse(
        { code: 'UNAUTHENTICATED', message, reason: fault },
        { 'www-authenticate': wwwAuthenticate({ error: 'invalid_token' }) },
      );
}

const NOT_REFUSED = refuse([]);

const NOT_ACCEPTABLE = refuse({
  code: 'NOT_ACCEPTABLE',
  message: 'Accept `application/graphql-response+json` or `application/json`.',
});
