import type { TypedDocumentNode, VariablesOf } from '@graphql-typed-document-node/core';
import { print } from 'graphql';
import { describe, expect } from 'vitest';
import type { ErrorCode } from '../../src/errors.js';
import { ERROR_MEANINGS } from '../../tools/reference/error-meanings.js';
import {
  AddPointsDocument,
  ApplyPointsDocument,
  CreateUserDocument,
  DeletePostDocument,
  DeleteUserDocument,
  IssueTokenDocument,
  LogInDocument,
  RenewSessionDocument,
  ReversePointsDocument,
  RevokeTokenDocument,
  SpendPointsDocument,
  UsersDocument,
} from '../operations/generated.js';
import { it } from '../support/fixtures.js';
import { MEDIA_TYPES, post } from '../support/http.js';
import type { ResponseError, TestServer } from '../support/server.js';

type Caller = 'all' | 'narrow' | 'unknown' | 'anonymous';

const user = { username: 'ann' };
const ID_OF_ANN = { issuer: 'twitch', id: '1' };

/** Requests of which nothing runs. */
const REFUSED: [code: ErrorCode, caller: Caller, body: unknown][] = [
  ['UNAUTHENTICATED', 'anonymous', { query: '{ viewer { kind } }' }],
  ['UNAUTHENTICATED', 'unknown', { query: '{ __typename }' }],
  ['FORBIDDEN', 'narrow', { query: '{ tokens { totalCount } }' }],
  ['GRAPHQL_PARSE_FAILED', 'all', { query: '{' }],
  ['GRAPHQL_VALIDATION_FAILED', 'all', { query: '{ nothing }' }],
  [
    'GRAPHQL_VALIDATION_FAILED',
    'all',
    { query: 'mutation { addPoints(input: { user: { username: "ann" }, points: 1.5 }) { points } }' },
  ],
  ['DOCUMENT_NOT_TRUSTED', 'all', { documentId: 'abc' }],
  ['PERSISTED_QUERY_NOT_SUPPORTED', 'all', { extensions: { persistedQuery: { sha256Hash: 'a'.repeat(64) } } }],
  ['OPERATION_RESOLUTION_FAILURE', 'all', { query: 'query A { __typename }', operationName: 'B' }],
  ['OPERATION_TOO_COMPLEX', 'all', { query: `{ ${'__typename '.repeat(3_000)} }` }],
  ['BAD_USER_INPUT', 'all', { query: 'query ($first: Int!) { users(first: $first) { totalCount } }' }],
  ['BAD_REQUEST', 'all', [{ query: '{ __typename }' }]],
  ['BAD_REQUEST', 'all', '{'],
];

interface Failed {
  readonly code: ErrorCode;
  readonly operation: string;
  readonly body: object;
  readonly extensions: object;
}

function failed<Document extends TypedDocumentNode<unknown, never>>(
  code: ErrorCode,
  document: Document,
  variables: VariablesOf<Document>,
  extensions: object,
): Failed {
  const query = print(document);
  const operation = `${query.slice(0, query.indexOf('('))} ${JSON.stringify(variables)}`;
  return { code, operation, body: { query, variables }, extensions };
}

/** Operations of which a field fails. */
const FAILED: readonly Failed[] = [
  failed('BAD_USER_INPUT', UsersDocument, { first: 101 }, { field: 'first' }),
  failed(
    'BAD_USER_INPUT',
    AddPointsDocument,
    { input: { user, points: 0 } },
    { field: 'input.points', effect: 'NONE' },
  ),
  failed(
    'BAD_USER_INPUT',
    AddPointsDocument,
    { input: { user, points: 1, idempotencyKey: '' } },
    { field: 'input.idempotencyKey', effect: 'NONE' },
  ),
  failed(
    'BAD_USER_INPUT',
    ApplyPointsDocument,
    { input: { operations: [] } },
    { field: 'input.operations', effect: 'NONE' },
  ),
  failed('BAD_USER_INPUT', IssueTokenDocument, { input: { name: 'x', scopes: [] } }, { field: 'input.scopes' }),
  failed('BAD_USER_INPUT', DeleteUserDocument, { user: { username: 'admin' } }, { field: 'input.user' }),
  failed('USER_NOT_FOUND', AddPointsDocument, { input: { user: { username: 'x' }, points: 1 } }, { effect: 'NONE' }),
  failed('ENTRY_NOT_FOUND', ReversePointsDocument, { input: { entryId: 'x' } }, { effect: 'NONE' }),
  failed('POST_NOT_FOUND', DeletePostDocument, { input: { id: 'x' } }, {}),
  failed('TOKEN_NOT_FOUND', RevokeTokenDocument, { input: { id: 'x' } }, {}),
  failed('USERNAME_TAKEN', CreateUserDocument, { input: { username: 'ANN' } }, {}),
  failed(
    'EXTERNAL_ID_TAKEN',
    CreateUserDocument,
    { input: { username: 'bea', externalIds: [ID_OF_ANN] } },
    { holderHasPoints: false },
  ),
  failed('INVALID_CREDENTIALS', LogInDocument, { username: 'ann', password: 'wrong horse' }, {}),
  failed('REFRESH_TOKEN_INVALID', RenewSessionDocument, { refreshToken: 'x' }, {}),
  failed(
    'INSUFFICIENT_POINTS',
    SpendPointsDocument,
    { input: { user, points: 5 } },
    { available: 0, needed: 5, effect: 'NONE' },
  ),
];

describe('The reference of error codes', () => {
  let callers: Record<Caller, string | undefined>;
  it.beforeAll(async ({ server }) => {
    await server.user({ ...user, externalIds: [ID_OF_ANN] });
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
  const codesOf = (errors: ResponseError[] | undefined) => new Set(errors?.map(({ extensions }) => extensions['code']));

  it.for(REFUSED)(
    'says the status of %s, where nothing runs, for the caller %s: %j',
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

  it.for(FAILED)('says that $code at a field is 200: $operation', async ({ code, body, extensions }, { server }) => {
    expect(ERROR_MEANINGS[code].atField).toBe(true);
    for (const accept of MEDIA_TYPES) {
      const { status, data, errors } = await send(server, body, { accept, caller: 'all' });
      expect({ status, data: typeof data }).toEqual({ status: 200, data: 'object' });
      expect(errors).toMatchObject([{ extensions: { code, ...extensions } }]);
    }
  });
});
