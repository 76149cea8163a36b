import type { ErrorCode } from '../../src/errors.js';

/** A request that is made to cost the server more than it is worth. */
export interface HostileRequest {
  readonly name: string;
  readonly query: string;
  /** As JSON, since some cannot be built as values without overflowing the stack. */
  readonly variables: string;
  readonly operationName?: string;
  /** What its first error says; undefined: it is answered. */
  readonly code: ErrorCode | undefined;
  /** The code where the stack of this Node.js is deep enough after all. */
  readonly orCode?: ErrorCode;
}

export function bodyOf({ query, variables, operationName }: HostileRequest): string {
  return `{"query":${JSON.stringify(query)},"variables":${variables},"operationName":${JSON.stringify(operationName ?? null)}}`;
}

/** A request without variables, where none are given. */
export function request(
  name: string,
  { variables = '{}', ...rest }: Omit<HostileRequest, 'name' | 'variables'> & { readonly variables?: string },
): HostileRequest {
  return { name, variables, ...rest };
}

export function changesOfUnknownUsers(count: number, name: string): string {
  const change = (index: number) => `{"add":{"user":{"username":"${name}${index}"},"points":1}}`;
  return `{"input":{"operations":[${repeat(count, change, ',')}]}}`;
}

/** JSON that is the beginning of a cursor, and takes its time to be read. */
export function nestedCursor(): string {
  return Buffer.from(`["posts",[${'[],'.repeat(225_000)}1]]`).toString('base64url');
}

export function manyOperations(): string {
  const text = '\n    a'.repeat(8_500);
  return `${repeat(300, (index) => `query Q${index} { ...F }`)} fragment F on Query { user(by: { username: """${text}""" }) { id } }`;
}

export function logIn(): string {
  return 'mutation ($input: CredentialsInput!) { logIn(input: $input) { expiresIn } }';
}

export function issueTokens(scopes: (index: number) => string): string {
  return repeat(50, (index) => `a${index}: issueToken(input: { name: "x", scopes: ${scopes(index)} }) { secret }`);
}

/** Each fragment spreads two others: graphql compares every pair of them, each from within the last. */
export function circles(): string {
  const fragments = repeat(
    100,
    (index) => `fragment F${index} on User { ...F${(index + 1) % 100} ...F${(index * 7 + 3) % 100} }`,
  );
  return `{ viewer { user { ...F0 } } } ${fragments}`;
}

export function nestedPosts(first: string): string {
  const nested = repeat(3, () => `posts(first: ${first}) { nodes { author {`);
  return `viewer { user { ${nested} id ${'} } }'.repeat(3)} } }`;
}

export function repeat(count: number, text: (index: number) => string, separator = ' '): string {
  return Array.from({ length: count }, (_, index) => text(index)).join(separator);
}
