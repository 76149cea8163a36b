import { print } from 'graphql';
import { describe, expect } from 'vitest';
import {
  AddPointsDocument,
  AllPointsChangedDocument,
  SpendPointsDocument,
  ViewerDocument,
} from '../operations/generated.js';
import { itWith } from '../support/server-fixture.js';
import { openClient, openSocket } from '../support/socket.js';
import { runToEnd } from './run-to-end.js';

const VIEWER = print(ViewerDocument);
const ADD = print(AddPointsDocument);

const it = itWith({ LIMIT_BODY_BYTES: '20000', LIMIT_SOCKET_OPERATIONS: '30' });

describe('GraphQL over WebSocket', () => {
  it('runs queries and mutations as the principal of the connection', async ({ server }) => {
    const token = await server.token(['users:read', 'points:add']);
    const client = openClient(server, token);
    const [viewer] = await all(client.iterate({ query: VIEWER }));
    expect(viewer?.data).toMatchObject({ viewer: { user: { username: token.owner.username } } });
    const variables = { input: { user: { id: token.owner.id }, points: 5 } };
    const [added] = await all(client.iterate({ query: ADD, variables }));
    expect(added?.data).toMatchObject({ change: { points: 5 } });
    await client.dispose();
  });

  it.for(['operationName', 'variables', 'extensions'])('ignores an empty %s', async (name, { server }) => {
    const socket = await openSocket(server);
    await socket.init();
    socket.send({ type: 'subscribe', id: '1', payload: { query: '{ __typename }', [name]: '' } });
    expect(await socket.next()).toMatchObject({ type: 'next', payload: { data: { __typename: 'Query' } } });
    socket.socket.close();
  });

  it('runs a public operation for an anonymous client', async ({ server }) => {
    const client = openClient(server);
    const [response] = await all(client.iterate({ query: '{ __schema { subscriptionType { name } } }' }));
    expect(response?.data).toEqual({ __schema: { subscriptionType: { name: 'Subscription' } } });
    await client.dispose();
  });

  it.for([
    ['an operation that requires a credential', VIEWER, undefined],
    ['an operation that requires more scopes', ADD, ['users:read']],
    ['a document that cannot be parsed', '{', ['users:read']],
    ['an unknown field', '{ nothing }', ['users:read']],
    ['bad variables', ADD, ['points:add']],
    ['an operation that is too deep', deep(13), ['users:read']],
    ['too many aliases', aliases(51), ['users:read']],
    ['a document that is too long', `{ ${'id '.repeat(2_001)}}`, ['users:read']],
  ] as const)('refuses %s as it does over HTTP', async ([_what, query, scopes], { server }) => {
    const credential = scopes && (await server.token(scopes));
    const socket = await openSocket(server);
    await socket.init(credential);
    socket.subscribe('1', query);
    const response = await server.send(credential, query);
    expect(response.errors).toHaveLength(1);
    expect(await socket.next()).toEqual({ type: 'error', id: '1', payload: response.errors });
    socket.socket.close();
  });

  it('sends the data and the errors of an operation of which a field failed', async ({ server }) => {
    const socket = await openSocket(server);
    await socket.init(await server.token(['points:spend']));
    const { id } = await server.user();
    socket.subscribe('1', SpendPointsDocument, { input: { user: { id }, points: 5 } });
    const [next, complete] = await socket.rest();
    expect(next).toMatchObject({ type: 'next', payload: { data: { change: null } } });
    expect(next?.payload.errors[0].extensions).toMatchObject({ code: 'INSUFFICIENT_POINTS', effect: 'NONE' });
    expect(complete).toEqual({ type: 'complete', id: '1' });
    socket.socket.close();
  });

  it('refuses operations beyond LIMIT_SOCKET_OPERATIONS at the same time', async ({ server }) => {
    const socket = await openSocket(server);
    await socket.init(await server.token(['points:read']));
    for (let id = 1; id <= 31; id++) socket.subscribe(String(id), AllPointsChangedDocument);
    const refusal = { type: 'error', id: '31', payload: [{ extensions: { code: 'OVERLOADED' } }] };
    expect(await socket.next()).toMatchObject(refusal);
    socket.socket.close();
  });

  it('allows an id again after its operation was completed', async ({ server }) => {
    const socket = await openSocket(server);
    await socket.init(await server.token(['points:read']));
    for (let round = 0; round < 20; round++) {
      socket.subscribe('1', AllPointsChangedDocument);
      socket.send({ type: 'complete', id: '1' });
      await runToEnd(socket, '2', '{ __typename }');
    }
    socket.socket.close();
  });

  it('does not read from a client that does not read its responses', async ({ server }) => {
    const [idle, other] = [await openSocket(server), await openSocket(server)];
    const token = await server.token(['users:read']); // without one, a connection is closed after ten idle seconds
    await Promise.all([idle.init(token), other.init(token)]);
    idle.socket.pause();
    const payload = { text: 'x'.repeat(900) };
    for (let count = 0; count < 20_000; count++) idle.send({ type: 'ping', payload });
    for (let count = 0; count < 200; count++) await runToEnd(other, '1', '{ __typename }');
    expect(idle.socket.bufferedAmount).toBeGreaterThan(0);
    idle.socket.resume();
    for (let count = 0; count < 20_000; count++) expect(await idle.next()).toEqual({ type: 'pong', payload });
    idle.socket.close();
    other.socket.close();
  });
});

async function all<Result>(results: AsyncIterable<Result>): Promise<Result[]> {
  const found: Result[] = [];
  for await (const result of results) found.push(result);
  return found;
}

function deep(depth: number): string {
  return `{ users ${'{ nodes { posts '.repeat(depth)} { totalCount } ${'} }'.repeat(depth)} }`;
}

function aliases(count: number): string {
  return `{ ${Array.from({ length: count }, (_, index) => `a${index}: __typename`).join(' ')} }`;
}
