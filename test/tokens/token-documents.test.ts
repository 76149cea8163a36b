import { createHash } from 'node:crypto';
import { parse, print } from 'graphql';
import { describe, expect } from 'vitest';
import { RotateTokenDocument } from '../operations/generated.js';
import { it } from '../support/fixtures.js';
import { get, post } from '../support/http.js';
import type { IssuedToken } from '../support/server.js';
import { openSocket } from '../support/socket.js';
import { ADD, FOLLOW, issueWith, refusalOf, USERS, VIEWER } from './issue-with-documents.js';

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

const as = ({ secret }: IssuedToken) => ({ authorization: `Bearer ${secret}` });

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
    const { secret } = (await issueWith(server, { documents: DOCUMENTS })).data.issueToken;
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
    ['a field that is misspelt', '{ viewr { kind } }'],
    ['an argument that is misspelt', USERS.replace('first', 'frist')],
    ['what is no GraphQL', '{ users'],
    ['no operation', 'fragment Named on User { username }'],
    ['two operations of which none is named', '{ viewer { kind } } { users { totalCount } }'],
    ['the same text with another bracket', `${VIEWER} }`],
  ] as const)('is refused whole with %s, and nothing runs', async ([, text], { server }) => {
    const owner = await server.user();
    const token = await server.token(['points:add', 'users:read'], owner, { documents: DOCUMENTS });
    const input = { user: { id: owner.id }, points: 3 };
    const variables = text.includes('$input') ? { input } : {};
    const response = await post(server, { query: text, variables, operationName: nameIn(text) }, as(token));
    expect(refusalOf(response)).toEqual(NOT_ALLOWED);
    expect(await server.database.query('select 1 from entries where user_id = $1', [owner.id])).toEqual([]);
  });

  it('is refused before limits, method and policy are looked at', async ({ server }) => {
    const token = await server.token(['users:read'], undefined, { documents: [USERS] });
    const deep = `{ users { nodes ${'{ tokens { nodes { owner '.repeat(8)}{ id } ${'} } }'.repeat(8)} } }`;
    expect(refusalOf(await server.send(token, deep))).toEqual(NOT_ALLOWED);
    expect(refusalOf(await server.send(token, FOLLOW, { user: {} }))).toEqual(NOT_ALLOWED);
    expect(refusalOf(await server.send(token, '{ tokens { totalCount } }'))).toEqual(NOT_ALLOWED);
  });

  it('is told nothing of other operations, and what is wrong with its own', async ({ server }) => {
    const past = 'query Past { usrs { totalCount } }'; // as after an upgrade that removed a field
    const token = await server.token(['users:read'], undefined, { documents: [USERS, VIEWER] });
    await server.database.query('update token_documents set text = $1 where root_id = $2 and text = $3', [
      past,
      token.id,
      VIEWER,
    ]);
    const faultOf = async (query: string, operationName: string) => {
      const { errors } = await post(server, { query, operationName }, { authorization: `Bearer ${token.secret}` });
      return errors?.[0]?.extensions['reason'] ?? errors?.[0]?.extensions['code'];
    };
    expect(await faultOf(USERS, 'Other')).toBe('OPERATION_RESOLUTION_FAILURE');
    expect(await faultOf(`${USERS} ${VIEWER}`, 'Other')).toBe('OPERATION_NOT_ALLOWED');
    expect(await faultOf(past, 'Past')).toBe('GRAPHQL_VALIDATION_FAILED');
  });

  it('is told that it was revoked, whatever the text', async ({ server }) => {
    const token = await server.token(['users:read'], undefined, { documents: [USERS] });
    for (const text of ['{ viewr { kind } }', '{']) {
      expect(refusalOf(await server.send(token, text))).toEqual(NOT_ALLOWED);
    }
    await server.database.query('update tokens set revoked_at = now() where id = $1', [token.id]);
    for (const text of ['{ viewr { kind } }', '{']) {
      expect(refusalOf(await server.send(token, text))).toMatchObject({ status: 401, reason: 'TOKEN_REVOKED' });
    }
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
      '{ viewr { kind } }',
      '{ viewer',
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
    const { token, secret } = (await issueWith(server, { documents: DOCUMENTS }, admin)).data.issueToken;
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

function nameIn(text: string): string | undefined {
  return /(?:query|mutation|subscription) (\w+)/.exec(text)?.[1];
}
