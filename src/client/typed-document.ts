/**
 * The text of an operation, which its type gives the types of its variables and data. Text is one, and so are the documents
 * that GraphQL Code Generator makes with `documentMode: 'string'`. A parsed document is none: print it first.
 */
export interface TypedDocument<Data, Variables> {
  toString(): string;
  readonly __apiType?: ((variables: Variables) => Data) | undefined;
  readonly kind?: never;
}
