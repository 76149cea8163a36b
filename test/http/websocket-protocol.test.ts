import { describe, expect } from 'vitest';
import { AllPointsChangedDocument } from '../operations/generated.js';
import { itWith } from '../support/server-fixture.js';
import { openSocket, type TestSocket } from '../support/socket.js';

const it = itWith({ LIMIT_BODY_BYTES: '20000' });

describe('The WebSocket protocol', () => {
  it('acknowledges a client, and responds to pings', async ({ server }) => {
    const socket = await openSocket(server);
    socket.send({ type: 'ping', payload: { at: 1 } });
    expect(await socket.next()).toEqual({ type: 'pong', payload: { at: 1 } });
    expect(await socket.init(await server.token(['users:read']))).toEqual({ type: 'connection_ack' });
    socket.send({ type: 'ping', payload: { text: 'x'.repeat(1_000) } });
    expect(await socket.next()).toEqual({ type: 'pong' });
    socket.socket.send(`{"type":"ping","payload":{"a":${'['.repeat(9_000)}${']'.repeat(9_000)}}}`);
    expect(await socket.next()).toEqual({ type: 'pong' });
    socket.send({ type: 'pong' });
    socket.send({ type: 'ping' });
    expect(await socket.next()).toEqual({ type: 'pong' });
    socket.socket.close();
  });

  it.for([
    ['invalid JSON', (socket: TestSocket) => socket.socket.send('{'), 4400],
    ['an invalid message', (socket: TestSocket) => socket.send({ type: 'subscribe', id: 1 }), 4400],
    ['a message that only servers send', (socket: TestSocket) => socket.send({ type: 'connection_ack' }), 4400],
    ['a binary message', (socket: TestSocket) => socket.socket.send(Buffer.from('{"type":"ping"}')), 4400],
    ['an operation before connection_init', (socket: TestSocket) => socket.subscribe('1', '{ __typename }'), 4401],
    ['silence', () => {}, 4408],
    [
      'a message that is too long',
      (socket: TestSocket) => socket.send({ type: 'ping', payload: { text: 'x'.repeat(20_000) } }),
      1009,
    ],
  ] as const)('ends with its code for %s', async ([_what, act, code], { server }) => {
    const socket = await openSocket(server);
    act(socket);
    expect((await socket.closed).code).toBe(code);
  });

  it('ends with its code for a second connection_init, and for an id that is in use', async ({ server }) => {
    const [initialiser, subscriber] = [await openSocket(server), await openSocket(server)];
    await Promise.all([initialiser.init(), subscriber.init(await server.token(['points:read']))]);
    initialiser.send({ type: 'connection_init' });
    expect((await initialiser.closed).code).toBe(4429);
    subscriber.subscribe('1', AllPointsChangedDocument);
    subscriber.subscribe('1', AllPointsChangedDocument);
    expect((await subscriber.closed).code).toBe(4409);
  });

  it('is refused under another name of the subprotocol', async ({ server }) => {
    const socket = await openSocket(server, { protocol: 'graphql-ws' }).catch((error: Error) => error);
    expect(socket instanceof Error ? socket.message : (await socket.closed).code).toBe('Server sent no subprotocol');
  });
});
