import { GraphQLError, Kind, type OperationDefinitionNode, parse, print, separateOperations } from 'graphql';

const MAX_OPERATIONS = 200;
const MAX_BYTES = 131_072;

/** Operations, each with its fragments, as the API takes the documents of a token. */
type SplitOperations =
  | { readonly kind: 'VALID'; readonly documents: readonly string[] }
  | { readonly kind: 'INVALID'; readonly message: string };

/** Splits a document into its operations. */
export function splitOperations(text: string): SplitOperations {
  try {
    const document = parse(text);
    const names = document.definitions
      .filter((node): node is OperationDefinitionNode => node.kind === Kind.OPERATION_DEFINITION)
      .map(({ name }) => name?.value ?? '');
    const documents = Object.values(separateOperations(document)).map(print);
    const message = faultOf(names, documents);
    return message === undefined ? { kind: 'VALID', documents } : { kind: 'INVALID', message };
  } catch (error) {
    return { kind: 'INVALID', message: error instanceof GraphQLError ? withLine(error) : 'This is not valid GraphQL.' };
  }
}

function faultOf(names: readonly string[], documents: readonly string[]): string | undefined {
  if (names.length === 0) return 'Enter at least one operation.';
  if (names.length > MAX_OPERATIONS) return `Enter at most ${MAX_OPERATIONS} operations. There are ${names.length}.`;
  if (names.length > 1 && names.includes('')) return 'Name each operation where there are several.';
  const twice = names.find((name, index) => names.indexOf(name) !== index);
  if (twice !== undefined) return `Two operations are named ${twice}. Give each its own name.`;
  const bytes = documents.reduce((sum, document) => sum + new TextEncoder().encode(document).length, 0);
  return bytes > MAX_BYTES ? 'The operations are longer than 128 KB.' : undefined;
}

function withLine({ message, locations }: GraphQLError): string {
  const line = locations?.[0]?.line;
  return line === undefined ? message : `Line ${line}: ${message}`;
}
