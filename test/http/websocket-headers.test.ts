import type { DocumentNode } from 'graphql';
import { describe, expect } from 'vitest';
import { AddPointsDocument, PointsDocument, SpendPointsDocument, ViewerKindDocument } from '../operations/generated.js';
import { it } from '../support/fixtures.js';
import type { TestServer } from '../support/server.js';
import { itWith } from '../support/server-fixture.js';
import { openSocket, type Received, type TestSocket } from '../support/socket.js';

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
    'in %s has its mutations refused, with the place for keys, and nothing is spent',
    async ([, sent], { server }) => {
      const { id } = await userWithPoints(server);
      const socket = await opened(server, sent());
      for (const tryOf of ['1', '2']) {
        const refused = await responseTo(socket, tryOf, SpendPointsDocument, { input: { user: { id }, points: 5 } });
        expect(refused).toMatchObject({ type: 'error', payload: [{ extensions: { code: 'BAD_REQUEST' } }] });
        expect(refused?.payload[0].message).toContain('`Idempotency-Key`');
        expect(refused?.payload[0].message).toContain('`input.idempotencyKey`');
      }
      const read = await responseTo(socket, '3', PointsDocument, { user: { id } });
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
    const viewer = await responseTo(socket, '1', ViewerKindDocument);
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

  it('is ignored where AUTH_HEADER_API_TOKEN is off, as over HTTP', async ({ server }) => {
    const socket = await openSocket(server, { headers: { 'api-token': (await server.everything()).secret } });
    socket.send({ type: 'connection_init' });
    expect(await socket.next()).toEqual({ type: 'connection_ack' });
    const refused = await responseTo(socket, '1', ViewerKindDocument);
    expect(refused?.payload[0].extensions).toMatchObject({ reason: 'TOKEN_MISSING' });
    socket.socket.close();
  });
});

/** The first message about an operation. */
async function responseTo(
  socket: TestSocket,
  id: string,
  operation: DocumentNode,
  variables: object = {},
): Promise<Received | undefined> {
  socket.subscribe(id, operation, variables);
  for (;;) {
    const message = await socket.next();
    if (message === undefined || (message.id === id && message.type !== 'complete')) return message;
  }
}

async function userWithPoints(server: TestServer) {
  const user = await server.user();
  const input = { user: { id: user.id }, points: 10 };
  await server.send(await server.everything(), AddPointsDocument, { input });
  return user;
}
