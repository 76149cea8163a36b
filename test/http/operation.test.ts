import { describe, expect } from 'vitest';
import { it } from '../support/fixtures.js';
import { get, MEDIA_TYPES, post } from '../support/http.js';
import type { IssuedToken, TestServer } from '../support/server.js';

const ADD = 'mutation ($input: AddPointsInput!) { addPoints(input: $input) { points } }';

let token: IssuedToken;
it.beforeAll(async ({ server }) => {
  token = await server.everything();
});

describe.each([
  ['application/graphql-response+json', 400],
  ['application/json', 200],
] as const)('An operation that cannot run, for a client that takes %s,', (accept, expected) => {
  const send = (server: TestServer, body: object) =>
    post(server, body, { accept, authorization: `Bearer ${token.secret}` });

  it.for([
    ['does not parse', 'GRAPHQL_PARSE_FAILED', { query: '{ viewer' }],
    ['does not validate', 'GRAPHQL_VALIDATION_FAILED', { query: '{ nothing }' }],
    [
      'has a fragment that spreads itself',
      'GRAPHQL_VALIDATION_FAILED',
      { query: '{ ...A } fragment A on Query { ...A }' },
    ],
    ['has a bad literal', 'GRAPHQL_VALIDATION_FAILED', { query: '{ users(first: "1") { totalCount } }' }],
    ['is named and missing', 'OPERATION_RESOLUTION_FAILURE', { query: '{ __typename }', operationName: 'Other' }],
    [
      'is not named among several',
      'OPERATION_RESOLUTION_FAILURE',
      { query: 'query A { __typename } query B { __typename }' },
    ],
    ['has no operation', 'GRAPHQL_VALIDATION_FAILED', { query: 'fragment A on Query { __typename }' }],
    ['lacks a variable', 'BAD_USER_INPUT', { query: 'query ($id: ID!) { user(by: { id: $id }) { id } }' }],
  ] as const)(`that %s gets ${expected} %s`, async ([_case, code, body], { server }) => {
    const { status, data, errors } = await send(server, body);
    expect({ status, data }).toEqual({ status: expected, data: undefined });
    expect(new Set(errors?.map(({ extensions }) => extensions['code']))).toEqual(new Set([code]));
    for (const { extensions } of errors ?? []) expect(Object.keys(extensions)).toEqual(['code']);
  });

  const user = { username: 'nobody' };
  it.for([
    ['a string', 'input'],
    ['a number', 1],
    ['a list', [[]]],
    ['null', null],
    ['an object without its required fields', {}],
    ['an object with an unknown field', { user, points: 1, more: 1 }],
    ['points as a string', { user, points: '1' }],
    ['a fraction of a point', { user, points: 1.5 }],
    ['a negative number of points', { user, points: -1 }],
    ['more points than a balance can have', { user, points: 2 ** 53 }],
    ['a user named in two ways', { user: { username: 'a', id: 'b' }, points: 1 }],
    ['a user named in no way', { user: {}, points: 1 }],
    ['a user named null', { user: { id: null }, points: 1 }],
    ['a key that is no string', { user, points: 1, idempotencyKey: {} }],
  ] as const)('whose variable is %s gets BAD_USER_INPUT', async ([_case, input], { server }) => {
    const { status, data, errors } = await send(server, { query: ADD, variables: { input } });
    expect({ status, data }).toEqual({ status: expected, data: undefined });
    expect(new Set(errors?.map(({ extensions }) => JSON.stringify(extensions)))).toEqual(
      new Set(['{"code":"BAD_USER_INPUT"}']),
    );
  });

  it('whose variable is an infinite number gets BAD_USER_INPUT', async ({ server }) => {
    const body = `{"query":${JSON.stringify(ADD)},"variables":{"input":{"user":{"username":"nobody"},"points":1e309}}}`;
    const { errors } = await post(server, body, { accept, authorization: `Bearer ${token.secret}` });
    expect(errors).toMatchObject([{ extensions: { code: 'BAD_USER_INPUT' } }]);
  });

  it('whose variable has a hundred errors gets BAD_USER_INPUT for each that is listed', async ({ server }) => {
    const query = 'mutation ($scopes: [Scope!]!) { issueToken(input: { name: "x", scopes: $scopes }) { secret } }';
    const { errors } = await send(server, { query, variables: { scopes: Array(100).fill('NO_SCOPE') } });
    expect(errors?.length).toBeGreaterThan(10);
    for (const { extensions } of errors ?? []) expect(extensions).toEqual({ code: 'BAD_USER_INPUT' });
  });
});

describe.each(['GET', 'POST'])('A subscription over %s', (method) => {
  it('is refused, and the message names WebSocket: 400 BAD_REQUEST', async ({ server }) => {
    const query = 'subscription { pointsChanged { sequence } }';
    const headers = { authorization: `Bearer ${token.secret}` };
    const { status, errors } = await (method === 'GET'
      ? get(server, { query }, headers)
      : post(server, { query }, headers));
    expect(status).toBe(400);
    expect(errors).toMatchObject([
      { message: expect.stringContaining('WebSocket'), extensions: { code: 'BAD_REQUEST' } },
    ]);
  });
});

describe.each(MEDIA_TYPES)('An operation that ran, for a client that takes %s,', (accept) => {
  const send = (server: TestServer, query: string, variables = {}) =>
    post(server, { query, variables }, { accept, authorization: `Bearer ${token.secret}` });

  it('gets 200 with the errors of its fields beside the data', async ({ server }) => {
    const { status, data, errors } = await send(
      server,
      'mutation { addPoints(input: { user: { username: "nobody" }, points: 1 }) { points } __typename }',
    );
    expect(status).toBe(200);
    expect(data).toEqual({ addPoints: null, __typename: 'Mutation' });
    expect(errors).toMatchObject([{ path: ['addPoints'], extensions: { code: 'USER_NOT_FOUND', effect: 'NONE' } }]);
    expect(errors?.[0]?.locations).toHaveLength(1);
  });

  it('gets BAD_USER_INPUT for a required argument whose variable is null', async ({ server }) => {
    const { status, data, errors } = await send(server, 'query ($id: ID = "x") { post(id: $id) { id } __typename }', {
      id: null,
    });
    expect(status).toBe(200);
    expect(data).toEqual({ post: null, __typename: 'Query' });
    expect(errors).toMatchObject([{ extensions: { code: 'BAD_USER_INPUT', field: 'id' } }]);
  });

  it('has an unexpected error masked, and logged once with the request id of the response', async ({ server }) => {
    const owner = await server.user();
    await server.database.query('alter table posts rename column author_id to lost');
    server.log.length = 0;
    const { status, headers, data, errors } = await send(server, '{ users { nodes { posts { totalCount } } } }');
    await server.database.query('alter table posts rename column lost to author_id');

    const requestId = headers.get('x-request-id');
    expect(status).toBe(200);
    expect(data.users.nodes.length).toBeGreaterThan(1);
    expect(errors).toHaveLength(data.users.nodes.length);
    for (const { message, extensions } of errors ?? []) {
      expect(message).toBe('Internal server error.');
      expect(extensions).toEqual({ code: 'INTERNAL_SERVER_ERROR', requestId });
    }
    const logged = server.log.filter((line) => line.includes('unexpected_error')).map((line) => JSON.parse(line));
    expect(logged).toMatchObject([{ level: 50, requestId, err: { cause: { sqlState: '42703' } } }]);
    expect(server.log.join()).not.toContain(owner.id); // which the statement was run with
  });
});
