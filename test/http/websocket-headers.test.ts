import { describe, expect } from 'vitest';
import { it } from '../support/fixtures.js';
import type { TestServer } from '../support/server.js';
import { itWith } from '../support/server-fixture.js';
import { openSocket, type Received, type TestSocket } from '../support/socket.js';

const SPEND = 'mutation ($input: SpendPointsInput!) { spendPoints(input: $input) { points } }';
const VIEWER = '{ viewer { kind } }';
const KEY = { 'Idempotency-Key': 'order-1' };
const LOWER_CASE_KEY = { 'idempotency-key': 'order-1' };

const itOfApiTokens = itWith({ AUTH_HEADER_API_TOKEN: 'on' });

interface Opened {
  readonly headers?: Record<string, string>;
  readonly payload?: Record<string, unknown>;
}

describe('Idempotency-Key of a WebSocket', () => {
  it.for([
    ['the upgrade request', () => ({ headers: KEY })],
    ['connectionParams.headers', () => ({ payload: { headers: KEY } })],
    ['connectionParams', () => ({ payload: LOWER_CASE_KEY })],
  ] as const)(
    'in %s refuses its mutations, which says where keys belong, and nothing is spent',
    async ([, sent], { server }) => {
      const { id } = await userWithPoints(server);
      const socket = await opened(server, sent());
      for (const tryOf of ['1', '2']) {
        const refused = await responseTo(socket, tryOf, SPEND, { input: { user: { id }, points: 5 } });
        expect(refused).toMatchObject({ type: 'error', payload: [{ extensions: { code: 'BAD_REQUEST' } }] });
        expect(refused?.payload[0].message).toContain('`Idempotency-Key`');
        expect(refused?.payload[0].message).toContain('`input.idempotencyKey`');
      }
      const read = await responseTo(socket, '3', 'query ($id: ID!) { user(by: { id: $id }) { points } }', { id });
      expect(read?.payload.data).toEqual({ user: { points: 10 } });
      socket.socket.close();
    },
  );

  async function opened(server: TestServer, { headers = {}, payload = {} }: Opened): Promise<TestSocket> {
    const authorization = `Bearer ${(await server.everything()).secret}`;
    const socket = await openSocket(server, { headers });
    socket.send({ type: 'connection_init', payload: { ...payload, authorization } });
    expect(await socket.next()).toEqual({ type: 'connection_ack' });
    return socket;
  }
});

describe('The header api-token of a WebSocket', () => {
  itOfApiTokens.for([
    ['the upgrade request', (token: string) => ({ headers: { 'api-token': token } })],
    ['connectionParams.headers', (token: string) => ({ payload: { headers: { 'API-Token': token } } })],
    ['connectionParams', (token: string) => ({ payload: { 'api-token': token } })],
  ] as const)('is the credential in %s where AUTH_HEADER_API_TOKEN is on', async ([, sent], { server }) => {
    const { headers = {}, payload }: Opened = sent((await server.everything()).secret);
    const socket = await openSocket(server, { headers });
    socket.send({ type: 'connection_init', payload });
    expect(await socket.next()).toEqual({ type: 'connection_ack' });
    const viewer = await responseTo(socket, '1', VIEWER);
    expect(viewer).toMatchObject({ payload: { data: { viewer: { kind: 'APP' } } } });
    socket.socket.close();
  });

  itOfApiTokens.for([
    ['beside an Authorization header', { authorization: 'Bearer scrip_app_x', 'api-token': 'scrip_app_x' }],
    ['that was never issued', { 'api-token': 'scrip_app_x' }],
    ['that is empty', { 'api-token': '' }],
  ] as const)('ends the connection as over HTTP where it is one %s', async ([, headers], { server }) => {
    const socket = await openSocket(server, { headers });
    socket.send({ type: 'connection_init' });
    expect((await socket.closed).code).toBe(4401);
  });

  it('is ignored otherwise, as over HTTP', async ({ server }) => {
    const socket = await openSocket(server, { headers: { 'api-token': (await server.everything()).secret } });
    socket.send({ type: 'connection_init' });
    expect(await socket.next()).toEqual({ type: 'connection_ack' });
    const refused = await responseTo(socket, '1', VIEWER);
    expect(refused?.payload[0].extensions).toMatchObject({ reason: 'TOKEN_MISSING' });
    socket.socket.close();
  });
});

/** The first message about an operation. */
async function responseTo(
  socket: TestSocket,
  id: string,
  query: string,
  variables: object = {},
): Promise<Received | undefined> {
  socket.subscribe(id, query, variables);
  for (;;) {
    const message = await socket.next();
    if (message === undefined || (message.id === id && message.type !== 'complete')) return message;
  }
}

async function userWithPoints(server: TestServer) {
  const user = await server.user();
  const add = 'mutation ($input: AddPointsInput!) { addPoints(input: $input) { points } }';
  await server.send(await server.everything(), add, { input: { user: { id: user.id }, points: 10 } });
  return user;
}
