import { createHash } from 'node:crypto';
import { parse, print } from 'graphql';
import { describe, expect } from 'vitest';
import { IssueTokenDocument, type IssueTokenInput, RotateTokenDocument } from '../operations/generated.js';
import { it } from '../support/fixtures.js';
import { get, post } from '../support/http.js';
import type { IssuedToken, TestResponse, TestServer } from '../support/server.js';
import { openSocket } from '../support/socket.js';

const ADD = `mutation Add($input: AddPointsInput!) { addPoints(input: $input) { points user { ...Named } } }
fragment Named on User { username }`;
const USERS = 'query Users { users(first: 2) { totalCount } }';
const FOLLOW = 'subscription Follow($user: UserBy!) { pointsChanged(user: $user, after: 0) { delta } }';
const VIEWER = 'query Viewer { viewer { kind } }';
const DOCUMENTS = [ADD, USERS, FOLLOW, VIEWER];

const canonical = (text: string) =>
  createHash('sha256')
    .update(
      parse(text)
        .definitions.map((definition) => print(definition))
        .sort()
        .join('\n'),
    )
    .digest('hex');

async function issue(server: TestServer, input: Partial<IssueTokenInput>, issuer?: IssuedToken) {
  const credential = issuer ?? (await server.everything());
  return await server.send(credential, IssueTokenDocument, {
    input: { name: 'documents', ...input } as IssueTokenInput,
  });
}

const as = ({ secret }: IssuedToken) => ({ authorization: `Bearer ${secret}` });

/** What tells one refusal from another. */
function refusalOf({ status, headers, errors, data }: TestResponse) {
  const [error, ...more] = errors ?? [];
  return { status, challenge: headers.get('www-authenticate'), ...error?.extensions, more: more.length, data };
}

const NOT_ALLOWED = {
  status: 403,
  code: 'FORBIDDEN',
  reason: 'OPERATION_NOT_ALLOWED',
  challenge: 'Bearer realm="scrip", error="insufficient_scope"',
  more: 0,
  data: undefined,
};

describe('A token with documents', () => {
  it('runs these, however they are laid out, and with the __typename that clients add', async ({ server }) => {
    const { secret } = (await issue(server, { documents: DOCUMENTS })).data.issueToken;
    const { username } = await server.user();
    const input = { user: { username }, points: 3 };
    const layouts = [
      ADD,
      print(parse(ADD)),
      ADD.replaceAll(' ', '\n  '),
      `# a comment\n${ADD.split('\n').reverse().join('\n')}`,
      ADD.replace('{ points user {', '{ __typename points user { __typename'),
    ];
    for (const text of layouts) {
      const { status, data, errors } = await server.send(secret, text, { input });
      expect({ status, errors }).toEqual({ status: 200, errors: undefined });
      expect(data.addPoints.user.username).toBe(username);
    }
    expect((await server.send(secret, USERS)).status).toBe(200);
    expect((await server.send(secret, `${VIEWER} ${USERS}`, {}, {})).errors?.[0]?.extensions['code']).toBe(
      'OPERATION_RESOLUTION_FAILURE',
    );
  });

  it.for([
    ['an alias', ADD.replace('points user', 'left: points user')],
    ['one more field', ADD.replace('{ points user', '{ points userCreated user')],
    ['one field less', ADD.replace('{ points user', '{ user')],
    ['another fragment of the same name', ADD.replace('{ username }', '{ id username }')],
    ['another name', ADD.replace('Add(', 'Give(')],
    ['a directive', ADD.replace('points user', 'points @skip(if: false) user')],
    ['an aliased __typename', ADD.replace('{ points user', '{ t: __typename points user')],
    ['another default', USERS.replace('first: 2', 'first: 100')],
    ['another operation', '{ users(first: 2) { totalCount } }'],
    ['another operation beside it', `${USERS} query More { users { nodes { id } } }`],
    ['introspection', '{ __schema { queryType { name } } }'],
    ['a mutation that needs no credential', 'mutation { reportLeakedToken(input: { secret: "x" }) { received } }'],
  ] as const)('is refused whole with %s, and nothing runs', async ([, text], { server }) => {
    const owner = await server.user();
    const token = await server.token(['points:add', 'users:read'], owner, { documents: DOCUMENTS });
    const input = { user: { id: owner.id }, points: 3 };
    const variables = text.includes('$input') ? { input } : {};
    const response = await post(server, { query: text, variables, operationName: nameIn(text) }, as(token));
    expect(refusalOf(response)).toEqual(NOT_ALLOWED);
    expect(await server.database.query('select 1 from entries where user_id = $1', [owner.id])).toEqual([]);
  });

  it('is refused before limits, method and policy are looked at, and told of invalid text first', async ({
    server,
  }) => {
    const token = await server.token(['users:read'], undefined, { documents: [USERS] });
    const deep = `{ users { nodes ${'{ tokens { nodes { owner '.repeat(8)}{ id } ${'} } }'.repeat(8)} } }`;
    expect(refusalOf(await server.send(token, deep))).toEqual(NOT_ALLOWED);
    expect(refusalOf(await server.send(token, FOLLOW, { user: {} }))).toEqual(NOT_ALLOWED);
    expect(refusalOf(await server.send(token, '{ tokens { totalCount } }'))).toEqual(NOT_ALLOWED);
    expect((await server.send(token, '{ none }')).errors?.[0]?.extensions['code']).toBe('GRAPHQL_VALIDATION_FAILED');
  });

  it('runs these over GET, and is refused with another', async ({ server }) => {
    const token = await server.token(['users:read'], undefined, { documents: [USERS] });
    expect((await get(server, { query: USERS }, as(token))).data.users.totalCount).toBeGreaterThan(0);
    expect(refusalOf(await get(server, { query: VIEWER }, as(token)))).toEqual(NOT_ALLOWED);
  });

  it('is limited by its scopes all the same', async ({ server }) => {
    const token = await server.token(['users:read'], undefined, { documents: [ADD] });
    const { errors } = await server.send(token, ADD, { input: { user: { id: token.owner.id }, points: 1 } });
    expect(errors?.[0]?.extensions).toMatchObject({ coordinate: 'Mutation.addPoints', missingScopes: ['POINTS_ADD'] });
  });

  it('is refused alike over WebSocket', async ({ server }) => {
    const token = await server.token(['points:read', 'users:read'], undefined, { documents: DOCUMENTS });
    const socket = await openSocket(server);
    await socket.init(token);
    socket.subscribe('1', USERS);
    expect(await socket.next()).toMatchObject({ type: 'next', payload: { data: { users: {} } } });
    expect(await socket.next()).toMatchObject({ type: 'complete' });
    for (const text of [
      '{ viewer { kind } }',
      FOLLOW.replace('delta', 'sequence'),
      `${USERS} ${VIEWER} query X { users { totalCount } }`,
    ]) {
      socket.send({
        type: 'subscribe',
        id: '2',
        payload: { query: text, variables: { user: { id: token.owner.id } }, operationName: nameIn(text) },
      });
      const message = await socket.next();
      expect(message).toMatchObject({
        type: 'error',
        payload: [{ extensions: { code: 'FORBIDDEN', reason: 'OPERATION_NOT_ALLOWED' } }],
      });
      expect(message?.payload).toHaveLength(1);
      expect(message?.payload[0].extensions).not.toHaveProperty('coordinate');
    }
    socket.subscribe('3', FOLLOW, { user: { id: token.owner.id } });
    socket.send({ type: 'ping' });
    expect(await socket.next()).toMatchObject({ type: 'pong' });
    socket.socket.close();
  });

  it('gets 503 while its documents cannot be read, and runs them afterwards', async ({ server }) => {
    const token = await server.token(['users:read'], undefined, { documents: [USERS] });
    await server.database.query('alter table token_documents rename to token_documents_away');
    try {
      const { status, errors } = await server.send(token, USERS);
      expect({ status, code: errors?.[0]?.extensions['code'] }).toEqual({ status: 503, code: 'UNAVAILABLE' });
    } finally {
      await server.database.query('alter table token_documents_away rename to token_documents');
    }
    expect((await server.send(token, USERS)).status).toBe(200);
  });

  it('has them with their hashes, also once it was rotated, and its successor runs them', async ({ server }) => {
    const admin = await server.everything();
    const { token, secret } = (await issue(server, { documents: DOCUMENTS }, admin)).data.issueToken;
    const read = async (id: string) =>
      (await server.send(admin, 'query($id: ID!) { token(id: $id) { documents { hash text } } }', { id })).data.token;
    const documents = DOCUMENTS.map((text) => ({ hash: canonical(text), text }));
    expect(await read(token.id)).toEqual({ documents });
    expect((await server.send(secret, USERS)).status).toBe(200);
    const rotated = (await server.send(admin, RotateTokenDocument, { id: token.id })).data.rotateToken;
    expect(await read(rotated.token.id)).toEqual({ documents });
    expect((await server.send(rotated.secret, USERS)).status).toBe(200);
    expect(refusalOf(await server.send(rotated.secret, '{ viewer { kind } }'))).toEqual(NOT_ALLOWED);
    const none = await server.token(['users:read']);
    expect(await read(none.id)).toEqual({ documents: [] });
  });

  it('reads the documents of many tokens in one statement', async ({ server }) => {
    const [admin, owner] = [await server.everything(), await server.user()];
    for (const text of DOCUMENTS) await server.token(['users:read'], owner, { documents: [text] });
    const { data } = await server.send(
      admin,
      'query($owner: UserBy) { tokens(owner: $owner, first: 5) { nodes { documents { text } } } }',
      { owner: { id: owner.id } },
    );
    expect(data.tokens.nodes.map((node: { documents: { text: string }[] }) => node.documents[0]?.text)).toEqual(
      [...DOCUMENTS].reverse(),
    );
  });
});

describe('Scopes that follow from documents', () => {
  it('are those that the texts require, and nothing else', async ({ server }) => {
    const { data } = await issue(server, { documents: [ADD, FOLLOW] });
    expect(data.issueToken.token.scopes).toEqual(['POINTS_READ', 'POINTS_ADD']);
    const named = await issue(server, { documents: [ADD], scopes: ['POINTS_ADD'] });
    expect(named.data.issueToken.token.scopes).toEqual(['POINTS_ADD']);
  });

  it.for([
    ['points:spend', 'POINTS_SPEND'],
    ['points:add', 'POINTS_ADD'],
  ] as const)('are the first that the issuer holds where one is enough: %s', async ([scope, name], { server }) => {
    const issuer = await server.token(['tokens:issue', scope]);
    const text = 'mutation Apply($input: ApplyPointsInput!) { applyPoints(input: $input) { results { __typename } } }';
    const { data, errors } = await issue(server, { documents: [text] }, issuer);
    expect(errors).toBeUndefined();
    expect(data.issueToken.token.scopes).toEqual([name]);
  });

  it('are missing up front where the issuer lacks one, in text and in variables', async ({ server }) => {
    const issuer = await server.token(['tokens:issue', 'users:read', 'points:read']);
    const expected = {
      status: 403,
      code: 'FORBIDDEN',
      coordinate: 'IssueTokenInput.documents',
      missingScopes: ['POINTS_ADD'],
      challenge: expect.stringContaining('points:add tokens:issue"'),
      more: 0,
    };
    expect(refusalOf(await issue(server, { documents: [ADD, USERS] }, issuer))).toMatchObject(expected);
    const literal = `mutation { issueToken(input: { name: "x", documents: [${JSON.stringify(ADD)}] }) { secret } }`;
    expect(refusalOf(await server.send(issuer, literal))).toMatchObject(expected);
    const { data } = await server.send(
      issuer,
      'query($document: String!) { requiredScopes(document: $document) { scopes } }',
      { document: literal },
    );
    expect(data.requiredScopes.scopes).toEqual(['POINTS_ADD', 'TOKENS_ISSUE']);
    expect(await server.database.query('select 1 from tokens where issued_by_id = $1', [issuer.owner.id])).toEqual([]);
  });

  it('are computed only for those who are allowed all else', async ({ server }) => {
    const outsider = await server.token(['users:read']);
    expect(refusalOf(await issue(server, { documents: [ADD] }, outsider))).toMatchObject({
      coordinate: 'Mutation.issueToken',
      requiredScopes: ['TOKENS_ISSUE'],
      more: 0,
    });
  });

  it('must not be none', async ({ server }) => {
    const { errors } = await issue(server, { documents: ['{ __typename }'] });
    expect(errors?.[0]).toMatchObject({
      message: 'These documents require no scope. Name at least one in `scopes`.',
      extensions: { code: 'BAD_USER_INPUT', field: 'input.documents' },
    });
    const { errors: empty } = await issue(server, { documents: [ADD], scopes: [] });
    expect(empty?.[0]?.extensions).toMatchObject({ code: 'BAD_USER_INPUT', field: 'input.scopes' });
  });
});

describe('IssueTokenInput.documents', () => {
  const big = (bytes: number) => `query Users { users { totalCount } } # ${'x'.repeat(bytes)}`;

  it.for([
    ['none', [], 'input.documents'],
    ['more than 200', Array.from({ length: 201 }, (_, n) => `query Q${n} { users { totalCount } }`), 'input.documents'],
    ['more than 128 KB together', [1, 2, 3].map((n) => big(44_000 + n)), 'input.documents'],
    ['a text that is too long', [USERS, big(66_000)], 'input.documents.1'],
    ['what is no GraphQL', [USERS, 'query {'], 'input.documents.1'],
    ['an empty text', [''], 'input.documents.0'],
    ['fragments alone', ['fragment F on User { id }'], 'input.documents.0'],
    ['two operations in a text', [`${USERS} ${VIEWER}`], 'input.documents.0'],
    ['a field that does not exist', [USERS, VIEWER, '{ none }'], 'input.documents.2'],
    ['a type definition', ['type T { id: ID }'], 'input.documents.0'],
    ['a field of a session', ['mutation { logOut { __typename } }'], 'input.documents.0'],
    [
      'an operation over the limits',
      [`{ ${Array.from({ length: 51 }, (_, n) => `a${n}: __typename`).join(' ')} }`],
      'input.documents.0',
    ],
  ] as const)('refuses %s, and says where', async ([, documents, field], { server }) => {
    const { status, errors, data } = await issue(server, { documents: [...documents], scopes: ['USERS_READ'] });
    expect({ status, data }).toEqual({ status: 200, data: { issueToken: null } });
    expect(errors).toHaveLength(1);
    expect(errors?.[0]?.extensions).toEqual({ code: 'BAD_USER_INPUT', field });
    expect(errors?.[0]?.message).toMatch(/^[A-Z].*\.$/s);
  });

  it('counts an operation that is given twice once, takes 200, and null for none', async ({ server }) => {
    const admin = await server.everything();
    const twice = await issue(server, { documents: [USERS, `# again\n${print(parse(USERS))}`] }, admin);
    const stored = await server.database.query(
      'select position, text from token_documents where root_id = $1 order by position',
      [twice.data.issueToken.token.id],
    );
    expect(stored).toEqual([{ position: 1, text: USERS }]);
    const documents = Array.from({ length: 200 }, (_, n) => `query Q${n} { users { totalCount } }`);
    const { data } = await issue(server, { documents }, admin);
    expect((await server.send(data.issueToken.secret, documents[199] ?? '')).status).toBe(200);
    const none = await issue(server, { documents: null, scopes: ['USERS_READ'] }, admin);
    expect((await server.send(none.data.issueToken.secret, '{ users { totalCount } }')).status).toBe(200);
  });
});

function nameIn(text: string): string | undefined {
  return /(?:query|mutation|subscription) (\w+)/.exec(text)?.[1];
}
