import {
  changesOfUnknownUsers,
  circles,
  type HostileRequest,
  issueTokens,
  logIn,
  manyOperations,
  nestedCursor,
  repeat,
  request,
} from './hostile-request.js';
import { REPETITIVE_REQUESTS } from './repetitive-requests.js';

/** Without a credential: the documents and variables that once froze or ended the process, and their siblings, within a request of 1 MB. */
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
    code: 'OPERATION_TOO_COMPLEX',
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
  request('80,000 fields in an input that the policy checks', {
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
  ...REPETITIVE_REQUESTS,
  // Passwords.
  request('50 passwords', {
    query: `mutation { ${repeat(50, (index) => `a${index}: logIn(input: { username: "u${index}", password: "12345678" }) { expiresIn }`)} }`,
    code: 'OPERATION_TOO_COMPLEX',
  }),
  // What the response repeats.
  request('an operationName of 1 MB', {
    query: '{ __typename }',
    operationName: 'x'.repeat(990_000),
    code: 'OPERATION_RESOLUTION_FAILURE',
  }),
  request('an alias of 60,000 letters', {
    query: `{ ${'a'.repeat(60_000)}: __typename }`,
    code: 'OPERATION_TOO_COMPLEX',
  }),
  request('a field of 400,000 letters that the input does not have', {
    query: logIn(),
    variables: `{"input":{"${'x'.repeat(400_000)}":1,"${'y'.repeat(400_000)}":1}}`,
    code: 'BAD_USER_INPUT',
  }),
  request('100 variables that are not declared, in an operation with a name of 30,000 letters', {
    query: `query ${'x'.repeat(30_000)} { ${repeat(50, (index) => `a${index}: users(first: $v${index}) { totalCount }`)} }`,
    code: 'GRAPHQL_VALIDATION_FAILED',
  }),
];

/** With a session of a user who has written 12 posts of 20,000 emoji. */
export const HOSTILE_SESSION_REQUESTS: readonly HostileRequest[] = [
  request('a cursor of 900 KB, used by 50 lists', {
    query: `query ($s: String!) { ${repeat(50, (index) => `a${index}: posts(after: $s) { nodes { id } }`)} }`,
    variables: `{"s":"${nestedCursor()}"}`,
    code: 'BAD_USER_INPUT',
  }),
  request('a cursor of 900 KB, used by the lists of 100 authors', {
    query: `query ($s: String!) { ${repeat(2, (index) => `a${index}: posts(first: 100) { nodes { author { posts(first: 1, after: $s) { nodes { id } } } } }`)} }`,
    variables: `{"s":"${nestedCursor()}"}`,
    code: 'BAD_USER_INPUT',
  }),
  request('the bodies of all posts of the author of each post', {
    query: '{ viewer { user { posts(first: 30) { nodes { author { posts(first: 100) { nodes { body } } } } } } } }',
    code: 'OPERATION_TOO_COMPLEX',
  }),
  request('each body 50 times', {
    query: `{ viewer { user { posts { nodes { ${repeat(50, (index) => `a${index}: body`)} } } } } }`,
    code: 'OPERATION_TOO_COMPLEX',
  }),
  request('a name of 1 MB in each of 50 fields', {
    query: `query ($s: String!) { ${repeat(50, (index) => `a${index}: user(by: { username: $s }) { id }`)} }`,
    variables: `{"s":"${'x'.repeat(990_000)}"}`,
    code: undefined,
  }),
  request('an id of 1 MB in each of 50 fields', {
    query: `query ($s: ID!) { ${repeat(50, (index) => `a${index}: post(id: $s) { id }`)} }`,
    variables: `{"s":"${'0'.repeat(990_000)}"}`,
    code: undefined,
  }),
  request('a search for 1 MB in each of 50 fields', {
    query: `query ($s: String!) { ${repeat(50, (index) => `a${index}: users(search: $s) { totalCount }`)} }`,
    variables: `{"s":"${'%'.repeat(990_000)}"}`,
    code: 'BAD_USER_INPUT',
  }),
  request('a leaked token of 1 MB in each of 50 fields', {
    query: `mutation ($s: String!) { ${repeat(50, (index) => `a${index}: reportLeakedToken(input: { secret: $s }) { received }`)} }`,
    variables: `{"s":"${'eyJ'.repeat(330_000)}"}`,
    code: undefined,
  }),
  request('a title of 1 MB in each of 50 fields', {
    query: `mutation ($s: String!) { ${repeat(50, (index) => `a${index}: createPost(input: { title: $s, body: $s }) { post { id } }`)} }`,
    variables: `{"s":"${'x'.repeat(990_000)}"}`,
    code: 'BAD_USER_INPUT',
  }),
];

/** With an app token that may add and spend points. */
export const HOSTILE_TOKEN_REQUESTS: readonly HostileRequest[] = [
  request('1,000 changes, and 100 posts of each user', {
    query:
      'mutation ($input: ApplyPointsInput!) { applyPoints(input: $input) { results { payload { user { posts(first: 100) { nodes { body } } } } } } }',
    variables: changesOfUnknownUsers(1_000, 'u'),
    code: 'OPERATION_TOO_COMPLEX',
  }),
  request('1,000 changes of users that do not exist, with names of 900 bytes', {
    query: 'mutation ($input: ApplyPointsInput!) { applyPoints(input: $input) { results { error { code message } } } }',
    variables: changesOfUnknownUsers(1_000, 'u'.repeat(900)),
    code: undefined,
  }),
  request('100 changes of a user with a name of 1 MB', {
    query: `mutation ($s: String!) { applyPoints(input: { operations: [${repeat(100, () => '{ add: { user: { username: $s }, points: 1 } }')}] }) { results { error { code message } } } }`,
    variables: `{"s":"${'x'.repeat(990_000)}"}`,
    code: undefined,
  }),
  request('a reason of 1 MB in each of 50 changes', {
    query: `mutation ($s: String!) { ${repeat(50, (index) => `a${index}: addPoints(input: { user: { username: "a" }, points: 1, reason: $s }) { points }`)} }`,
    variables: `{"s":"${'x'.repeat(990_000)}"}`,
    code: 'BAD_USER_INPUT',
  }),
  request('an idempotency key of 1 MB in each of 50 changes', {
    query: `mutation ($s: String!) { ${repeat(50, (index) => `a${index}: addPoints(input: { user: { username: "a" }, points: 1, idempotencyKey: $s }) { points }`)} }`,
    variables: `{"s":"${'x'.repeat(990_000)}"}`,
    code: 'BAD_USER_INPUT',
  }),
  request('1,000 changes in each of 50 fields, with no result', {
    query: `mutation ($input: ApplyPointsInput!) { ${repeat(50, (index) => `a${index}: applyPoints(input: $input) { __typename }`)} }`,
    variables: changesOfUnknownUsers(1_000, 'u'),
    code: 'OPERATION_TOO_COMPLEX',
  }),
  request('1,000 changes in each of 50 fields', {
    query: `mutation ($input: ApplyPointsInput!) { ${repeat(50, (index) => `a${index}: applyPoints(input: $input) { results { error { code } } }`)} }`,
    variables: changesOfUnknownUsers(1_000, 'u'),
    code: 'OPERATION_TOO_COMPLEX',
  }),
];

/** The only documents that are run while these requests are sent. */
export const TRUSTED_DOCUMENT = `query Required($d: String!) { requiredScopes(document: $d) { scopes } }`;

/** Without a credential, to a server that runs {@link TRUSTED_DOCUMENT} alone. */
export const HOSTILE_UNTRUSTED_REQUESTS: readonly HostileRequest[] = [
  request('300 operations that share a fragment of 50 KB', {
    query: manyOperations(),
    code: 'DOCUMENT_NOT_TRUSTED',
  }),
  request('requiredScopes of 300 operations that share a fragment of 50 KB', {
    query: TRUSTED_DOCUMENT,
    variables: `{"d":${JSON.stringify(manyOperations())}}`,
    code: 'BAD_USER_INPUT',
  }),
  request('1 MB of comments', { query: `${TRUSTED_DOCUMENT}${'#\n'.repeat(330_000)}`, code: 'OPERATION_TOO_COMPLEX' }),
  request('an operationName of 1 MB', {
    query: TRUSTED_DOCUMENT,
    variables: '{"d":"{ __typename }"}',
    operationName: 'x'.repeat(990_000),
    code: 'OPERATION_RESOLUTION_FAILURE',
  }),
];
