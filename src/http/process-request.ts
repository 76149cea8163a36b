/**
 * Processes one GraphQL request over HTTP: its credential, its limits, its operation. For a token that
 * was verified before, the operation runs with the principal of then, while the database verifies the token again.
 */
import type { FastifyRequest } from 'fastify';
import { authenticate, type Bearer, credentialHeaders, parseCredential } from '../auth/authenticate.js';
import type { BasicCredentials } from '../auth/basic.js';
import { wwwAuthenticate } from '../auth/challenge.js';
import type { KnownCredentials } from '../auth/known-credentials.js';
import { ANONYMOUS, type Authenticated, type Principal } from '../auth/principal.js';
import type { Rejection } from '../auth/rejection.js';
import { PresumedCredential, type RequestCredential, verifiedCredential } from '../auth/request-credential.js';
import type { Config } from '../config.js';
import { createContext, type RequestOptions } from '../graphql/context.js';
import { readIdempotencyHeader } from '../graphql/idempotency-header.js';
import type { OperationRun } from '../graphql/operation-run.js';
import { type Outcome, type Refused, refuse } from '../graphql/outcome.js';
import type { Pipeline } from '../graphql/pipeline.js';
import type { Services } from '../graphql/services.js';
import type { Trace } from '../graphql/trace.js';
import { refusalOf } from '../throttles/errors.js';
import type { MinuteCount } from '../throttles/minute-counter.js';
import { parseBody, parseQueryString } from './graphql-request.js';

export interface ProcessOptions extends KnownCredentials {
  /** The transports of a credential that are accepted besides Bearer. */
  readonly transports: Config['transports'];
  readonly pipeline: Pipeline;
  readonly services: Services;
}

/** One request, while it is processed. */
interface Processing {
  readonly request: FastifyRequest;
  readonly run: OperationRun;
  readonly trace: Trace;
  readonly options: ProcessOptions;
}

/** @throws RateLimited */
export async function processRequest(processing: Processing): Promise<Outcome> {
  const { request, options } = processing;
  const sent = parseCredential(credentialHeaders(request.raw.rawHeaders), options.transports);
  if (sent.kind === 'BEARER') {
    const presumed = options.recall(sent.bearer);
    const count = presumed && (await countOf(presumed, processing));
    // One request too many runs nothing. It is told so if its token is good.
    if (presumed !== undefined && count?.isExceeded !== true) {
      return await processPresumed({ sent, presumed, count }, processing);
    }
  }
  const authenticated = await authenticate(sent, options.verify);
  await countRequest(authenticated, processing);
  return await processVerified(sent, authenticated, processing);
}

/** A token that is known, its principal of then, and the request counted for it. */
interface Presumed {
  readonly sent: Bearer;
  readonly presumed: Authenticated;
  readonly count: MinuteCount | undefined;
}

/**
 * Runs the operation of a token that is verified meanwhile. Where the result is another principal, or a rejection, the outcome
 * is dropped and the request is processed again: the first run has changed nothing.
 */
async function processPresumed({ sent, presumed, count }: Presumed, processing: Processing): Promise<Outcome> {
  const { request, run, trace, options } = processing;
  const credential = new PresumedCredential(presumed, {
    lookUp: () => options.verify(sent.bearer),
    onConfirmed: () => {
      trace.principal = presumed;
      run.noteCount(count);
    },
  });
  const [ended] = await Promise.allSettled([runOperation(credential, processing)]);
  let isSent = false;
  try {
    isSent = credential.isOutcomeKept || (await credential.confirm());
  } finally {
    if (!isSent) options.services.throttles.takeBackRequest(presumed, request.network);
  }
  if (isSent) {
    if (ended.status === 'rejected') throw ended.reason;
    return ended.value;
  }
  const verified = await credential.answer();
  delete trace.operation;
  await countRequest(verified, processing);
  return await processVerified(sent, verified, processing);
}

/**
 * A bad credential refuses the request, whatever it asks for. One that has merely expired does not block an operation that
 * is public throughout, such as `renewSession`, since clients send it with every request: the operation runs anonymously,
 * and the pipeline refuses one that needs more.
 */
async function processVerified(
  sent: ReturnType<typeof parseCredential>,
  authenticated: Claimed,
  processing: Processing,
): Promise<Outcome> {
  const { trace, options } = processing;
  const instead = insteadOf(authenticated);
  if (instead?.kind === 'REJECTED') return refuseCredential(instead);
  const credential = verifiedCredential(principalOf(authenticated), async () => {
    const verified = await authenticate(sent, options.verify);
    return verified.kind === 'REJECTED' ? verified : principalOf(verified);
  });
  trace.principal = credential.principal;
  return await runOperation(credential, processing, instead);
}

async function runOperation(
  credential: RequestCredential,
  { request, run, trace, options }: Processing,
  instead?: RequestOptions['instead'],
): Promise<Outcome> {
  const { pipeline, services } = options;
  const { raw, id, address, network, provenAddress } = request;
  const method = request.method === 'GET' ? 'GET' : 'POST';
  const requested = method === 'GET' ? parseQueryString(request.query) : parseBody(request.body);
  if (typeof requested === 'string') return refuse({ code: 'BAD_REQUEST', message: requested });
  const idempotencyHeader =
    request.headers['idempotency-key'] === undefined
      ? undefined
      : readIdempotencyHeader(raw.headersDistinct['idempotency-key'] ?? []);
  const context = createContext(services, {
    id,
    method,
    address,
    network,
    provenAddress,
    credential,
    instead,
    idempotencyHeader,
    run,
    trace,
  });
  return await pipeline.run(requested, context);
}

/** What a request is taken for. A name and a password are as they were sent, for `logIn` to check. */
type Claimed = Principal | Rejection | BasicCredentials;

/** Counts a request by what its headers hold. @throws RateLimited where it is one too many. */
export async function countRequest(
  authenticated: Claimed,
  { request, run, options }: Omit<Processing, 'trace'>,
): Promise<void> {
  const count = await countOf(authenticated, { request, options });
  run.noteCount(count);
  const limited = refusalOf(count);
  if (limited !== undefined) throw limited;
}

function countOf(authenticated: Claimed, { request, options }: Pick<Processing, 'request' | 'options'>) {
  const { throttles } = options.services;
  return authenticated.kind === 'REJECTED'
    ? throttles.countRejection(authenticated, request.network)
    : throttles.countRequest(principalOf(authenticated), request.network);
}

function principalOf(authenticated: Claimed): Principal {
  return authenticated.kind === 'REJECTED' || authenticated.kind === 'BASIC' ? ANONYMOUS : authenticated;
}

/** What a request carries instead of a credential that counts; undefined: one that counts, or none. */
function insteadOf(authenticated: Claimed): RequestOptions['instead'] | Rejection {
  if (authenticated.kind === 'BASIC') return authenticated;
  if (authenticated.kind !== 'REJECTED') return undefined;
  return authenticated.fault === 'TOKEN_EXPIRED' ? { kind: 'EXPIRED' } : authenticated;
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
