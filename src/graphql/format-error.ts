import { unwrapResolverError } from '@apollo/server/errors';
import { GraphQLError, type GraphQLFormattedError, Kind } from 'graphql';
import type { Logger } from 'pino';
import {
  DatabaseContended,
  DatabaseUnavailable,
  databaseFailure,
  isContention,
  isSchemaFault,
} from '../database/failure.js';
import { DomainError, type ErrorCode, WithExtensions } from '../errors.js';
import { boundedMessage } from './bounded-message.js';
import type { TraceIds } from './trace.js';
import { withoutValues } from './without-values.js';

/** A thrown value as the client sees it; `unexpected` is what has to be logged, undefined where nothing has. */
export interface Translated {
  readonly message: string;
  readonly extensions: Readonly<Record<string, unknown>>;
  readonly unexpected: unknown;
}

interface FormatOptions {
  readonly requestId: string;
  readonly traceIds: TraceIds | undefined;
  readonly log: Logger;
  /** Whether a mutation ran; absent: nothing ran, or another operation did. */
  readonly isMutation?: boolean;
}

/**
 * Formats the errors of one response. An unexpected error is logged under the request's id, which the client is given:
 * once, however many fields it broke.
 */
export function formatErrors(
  errors: readonly GraphQLError[],
  { requestId, traceIds, log, isMutation = false }: FormatOptions,
): GraphQLFormattedError[] {
  const logged = new Set<unknown>();
  return errors.map((error) => {
    const { message: whole, extensions: known, unexpected } = translateError(error);
    const message = boundedMessage(whole);
    const extensions = { ...known, ...effectOf(error, known), ...(isMutation && unavailableEffectOf(error, known)) };
    const { locations, path } = error.toJSON();
    const position = { ...(locations && { locations }), ...(path && { path }) };
    if (unexpected === undefined) return { message, ...position, extensions };
    if (!logged.has(unexpected)) logUnexpected(log, { requestId, ...traceIds, path, err: unexpected });
    logged.add(unexpected);
    return { message, ...position, extensions: { ...extensions, requestId } };
  });
}

/** Logs an error that is masked from the client. */
export function logUnexpected(
  log: Logger,
  error: Partial<TraceIds> & {
    readonly requestId: string;
    readonly path?: GraphQLError['path'];
    readonly err: unknown;
  },
): void {
  log.error({ event: 'unexpected_error', ...error }, 'unexpected error in a request');
}

/**
 * Decides what a client learns of an error: the message and extensions of a domain error, that the database is unavailable,
 * or nothing. What GraphQL itself finds wrong with a request passes, without the values that it quotes.
 */
export function translateError(thrown: unknown): Translated {
  const error = unwrapResolverError(thrown);
  if (error instanceof WithExtensions) {
    const cause = translateError(error.cause);
    return { ...cause, extensions: { ...cause.extensions, ...error.extensions } };
  }
  if (error instanceof DomainError) {
    return { message: error.message, extensions: { code: error.code, ...error.extensions }, unexpected: undefined };
  }
  const failure = databaseFailure(error);
  if (failure !== undefined && (failure.kind !== 'refused' || isSchemaFault(failure))) {
    return { ...translateError(new DatabaseUnavailable()), unexpected: error };
  }
  if (failure !== undefined && isContention(failure)) return translateError(new DatabaseContended());
  const isOfRequest = error instanceof GraphQLError && (error === thrown || isOfArgument(error));
  if (isOfRequest || (error instanceof GraphQLError && error.extensions['code'] !== undefined)) {
    return translateGraphQLError(error);
  }
  return { message: INTERNAL_ERROR, extensions: { code: 'INTERNAL_SERVER_ERROR' }, unexpected: error };
}

/** The message of a masked error. */
const INTERNAL_ERROR = 'Internal server error.';

/** Root fields that change points: each of their errors has `effect`, whether the change may have happened. */
const CHANGES_OF_POINTS: ReadonlySet<string> = new Set([
  'addPoints',
  'spendPoints',
  'reversePoints',
  'applyPoints',
  'resolvePoints',
]);

/** An error of such a field without an effect was thrown before the field's resolver: nothing happened. */
function effectOf(
  { nodes, path }: Pick<GraphQLError, 'nodes' | 'path'>,
  known: Translated['extensions'],
): { effect?: 'NONE' } {
  const [node] = nodes ?? [];
  const isOfChange = path?.length === 1 && node?.kind === Kind.FIELD && CHANGES_OF_POINTS.has(node.name.value);
  return isOfChange && known['effect'] === undefined ? { effect: 'NONE' } : {};
}

/**
 * What `UNAVAILABLE` says of any other mutation: `UNKNOWN` where its commit, or a statement outside of a transaction, was
 * lost. Below a root field it was a read that failed, and the change has been made.
 */
function unavailableEffectOf(
  { nodes, path, originalError }: GraphQLError,
  known: Translated['extensions'],
): { effect?: 'NONE' | 'UNKNOWN' } {
  if (known['code'] !== 'UNAVAILABLE' || known['effect'] !== undefined || path === undefined) return {};
  if (effectOf({ nodes, path }, known).effect !== undefined) return {};
  const isUnknown = path.length > 1 || databaseFailure(originalError)?.kind === 'lost';
  return { effect: isUnknown ? 'UNKNOWN' : 'NONE' };
}

/** Whether GraphQL found an argument wrong during execution. An error about a result has no node, or that of its field. */
function isOfArgument({ nodes }: GraphQLError): boolean {
  return nodes?.every(({ kind }) => kind !== Kind.FIELD) ?? false;
}

function translateGraphQLError(error: GraphQLError): Translated {
  const { message, extensions } = error;
  const excess = excessOfTokens(message);
  const code: ErrorCode = excess === undefined ? 'BAD_USER_INPUT' : 'OPERATION_TOO_COMPLEX';
  if (excess !== undefined) return { message: excess, extensions: { code }, unexpected: undefined };
  // Apollo keeps the status of the response among the extensions.
  const { http: _status, ...rest } = extensions;
  // The value became null during execution.
  const field = /^Argument "(\w+)" of (?:non-null|required) type /.exec(message)?.[1];
  const known = { code, ...rest, ...(field !== undefined && { field }) };
  return { message: withoutValues(error), extensions: known, unexpected: undefined };
}

/** The parser's own limit, whose error has no code. */
export function excessOfTokens(message: string): string | undefined {
  const tokens = /^Syntax Error: Document contains more that (\d+) tokens/.exec(message)?.[1];
  return tokens && `The document has more than ${tokens} tokens; at most ${tokens} are allowed.`;
}
