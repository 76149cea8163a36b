import { describe, expect } from 'vitest';
import type { ErrorCode } from '../../src/errors.js';
import { ERROR_MEANINGS } from '../../tools/reference/error-meanings.js';
import { it } from '../support/fixtures.js';
import { MEDIA_TYPES, post } from '../support/http.js';
import type { AnswerError, TestServer } from '../support/server.js';

type Caller = 'all' | 'narrow' | 'unknown' | 'anonymous';

const user = { username: 'ann' };
const change = (field: string, input: string) => `mutation { ${field}(input: ${input}) { points } }`;
const ANN = 'user: { username: "ann" }';

/** Requests that nothing of is run. */
const REFUSED: [code: ErrorCode, caller: Caller, body: unknown][] = [
  ['UNAUTHENTICATED', 'anonymous', { query: '{ viewer { kind } }' }],
  ['UNAUTHENTICATED', 'unknown', { query: '{ __typename }' }],
  ['FORBIDDEN', 'narrow', { query: '{ tokens { totalCount } }' }],
  ['GRAPHQL_PARSE_FAILED', 'all', { query: '{' }],
  ['GRAPHQL_VALIDATION_FAILED', 'all', { query: '{ nothing }' }],
  ['GRAPHQL_VALIDATION_FAILED', 'all', { query: change('addPoints', `{ ${ANN}, points: 1.5 }`) }],
  ['DOCUMENT_NOT_TRUSTED', 'all', { documentId: 'abc' }],
  ['PERSISTED_QUERY_NOT_SUPPORTED', 'all', { extensions: { persistedQuery: { sha256Hash: 'a'.repeat(64) } } }],
  ['OPERATION_RESOLUTION_FAILURE', 'all', { query: 'query A { __typename }', operationName: 'B' }],
  ['OPERATION_TOO_COMPLEX', 'all', { query: `{ ${'__typename '.repeat(3_000)} }` }],
  ['BAD_USER_INPUT', 'all', { query: 'query ($first: Int!) { users(first: $first) { totalCount } }' }],
  ['BAD_REQUEST', 'all', [{ query: '{ __typename }' }]],
  ['BAD_REQUEST', 'all', '{'],
];

/** Operations of which a field fails. */
const FAILED: [code: ErrorCode, query: string, extensions: object][] = [
  ['BAD_USER_INPUT', '{ users(first: 101) { totalCount } }', { field: 'first' }],
  ['BAD_USER_INPUT', change('addPoints', `{ ${ANN}, points: 0 }`), { field: 'input.points', effect: 'NONE' }],
  [
    'BAD_USER_INPUT',
    change('addPoints', `{ ${ANN}, points: 1, idempotencyKey: "" }`),
    { field: 'input.idempotencyKey', effect: 'NONE' },
  ],
  [
    'BAD_USER_INPUT',
    'mutation { applyPoints(input: { operations: [] }) { results { error { code } } } }',
    { field: 'input.operations', effect: 'NONE' },
  ],
  ['BAD_USER_INPUT', 'mutation { issueToken(input: { name: "x", scopes: [] }) { secret } }', { field: 'input.scopes' }],
  [
    'BAD_USER_INPUT',
    'mutation { deleteUser(input: { user: { username: "admin" } }) { deletedUserId } }',
    { field: 'input.user' },
  ],
  ['USER_NOT_FOUND', change('addPoints', '{ user: { username: "x" }, points: 1 }'), { effect: 'NONE' }],
  ['ENTRY_NOT_FOUND', change('reversePoints', '{ entryId: "x" }'), { effect: 'NONE' }],
  ['POST_NOT_FOUND', 'mutation { deletePost(input: { id: "x" }) { deletedPostId } }', {}],
  ['TOKEN_NOT_FOUND', 'mutation { revokeToken(input: { id: "x" }) { token { id } } }', {}],
  ['USERNAME_TAKEN', 'mutation { createUser(input: { username: "ANN" }) { user { id } } }', {}],
  ['INVALID_CREDENTIALS', 'mutation { logIn(input: { username: "ann", password: "wrong horse" }) { expiresIn } }', {}],
  ['REFRESH_TOKEN_INVALID', 'mutation { renewSession(input: { refreshToken: "x" }) { expiresIn } }', {}],
  ['INSUFFICIENT_POINTS', change('spendPoints', `{ ${ANN}, points: 5 }`), { available: 0, needed: 5, effect: 'NONE' }],
];

describe('The reference of error codes', () => {
  let callers: Record<Caller, string | undefined>;
  it.beforeAll(async ({ server }) => {
    await server.user(user);
    callers = {
      all: (await server.everything()).secret,
      narrow: (await server.token(['users:read'])).secret,
      unknown: 'nonsense',
      anonymous: undefined,
    };
  });

  const send = async (server: TestServer, body: unknown, { accept, caller }: { accept: string; caller: Caller }) => {
    const secret = callers[caller];
    return await post(server, body, { accept, ...(secret !== undefined && { authorization: `Bearer ${secret}` }) });
  };
  const codesOf = (errors: AnswerError[] | undefined) => new Set(errors?.map(({ extensions }) => extensions['code']));

  it.for(REFUSED)(
    'tells the statuses of %s, of which nothing runs, for %s: %j',
    async ([code, caller, body], { server }) => {
      const { status: documented = '' } = ERROR_MEANINGS[code];
      const refused = Number.parseInt(documented, 10);
      for (const accept of MEDIA_TYPES) {
        const { status, data, errors } = await send(server, body, { accept, caller });
        expect({ data, codes: codesOf(errors) }).toEqual({ data: undefined, codes: new Set([code]) });
        const isWellFormed = documented.includes('*') && accept === 'application/json';
        expect(status, accept).toBe(isWellFormed ? 200 : refused);
      }
    },
  );

  it.for(FAILED)('tells that %s at a field is 200: %s', async ([code, query, extensions], { server }) => {
    expect(ERROR_MEANINGS[code].atField).toBe(true);
    for (const accept of MEDIA_TYPES) {
      const { status, data, errors } = await send(server, { query }, { accept, caller: 'all' });
      expect({ status, data: typeof data }).toEqual({ status: 200, data: 'object' });
      expect(errors).toMatchObject([{ extensions: { code, ...extensions } }]);
    }
  });
});
