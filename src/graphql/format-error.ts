import { unwrapResolverError } from '@apollo/server/errors';
import { GraphQLError, type GraphQLFormattedError, Kind } from 'graphql';
import type { Logger } from 'pino';
import { DatabaseContended, DatabaseUnavailable, databaseFailure, isContention } from '../database/failure.js';
import { Annotated, DomainError, type ErrorCode } from '../errors.js';
import { withoutValues } from './without-values.js';

/** A thrown value, as the client is to see it; `unforeseen` is what the log should hear of, if anything. */
export interface Translated {
  readonly message: string;
  readonly extensions: Readonly<Record<string, unknown>>;
  readonly unforeseen: unknown;
}

interface FormatOptions {
  readonly requestId: string;
  readonly log: Logger;
  /** Whether what ran was a mutation; absent: nothing ran, or it was none. */
  readonly isMutation?: boolean;
}

/**
 * Writes the errors of one answer: the last word on each. What nobody foresaw goes to the log, once however many fields
 * it broke, under the id that the client is given.
 */
export function formatErrors(
  errors: readonly GraphQLError[],
  { requestId, log, isMutation = false }: FormatOptions,
): GraphQLFormattedError[] {
  const logged = new Set<unknown>();
  return errors.map((error) => {
    const { message, extensions: told, unforeseen } = translateError(error);
    const extensions = { ...told, ...effectOf(error, told), ...(isMutation && lostEffectOf(error, told)) };
    const { locations, path } = error.toJSON();
    const place = { ...(locations && { locations }), ...(path && { path }) };
    if (unforeseen === undefined) return { message, ...place, extensions };
    if (!logged.has(unforeseen)) log.error({ requestId, path, err: unforeseen }, 'a request met an unforeseen error');
    logged.add(unforeseen);
    return { message, ...place, extensions: { ...extensions, requestId } };
  });
}

/**
 * Decides what a client learns of an error: a foreseen one speaks for itself, a database that is away is named as such,
 * all else is masked. What GraphQL itself finds wrong with a request passes, without the values that it quotes.
 */
export function translateError(thrown: unknown): Translated {
  const error = unwrapResolverError(thrown);
  if (error instanceof Annotated) {
    const cause = translateError(error.cause);
    return { ...cause, extensions: { ...cause.extensions, ...error.extensions } };
  }
  if (error instanceof DomainError) {
    return { message: error.message, extensions: { code: error.code, ...error.extensions }, unforeseen: undefined };
  }
  const failure = databaseFailure(error);
  if (failure?.kind === 'not-sent' || failure?.kind === 'lost') {
    return { ...translateError(new DatabaseUnavailable()), unforeseen: error };
  }
  if (failure !== undefined && isContention(failure)) return translateError(new DatabaseContended());
  const isOfRequest = error instanceof GraphQLError && (error === thrown || isOfArgument(error));
  if (isOfRequest || (error instanceof GraphQLError && error.extensions['code'] !== undefined)) {
    return translateGraphQLError(error);
  }
  return { message: 'Something went wrong here.', extensions: { code: 'INTERNAL_SERVER_ERROR' }, unforeseen: error };
}

/** Root fields that change points: each of their errors says whether the change may have happened. */
const CHANGES_OF_POINTS: ReadonlySet<string> = new Set([
  'addPoints',
  'spendPoints',
  'reversePoints',
  'applyPoints',
  'resolvePoints',
]);

/** An error of such a field that says nothing of its effect was thrown before the field's resolver: nothing happened. */
function effectOf({ nodes, path }: GraphQLError, told: Translated['extensions']): { effect?: 'NONE' } {
  const [node] = nodes ?? [];
  const isOfChange = path?.length === 1 && node?.kind === Kind.FIELD && CHANGES_OF_POINTS.has(node.name.value);
  return isOfChange && told['effect'] === undefined ? { effect: 'NONE' } : {};
}

/** A root field of any other mutation over whose statement, perhaps its commit, the connection was lost. */
function lostEffectOf({ path, originalError }: GraphQLError, told: Translated['extensions']): { effect?: 'UNKNOWN' } {
  const isLost = path?.length === 1 && told['effect'] === undefined && databaseFailure(originalError)?.kind === 'lost';
  return isLost ? { effect: 'UNKNOWN' } : {};
}

/** Whether GraphQL found an argument wrong while it ran; what is wrong with a result has no place in the document, or a field's. */
function isOfArgument({ nodes }: GraphQLError): boolean {
  return nodes?.every(({ kind }) => kind !== Kind.FIELD) ?? false;
}

function translateGraphQLError(error: GraphQLError): Translated {
  const { message, extensions } = error;
  const excess = excessOf(message);
  const code: ErrorCode = excess === undefined ? 'BAD_USER_INPUT' : 'OPERATION_TOO_COMPLEX';
  if (excess !== undefined) return { message: excess, extensions: { code }, unforeseen: undefined };
  // Apollo keeps the status of the answer among the extensions.
  const { http: _status, ...rest } = extensions;
  // Its value became null when the operation ran.
  const field = /^Argument "(\w+)" of (?:non-null|required) type /.exec(message)?.[1];
  const told = { code, ...rest, ...(field !== undefined && { field }) };
  return { message: withoutValues(error), extensions: told, unforeseen: undefined };
}

/** What is too large for GraphQL itself, which knows no codes. */
function excessOf(message: string): string | undefined {
  const tokens = /^Syntax Error: Document contains more that (\d+) tokens/.exec(message)?.[1];
  if (tokens !== undefined) return `The document has more than ${tokens} tokens; at most ${tokens} are allowed.`;
  if (message === 'Validation aborted.') return 'The document selects the same fields too often to be compared.';
  return undefined;
}
