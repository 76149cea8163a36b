import { CombinedError } from 'urql';
import { LIMITS } from './limits.js';

/** The errors of a mutation: those of a field of the form by its path, and the rest. */
interface ServerErrors {
  readonly fields: Readonly<Record<string, string>>;
  /** undefined: every error belongs to a field. */
  readonly rest: CombinedError | undefined;
}

/**
 * Assigns the errors of a mutation to the fields of its form.
 *
 * @param fields paths of the fields that the form shows.
 */
export function assignErrors(error: CombinedError | undefined, fields: readonly string[]): ServerErrors {
  if (!error) return { fields: {}, rest: undefined };
  const found = error.graphQLErrors.map((one) => ({ one, path: pathOf(one, fields) }));
  const rest = found.filter(({ path }) => path === undefined).map(({ one }) => one);
  return {
    fields: Object.fromEntries(found.flatMap(({ one, path }) => (path === undefined ? [] : [[path, messageOf(one)]]))),
    rest: found.length > 0 && rest.length === 0 ? undefined : withErrors(error, rest),
  };
}

/** The paths of the fields for limits, in their order. */
export const LIMIT_PATHS: readonly string[] = LIMITS.map(({ key }) => `limits.${key}`);

type ServerError = CombinedError['graphQLErrors'][number];

/** The path of the field that an error is about; undefined: the form has none. */
function pathOf({ extensions }: ServerError, fields: readonly string[]): string | undefined {
  const path = named(extensions);
  // The limits as a whole, an item of a list or a part of a choice belong to the field that has them.
  return fields.find((field) => path === field || path?.startsWith(`${field}.`) || field.startsWith(`${path}.`));
}

function named({ code, field, coordinate }: ServerError['extensions']): string | undefined {
  if (code === 'USER_NOT_FOUND') return 'owner';
  const path = typeof field === 'string' ? field.replace(/^input\./, '') : undefined;
  const input = typeof coordinate === 'string' ? /^IssueTokenInput\.(\w+)$/.exec(coordinate)?.[1] : undefined;
  return (path ?? input)?.replace(/^documents/, 'operations').replace(/^expiresAt/, 'expiry');
}

/** The message of an error; where it is about an item of a list, with which one. */
function messageOf({ message, extensions: { field } }: ServerError): string {
  const [, list = '', index] = /^input\.(networks|documents)\.(\d+)$/.exec(String(field)) ?? [];
  if (index === undefined) return message;
  return `${list === 'networks' ? 'Network' : 'Operation'} ${Number(index) + 1}: ${message}`;
}

function withErrors(error: CombinedError, graphQLErrors: ServerError[]): CombinedError {
  return new CombinedError({ graphQLErrors, ...(error.networkError && { networkError: error.networkError }) });
}
