import type { ErrorCode } from '../../src/errors.js';

/** A request that is made to cost the server more than it is worth. Nothing in it needs a credential to be sent. */
export interface HostileRequest {
  readonly name: string;
  readonly query: string;
  /** As JSON, since some cannot be built as values without overflowing the stack. */
  readonly variables: string;
  /** What its first error says; undefined: it is answered. */
  readonly code: ErrorCode | undefined;
  /** The code where the stack of this Node.js is deep enough after all. */
  readonly orCode?: ErrorCode;
}

export function bodyOf({ query, variables }: HostileRequest): string {
  return `{"query":${JSON.stringify(query)},"variables":${variables}}`;
}

/** The documents and variables that once froze or ended the process, and their siblings, within a request of 1 MB. */
export const HOSTILE_REQUESTS: readonly HostileRequest[] = [
  // Lists in variables.
  request('60,000 scopes in one list, used by 50 fields', {
    query: `mutation ($s: [Scope!]!) { ${issueTokens(() => '$s')} }`,
    variables: `{"s":[${repeat(60_000, () => '"POSTS_READ"', ',')}]}`,
    code: 'OPERATION_TOO_COMPLEX',
  }),
  request('1,000 scopes in each of 50 lists', {
    query: `mutation (${repeat(50, (index) => `$s${index}: [Scope!]!`)}) { ${issueTokens((index) => `$s${index}`)} }`,
    variables: `{${repeat(50, (index) => `"s${index}":[${repeat(1_000, () => '"POSTS_READ"', ',')}]`, ',')}}`,
    code: 'UNAUTHENTICATED',
  }),
  request('15,000 operations', {
    query: 'mutation ($input: ApplyPointsInput!) { applyPoints(input: $input) { results { error { code } } } }',
    variables: `{"input":{"operations":[${repeat(15_000, () => '{"add":{"user":{"username":"a"},"points":1}}', ',')}]}}`,
    code: 'OPERATION_TOO_COMPLEX',
  }),
  request('a list where no list belongs', {
    query: logIn(),
    variables: `{"input":[${repeat(450_000, () => '1', ',')}]}`,
    code: 'OPERATION_TOO_COMPLEX',
  }),
  request('500,000 lists inside one another', {
    query: logIn(),
    variables: `{"input":${'['.repeat(490_000)}${']'.repeat(490_000)}}`,
    code: 'OPERATION_TOO_COMPLEX',
  }),
  request('150,000 objects inside one another', {
    query: logIn(),
    variables: `{"input":${'{"a":'.repeat(150_000)}1${'}'.repeat(150_000)}}`,
    code: 'OPERATION_TOO_COMPLEX',
  }),
  request('80,000 fields that the input does not have', {
    query: logIn(),
    variables: `{"input":{${repeat(80_000, (index) => `"u${index}":1`, ',')}}}`,
    code: 'BAD_USER_INPUT',
  }),
  request('80,000 fields in an input that is judged', {
    query: 'mutation ($input: IssueTokenInput!) { issueToken(input: $input) { secret } }',
    variables: `{"input":{${repeat(80_000, (index) => `"u${index}":1`, ',')}}}`,
    code: 'UNAUTHENTICATED',
  }),
  request('a list of 1,000 objects of 1,000 bytes', {
    query: logIn(),
    variables: `{"input":[${repeat(1_000, (index) => `{"username${index}":"${'x'.repeat(950)}"}`, ',')}]}`,
    code: 'BAD_USER_INPUT',
  }),
  request('a string of 1 MB where a number belongs', {
    query: 'query ($first: Int!) { __typename @skip(if: false) users(first: $first) { totalCount } }',
    variables: `{"first":"${'9'.repeat(990_000)}"}`,
    code: 'UNAUTHENTICATED',
  }),
  request('1 MB in a variable that is not declared', {
    query: '{ __typename }',
    variables: `{"s":[${repeat(450_000, () => '1', ',')}]}`,
    code: undefined,
  }),
  // Text.
  request('1 MB of comments', { query: `{ __typename }${'#\n'.repeat(330_000)}`, code: 'OPERATION_TOO_COMPLEX' }),
  request('1 MB of white space', { query: `{ __typename }${' '.repeat(990_000)}`, code: 'OPERATION_TOO_COMPLEX' }),
  request('64 KB of comments', { query: `{ __typename }${'#\n'.repeat(32_000)}`, code: undefined }),
  request('a name of 60,000 letters', { query: `{ ${'a'.repeat(60_000)} }`, code: 'GRAPHQL_VALIDATION_FAILED' }),
  // Documents inside documents.
  request('requiredScopes 50 times, each of 64 KB', {
    query: `query ($d: String!) { ${repeat(50, (index) => `a${index}: requiredScopes(document: $d) { scopes }`)} }`,
    variables: `{"d":${JSON.stringify(`{ __typename }${'#\n'.repeat(32_000)}`)}}`,
    code: 'OPERATION_TOO_COMPLEX',
  }),
  request('requiredScopes of a document of 1 MB', {
    query: 'query ($d: String!) { requiredScopes(document: $d) { scopes } }',
    variables: `{"d":${JSON.stringify(`{ __typename }${'#\n'.repeat(330_000)}`)}}`,
    code: 'BAD_USER_INPUT',
  }),
  request('requiredScopes of 1,990 brackets inside one another', {
    query: 'query ($d: String!) { requiredScopes(document: $d) { scopes } }',
    variables: `{"d":"{ user(by: ${'['.repeat(1_990)}"}`,
    code: 'BAD_USER_INPUT',
  }),
  request('requiredScopes of fragments in circles', {
    query: 'query ($d: String!) { requiredScopes(document: $d) { scopes } }',
    variables: `{"d":${JSON.stringify(circles())}}`,
    code: 'BAD_USER_INPUT',
  }),
  // Nesting.
  request('1,990 lists inside one another', {
    query: `{ user(by: ${'['.repeat(1_990)}`,
    code: 'OPERATION_TOO_COMPLEX',
  }),
  request('60,000 lists inside one another', {
    query: `{ user(by: ${'['.repeat(60_000)}`,
    code: 'OPERATION_TOO_COMPLEX',
  }),
  request('400 objects inside one another', {
    query: `{ user(by: ${'{ a: '.repeat(400)}1${' }'.repeat(400)}) { id } }`,
    code: 'OPERATION_TOO_COMPLEX',
  }),
  request('600 fragments inside one another', {
    query: `{ ${'... { '.repeat(600)}__typename ${'}'.repeat(600)} }`,
    code: 'OPERATION_TOO_COMPLEX',
  }),
  request('240 fragments in a chain', {
    query: `{ viewer { user { ...F0 } } } ${repeat(240, (index) => `fragment F${index} on User { ...F${index + 1} }`)} fragment F240 on User { id }`,
    code: 'OPERATION_TOO_COMPLEX',
  }),
  request('fragments in circles', {
    query: circles(),
    code: 'OPERATION_TOO_COMPLEX',
    orCode: 'GRAPHQL_VALIDATION_FAILED',
  }),
  request('160 fragments in one circle', {
    query: `{ viewer { user { ...F0 } } } ${repeat(160, (index) => `fragment F${index} on User { id ...F${(index + 1) % 160} username }`)}`,
    code: 'GRAPHQL_VALIDATION_FAILED',
  }),
  // Repetition.
  request('the same field 1,900 times', {
    query: `{ ${repeat(1_900, () => '__typename')} }`,
    code: 'OPERATION_TOO_COMPLEX',
  }),
  request('1,900 fields that are not in the schema', {
    query: `{ ${repeat(1_900, (index) => `usr${index}`)} }`,
    code: 'GRAPHQL_VALIDATION_FAILED',
  }),
  request('a list of 1,900 scopes', {
    query: `mutation { issueToken(input: { name: "x", scopes: [${repeat(1_900, () => 'POSTS_READ')}] }) { secret } }`,
    code: 'OPERATION_TOO_COMPLEX',
  }),
  request('100 conditions on variables', {
    query: `query (${repeat(100, (index) => `$c${index}: Boolean = true`)}) { ${repeat(100, (index) => `... @include(if: $c${index}) { __typename }`)} }`,
    code: undefined,
  }),
  request('lists as long as a variable named $constructor says', {
    query: `query ($constructor: Int = 100) { ${nestedPosts('$constructor')} }`,
    code: 'OPERATION_TOO_COMPLEX',
  }),
];

function request(
  name: string,
  { variables = '{}', ...rest }: Omit<HostileRequest, 'name' | 'variables'> & { readonly variables?: string },
): HostileRequest {
  return { name, variables, ...rest };
}

function logIn(): string {
  return 'mutation ($input: CredentialsInput!) { logIn(input: $input) { expiresIn } }';
}

function issueTokens(scopes: (index: number) => string): string {
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

function nestedPosts(first: string): string {
  const nested = repeat(3, () => `posts(first: ${first}) { nodes { author {`);
  return `viewer { user { ${nested} id ${'} } }'.repeat(3)} } }`;
}

function repeat(count: number, text: (index: number) => string, separator = ' '): string {
  return Array.from({ length: count }, (_, index) => text(index)).join(separator);
}
