import { type HostileRequest, nestedPosts, repeat, request } from './hostile-request.js';

/** Without a credential: documents that say the same often. */
export const REPETITIVE_REQUESTS: readonly HostileRequest[] = [
  request('the same field 1,900 times', {
    query: `{ ${repeat(1_900, () => '__typename')} }`,
    code: undefined,
  }),
  request('the same field with its selection 440 times, and a document that asks 390 times', {
    query: `query ($d: String!) { ${repeat(390, () => '__schema { description }')} requiredScopes(document: $d) { scopes } }`,
    variables: `{"d":"{ ${repeat(440, () => 'viewer { kind }')} }"}`,
    code: 'BAD_USER_INPUT',
  }),
  request('requiredScopes of the same field with its selection 440 times', {
    query: 'query ($d: String!) { requiredScopes(document: $d) { scopes } }',
    variables: `{"d":"{ ${repeat(440, () => 'viewer { kind }')} }"}`,
    code: undefined,
  }),
  request('200 fields of one name with different arguments', {
    query: `{ ${repeat(200, (index) => `users(first: ${index}) { totalCount }`)} }`,
    code: 'GRAPHQL_VALIDATION_FAILED',
  }),
  request('100 fields of one name, each with an alias of its own', {
    query: `{ ${repeat(100, (index) => `viewer { user { id a${index}: posts { totalCount } } }`)} }`,
    code: 'OPERATION_TOO_COMPLEX',
  }),
  request('all types with their fields and arguments 40 times', {
    query: `{ ${repeat(40, (index) => `a${index}: __schema { types { name fields { name args { name } } } }`)} }`,
    code: 'OPERATION_TOO_COMPLEX',
  }),
  request('all types with their fields and arguments 40 times, below one field', {
    query: `{ __schema { ${repeat(40, (index) => `a${index}: types { name fields { name args { name } } }`)} } }`,
    code: 'OPERATION_TOO_COMPLEX',
  }),
  request('250 operations that share a fragment of 90 fields', {
    query: `${repeat(250, (index) => `query Q${index} { ...F }`)} fragment F on Query { ${repeat(90, () => '__typename')} }`,
    operationName: 'Q1',
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
