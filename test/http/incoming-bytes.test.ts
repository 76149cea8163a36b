import { EventEmitter, once } from 'node:events';
import type { Socket } from 'node:net';
import { afterEach, beforeEach, describe, expect, vi } from 'vitest';
import { WebSocket } from 'ws';
import { createIncomingMemory, IncomingMessage } from '../../src/http/incoming-bytes.js';
import { allOf, open, post } from '../support/http.js';
import type { TestServer } from '../support/server.js';
import { itWith } from '../support/server-fixture.js';
import { openSocket } from '../support/socket.js';

const it = itWith({ LIMIT_BODY_BYTES: '20000', TRUSTED_PROXIES: '1' });

describe('Requests that have not arrived whole', () => {
  it('hold the memory of 8 of the largest bodies for each network, and of 64 for all', () => {
    const incoming = createIncomingMemory(100);
    const revoked: string[] = [];
    const arrive = (name: string, bytes: number) => {
      const request = incoming.allocate(name.slice(0, 1), () => revoked.push(name));
      request.grow(bytes);
      return request;
    };
    const first = arrive('a', 400);
    arrive('a', 400);
    arrive('a: beyond its share', 401);
    for (let network = 1; network < 8; network++) arrive(`${network}`, 800);
    expect(revoked).toEqual(['a: beyond its share']);
    first.shrink(1);
    arrive('b', 1);
    expect(revoked).toHaveLength(1);
    arrive('c', 1);
    expect(revoked).toEqual(['a: beyond its share', '1']);
  });
});

describe('A client that does not finish its request', () => {
  const send = async (server: TestServer, headers: string): Promise<Socket> => {
    const socket = await open(server);
    const head = `POST /graphql HTTP/1.1\r\nhost: a\r\nx-forwarded-for: 192.0.2.1\r\ncontent-type: application/json\r\n${headers}`;
    socket.write(`${head}\r\n\r\n`);
    return socket;
  };
  const body = 'x'.repeat(19_000);

  it.for([
    ['with its length', 'content-length: 20000', body],
    ['in chunks', 'transfer-encoding: chunked', `${body.length.toString(16)}\r\n${body}\r\n`],
  ] as const)(
    'is refused beyond its share of memory, %s, and others are served',
    async ([_form, headers, text], { server }) => {
      const clients: Socket[] = [];
      for (let count = 0; count < 8; count++) {
        const client = await send(server, headers);
        client.write(text);
        clients.push(client);
      }
      // Larger than what the others have sent, so that it is the one to be refused.
      const large = JSON.stringify({ query: `{ __typename } # ${'x'.repeat(19_900)}` });
      // It is served as long as one of the others has not arrived.
      const isFull = async () => (await post(server, large, { 'x-forwarded-for': '192.0.2.1' })).status === 503;
      await expect.poll(isFull).toBe(true);
      const refused = await send(server, headers);
      refused.write(text);
      const response = await allOf(refused);
      expect(response).toMatch(/^HTTP\/1.1 503 /);
      expect(response).toContain('"code":"OVERLOADED"');
      expect(response).toMatch(/\r\nretry-after: 1\r\n/i);
      expect((await post(server, large, { 'x-forwarded-for': '192.0.2.2' })).status).toBe(200);
      for (const client of clients) client.destroy();
      await expect.poll(async () => (await post(server, large, { 'x-forwarded-for': '192.0.2.1' })).status).toBe(200);
    },
  );

  it('is disconnected beyond its share of memory where nothing reads the body, and others are served', async ({
    server,
  }) => {
    const clients: Socket[] = [];
    for (let count = 0; count < 8; count++) {
      const client = await send(server, 'content-length: 20000');
      client.write(body);
      clients.push(client);
    }
    // Larger than what the others have sent, so that it is the one to be refused.
    const large = JSON.stringify({ query: `{ __typename } # ${'x'.repeat(19_900)}` });
    const isFull = async () => (await post(server, large, { 'x-forwarded-for': '192.0.2.1' })).status === 503;
    await expect.poll(isFull).toBe(true);
    const client = await open(server);
    const head = 'GET /graphql?query=%7B__typename%7D HTTP/1.1\r\nhost: a\r\nx-forwarded-for: 192.0.2.1';
    client.on('error', () => {}).write(`${head}\r\ncontent-length: 20000\r\n\r\n${body}`);
    await once(client.resume(), 'close');
    for (const unfinished of clients) unfinished.destroy();
    await expect.poll(isFull).toBe(false);
  });

  it('is disconnected over WebSocket beyond its share of memory, which complete messages do not use', async ({
    server,
  }) => {
    const from = { headers: { 'x-forwarded-for': '192.0.2.3' } };
    const sockets = [];
    for (let count = 0; count < 9; count++) {
      const socket = await openSocket(server, from);
      await socket.init();
      for (let message = 0; message < 20; message++) socket.send({ type: 'ping', payload: { text: body } });
      for (let message = 0; message < 20; message++) expect(await socket.next()).toEqual({ type: 'pong' });
      sockets.push(socket);
    }
    for (const { socket } of sockets) socket.send(body, { fin: false });
    const ended = await Promise.race(sockets.map(({ closed }) => closed));
    expect(ended.code).toBe(1006);
    expect(sockets.filter(({ socket }) => socket.readyState === WebSocket.OPEN)).toHaveLength(8);
    for (const { socket } of sockets) socket.terminate();
  });
});

describe('A message over WebSocket', () => {
  // The events of a socket and of its connection, as `ws` and Node emit them.
  const socket = Object.assign(new EventEmitter(), { isPaused: false, terminate: vi.fn() });
  const connection = new EventEmitter();
  let message: IncomingMessage;
  beforeEach(() => {
    vi.useFakeTimers({ toFake: ['performance'] });
    socket.terminate.mockReset();
    socket.removeAllListeners();
    connection.removeAllListeners();
    message = new IncomingMessage(
      socket as unknown as WebSocket,
      connection as unknown as Socket,
      createIncomingMemory(100_000),
      'a',
    );
  });
  afterEach(() => {
    vi.useRealTimers();
  });

  it('must be complete within 20 s, also where pings arrive in between', () => {
    connection.emit('data', Buffer.alloc(100));
    for (let second = 0; second < 19; second++) {
      vi.advanceTimersByTime(1_000);
      connection.emit('data', Buffer.alloc(10));
      socket.emit('ping', Buffer.alloc(4));
      message.endIfOverdue();
    }
    expect(socket.terminate).not.toHaveBeenCalled();
    vi.advanceTimersByTime(1_000);
    message.endIfOverdue();
    expect(socket.terminate).toHaveBeenCalledOnce();
  });

  it('that is complete has no deadline, and a pong has none', () => {
    connection.emit('data', Buffer.alloc(100));
    socket.emit('message', Buffer.alloc(94), false);
    connection.emit('data', Buffer.alloc(6));
    socket.emit('pong', Buffer.alloc(0));
    vi.advanceTimersByTime(60_000);
    message.endIfOverdue();
    expect(socket.terminate).not.toHaveBeenCalled();
  });
});
