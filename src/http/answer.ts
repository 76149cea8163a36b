import type { FastifyReply } from 'fastify';
import type { Logger } from 'pino';
import type { ErrorCode } from '../errors.js';
import { translateError } from '../graphql/format-error.js';
import { type MediaType, negotiateResponse } from './media-type.js';

/** What goes back to the client, before it is written. */
export interface Answer {
  readonly status: number;
  readonly headers?: Readonly<Record<string, string>> | undefined;
  /** The shape of a GraphQL response, whatever was asked for: `errors` where nothing else is to be said. */
  readonly body: {
    readonly errors?: readonly AnswerError[] | undefined;
    readonly data?: Readonly<Record<string, unknown>> | null | undefined;
  };
}

interface AnswerError {
  readonly message: string;
  readonly extensions?: Readonly<Record<string, unknown>>;
}

/** Why nothing ran. */
export interface Refusal {
  readonly code: ErrorCode;
  readonly message: string;
  readonly extensions?: Readonly<Record<string, unknown>>;
  readonly headers?: Readonly<Record<string, string>>;
}

/** The status of an answer that says only what is wrong; with any other code it is 400. */
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
 * What is wrong with a GraphQL request that is well-formed as HTTP. The GraphQL-over-HTTP draft has such an answer be
 * 200 where the client asked for `application/json`, because proxies and old clients drop the body of anything else.
 */
const WELL_FORMED: ReadonlySet<ErrorCode> = new Set<ErrorCode>([
  'GRAPHQL_PARSE_FAILED',
  'GRAPHQL_VALIDATION_FAILED',
  'OPERATION_RESOLUTION_FAILURE',
  'OPERATION_TOO_COMPLEX',
  'BAD_USER_INPUT',
  'PERSISTED_QUERY_NOT_SUPPORTED',
]);

/** The status of a GraphQL response: 200 as soon as anything ran. */
export function statusOf({ data, errors }: Answer['body'], mediaType: MediaType): number {
  if (data !== undefined) return 200;
  // The codes of all errors are from the closed list.
  const code = errors?.[0]?.extensions?.['code'] as ErrorCode;
  return mediaType === 'application/json' && WELL_FORMED.has(code) ? 200 : (STATUS[code] ?? 400);
}

/** Builds an answer that says only why nothing ran. */
export function refuse({ code, message, extensions, headers = {} }: Refusal): Answer {
  return {
    status: STATUS[code] ?? 400,
    headers,
    body: { errors: [{ message, extensions: { code, ...extensions } }] },
  };
}

/**
 * The answer to a request that broke before anything ran. What nobody foresaw is masked, and logged under the id that the client gets.
 */
export function answerFailure(error: unknown, { requestId, log }: { requestId: string; log: Logger }): Answer {
  const { message, extensions, unforeseen } = translateError(error);
  if (unforeseen !== undefined) log.error({ requestId, err: unforeseen }, 'a request met an unforeseen error');
  const retryAfter = extensions['retryAfterSeconds'];
  const effect = extensions['code'] === 'UNAVAILABLE' ? { effect: 'NONE' } : {};
  return refuse({
    // The codes of all errors are from the closed list.
    code: extensions['code'] as ErrorCode,
    message,
    extensions: { ...extensions, ...effect, ...(unforeseen !== undefined && { requestId }) },
    headers: retryAfter === undefined ? {} : { 'retry-after': String(retryAfter) },
  });
}

/** Sends an answer in the form that the client prefers. A client that accepts neither form gets JSON. */
export function sendAnswer(
  reply: FastifyReply,
  { status, headers, body }: Answer,
  mediaType: MediaType = negotiateResponse(reply.request.headers.accept) ?? 'application/json',
): FastifyReply {
  if (headers !== undefined) reply.headers(headers);
  return reply.code(status).header('content-type', `${mediaType}; charset=utf-8`).send(JSON.stringify(body));
}
