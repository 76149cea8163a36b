import { describe, expect } from 'vitest';
import { itWith } from '../support/server-fixture.js';
import { openClient, openSocket } from '../support/socket.js';
import { runToEnd } from './run-to-end.js';

const VIEWER = '{ viewer { user { username } } }';
const ADD = 'mutation ($id: ID!) { addPoints(input: { user: { id: $id }, points: 5 }) { message } }';
const FOLLOW_ALL = 'subscription { pointsChanged { sequence } }';

const it = itWith({ LIMIT_BODY_BYTES: '20000', LIMIT_SOCKET_OPERATIONS: '30' });

describe('GraphQL over WebSocket', () => {
  it('answers queries and mutations, as the principal of the connection', async ({ server }) => {
    const token = await server.token(['users:read', 'points:add']);
    const client = openClient(server, token);
    const [viewer] = await all(client.iterate({ query: VIEWER }));
    expect(viewer?.data).toEqual({ viewer: { user: { username: token.owner.username } } });
    const [added] = await all(client.iterate({ query: ADD, variables: { id: token.owner.id } }));
    expect(added?.data).toEqual({ addPoints: { message: `Successfully added 5 points to ${token.owner.username}` } });
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
    const [answer] = await all(client.iterate({ query: '{ __schema { subscriptionType { name } } }' }));
    expect(answer?.data).toEqual({ __schema: { subscriptionType: { name: 'Subscription' } } });
    await client.dispose();
  });

  it.for([
    ['what needs a credential', VIEWER, undefined],
    ['what needs more scopes', ADD, ['users:read']],
    ['a document that is none', '{', ['users:read']],
    ['a field that is not there', '{ nothing }', ['users:read']],
    ['bad variables', ADD, ['points:add']],
    ['an operation that is too deep', deep(13), ['users:read']],
    ['too many aliases', aliases(51), ['users:read']],
    ['a document that is too long', `{ ${'id '.repeat(2_001)}}`, ['users:read']],
  ] as const)('refuses %s as it does over HTTP', async ([_what, query, scopes], { server }) => {
    const credential = scopes && (await server.token(scopes));
    const socket = await openSocket(server);
    await socket.init(credential);
    socket.subscribe('1', query);
    const answer = await server.send(credential, query);
    expect(answer.errors).toHaveLength(1);
    expect(await socket.next()).toEqual({ type: 'error', id: '1', payload: answer.errors });
    socket.socket.close();
  });

  it('sends the data of an operation that ran in part', async ({ server }) => {
    const socket = await openSocket(server);
    await socket.init(await server.token(['points:spend']));
    const { id } = await server.user();
    socket.subscribe('1', ADD.replace('addPoints', 'spendPoints'), { id });
    const [next, complete] = await socket.rest();
    expect(next).toMatchObject({ type: 'next', payload: { data: { spendPoints: null } } });
    expect(next?.payload.errors[0].extensions).toMatchObject({ code: 'INSUFFICIENT_POINTS', effect: 'NONE' });
    expect(complete).toEqual({ type: 'complete', id: '1' });
    socket.socket.close();
  });

  it('refuses more operations at the same time than a connection may have', async ({ server }) => {
    const socket = await openSocket(server);
    await socket.init(await server.token(['points:read']));
    for (let id = 1; id <= 31; id++) socket.subscribe(String(id), FOLLOW_ALL);
    const refusal = { type: 'error', id: '31', payload: [{ extensions: { code: 'OVERLOADED' } }] };
    expect(await socket.next()).toMatchObject(refusal);
    socket.socket.close();
  });

  it('lets an id be used again once its operation was completed', async ({ server }) => {
    const socket = await openSocket(server);
    await socket.init(await server.token(['points:read']));
    for (let round = 0; round < 20; round++) {
      socket.subscribe('1', FOLLOW_ALL);
      socket.send({ type: 'complete', id: '1' });
      await runToEnd(socket, '2', '{ __typename }');
    }
    socket.socket.close();
  });

  it('does not read from a client that does not read its responses', async ({ server }) => {
    const [idle, other] = [await openSocket(server), await openSocket(server)];
    await Promise.all([idle.init(), other.init()]);
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
