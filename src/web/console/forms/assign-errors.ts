import { CombinedError } from 'urql';

/** The errors of a mutation: those of a field of the form by its path, and the rest. */
export interface AssignedErrors {
  readonly fields: Readonly<Record<string, string>>;
  /** undefined: every error belongs to a field. */
  readonly rest: CombinedError | undefined;
}

export type ServerError = CombinedError['graphQLErrors'][number];

interface Assignment {
  /** The path of the field that an error is about; undefined: the form has none. By default that of `input`. */
  readonly pathOf?: (error: ServerError) => string | undefined;
  /** What the field shows. By default the message. */
  readonly messageOf?: (error: ServerError) => string;
}

/** Assigns the errors of a mutation to the fields of its form. */
export function assignErrors(
  error: CombinedError | undefined,
  { pathOf = inputPath, messageOf = ({ message }) => message }: Assignment = {},
): AssignedErrors {
  if (!error) return { fields: {}, rest: undefined };
  const found = error.graphQLErrors.map((one) => ({ one, path: pathOf(one) }));
  const rest = found.filter(({ path }) => path === undefined).map(({ one }) => one);
  return {
    fields: Object.fromEntries(found.flatMap(({ one, path }) => (path === undefined ? [] : [[path, messageOf(one)]]))),
    rest: found.length > 0 && rest.length === 0 ? undefined : withErrors(error, rest),
  };
}

/** The path within `input` that an error names: `url` of `input.url`. */
export function inputPath({ extensions: { field } }: ServerError): string | undefined {
  return typeof field === 'string' ? field.replace(/^input\./, '') : undefined;
}

function withErrors(error: CombinedError, graphQLErrors: ServerError[]): CombinedError {
  return new CombinedError({ graphQLErrors, ...(error.networkError && { networkError: error.networkError }) });
}
