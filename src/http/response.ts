import type { FastifyReply } from 'fastify';
import type { Logger } from 'pino';
import type { ErrorCode } from '../errors.js';
import { logUnexpected, translateError } from '../graphql/format-error.js';
import { bodyOf, codeOf, type Executed, type Refused, refuse } from '../graphql/outcome.js';
import type { TraceIds } from '../graphql/trace.js';
import { type MediaType, negotiateResponse } from './media-type.js';

/** The status of a refusal by the code of its first error; 400 with any other code. */
const STATUS: Partial<Record<ErrorCode, number>> = {
  UNAUTHENTICATED: 401,
  FORBIDDEN: 403,
  DOCUMENT_NOT_TRUSTED: 403,
  NOT_FOUND: 404,
  METHOD_NOT_ALLOWED: 405,
  NOT_ACCEPTABLE: 406,
  PAYLOAD_TOO_LARGE: 413,
  UNSUPPORTED_MEDIA_TYPE: 415,
  RATE_LIMITED: 429,
  INTERNAL_SERVER_ERROR: 500,
  OVERLOADED: 503,
  UNAVAILABLE: 503,
};

/**
 * Codes of GraphQL requests that are well-formed as HTTP. The GraphQL-over-HTTP draft has such a response be 200 where the
 * client accepts `application/json`, because proxies and old clients drop the body of any other.
 */
const WELL_FORMED: ReadonlySet<ErrorCode | undefined> = new Set<ErrorCode>([
  'GRAPHQL_PARSE_FAILED',
  'GRAPHQL_VALIDATION_FAILED',
  'OPERATION_RESOLUTION_FAILURE',
  'OPERATION_TOO_COMPLEX',
  'BAD_USER_INPUT',
  'PERSISTED_QUERY_NOT_SUPPORTED',
]);

interface SendOptions {
  /** By default what the client prefers, JSON where it accepts no form of a GraphQL response. */
  readonly mediaType?: MediaType;
  /** By default what follows from the outcome. */
  readonly status?: number;
}

/** Sends a response: 200 where resolvers ran, else the status of the code. */
export function sendOutcome(reply: FastifyReply, outcome: Executed | Refused, options: SendOptions = {}): FastifyReply {
  const {
    mediaType = negotiateResponse(reply.request.headers.accept) ?? 'application/json',
    status = statusOf(outcome, mediaType),
  } = options;
  const body = bodyOf(outcome);
  const { errors } = body;
  const retryAfter = errors
    ?.map(({ extensions }) => extensions?.['retryAfterSeconds'])
    .find((seconds) => seconds !== undefined);
  if (retryAfter !== undefined) reply.header('retry-after', String(retryAfter));
  if (outcome.kind === 'REFUSED') reply.headers(outcome.headers);
  return reply.code(status).header('content-type', `${mediaType}; charset=utf-8`).send(JSON.stringify(body));
}

function statusOf(outcome: Executed | Refused, mediaType: MediaType): number {
  if (outcome.kind === 'RESPONSE') return 200;
  const code = codeOf(outcome);
  if (mediaType === 'application/json' && WELL_FORMED.has(code)) return 200;
  return (code && STATUS[code]) ?? 400;
}

interface FailedRequest {
  readonly requestId: string;
  readonly traceIds?: TraceIds | undefined;
  readonly log: Logger;
}

/**
 * The refusal of a request that failed before any resolver ran. An unexpected error is masked, and logged under the id
 * that the client is given.
 */
export function refuseFailed(error: unknown, { requestId, traceIds, log }: FailedRequest): Refused {
  const { message, extensions, unexpected } = translateError(error);
  if (unexpected !== undefined) logUnexpected(log, { requestId, ...traceIds, err: unexpected });
  return refuse({
    ...extensions,
    // The codes of all errors are from the closed list.
    code: extensions['code'] as ErrorCode,
    message,
    ...(extensions['code'] === 'UNAVAILABLE' && { effect: 'NONE' }),
    ...(unexpected !== undefined && { requestId }),
  });
}
