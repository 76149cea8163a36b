import { describe, expect, it, onTestFinished, vi } from 'vitest';
import { WebSocket } from 'ws';
import { startServer } from '../support/server.js';
import { openSocket } from '../support/socket.js';
import { runToEnd } from './run-to-end.js';

describe('A WebSocket', () => {
  it('is refused beyond LIMIT_SOCKETS', async () => {
    const small = await startServer({ LIMIT_SOCKETS: '1' });
    const first = await openSocket(small);
    expect(await first.init()).toEqual({ type: 'connection_ack' });
    const second = await openSocket(small);
    expect((await second.closed).code).toBe(1013);
    first.socket.close();
    await first.closed;
    await small.close();
  });

  it('of one user is refused beyond a tenth of all, of all sessions together', async () => {
    const small = await startServer({ LIMIT_SOCKETS: '20' });
    const user = await small.user();
    const opened = [];
    for (let count = 0; count < 3; count++) {
      const socket = await openSocket(small);
      opened.push((await socket.init(await small.session(user)))?.type ?? (await socket.closed).code);
    }
    expect(opened).toEqual(['connection_ack', 'connection_ack', 1013]);
    const other = await openSocket(small);
    expect(await other.init(await small.session())).toEqual({ type: 'connection_ack' });
    await small.close();
  });

  it('is closed for the id of an operation that is longer than 128 characters', async () => {
    const server = await startServer();
    const socket = await openSocket(server);
    await socket.init();
    socket.subscribe('x'.repeat(128), '{ __typename }');
    await socket.next();
    socket.subscribe('x'.repeat(129), '{ __typename }');
    expect(await socket.closed).toEqual({ code: 4400, reason: 'Invalid message received' });
    await server.close();
  });

  it('of a client with a token is opened though anonymous ones of its address have reached their limit', async () => {
    const small = await startServer({ LIMIT_SOCKETS: '50' });
    const anonymous = [];
    for (let count = 0; count < 50; count++) {
      const socket = await openSocket(small);
      anonymous.push((await socket.init())?.type ?? (await socket.closed).code);
    }
    expect(anonymous).toEqual([...Array(5).fill('connection_ack'), ...Array(45).fill(1013)]);
    const socket = await openSocket(small);
    expect(await socket.init(await small.token(['users:read']))).toEqual({ type: 'connection_ack' });
    await small.close();
  });

  it('of a client with a token is opened though anonymous and silent ones of many addresses have reached theirs', async () => {
    const small = await startServer({ LIMIT_SOCKETS: '20', TRUSTED_PROXIES: '127.0.0.1' });
    const from = (host: number) => openSocket(small, { headers: { 'x-forwarded-for': `192.0.2.${host}` } });
    const anonymous = [];
    for (let host = 1; host <= 12; host++) {
      const socket = await from(host);
      anonymous.push((await socket.init())?.type ?? (await socket.closed).code);
    }
    expect(anonymous).toEqual([...Array(10).fill('connection_ack'), 1013, 1013]);
    const silent = [];
    for (let host = 21; host <= 35; host++) silent.push(await from(host));
    const socket = await from(40);
    expect(await socket.init(await small.token(['users:read']))).toEqual({ type: 'connection_ack' });
    expect((await silent[0]?.closed)?.code).toBe(1013);
    await small.close();
  });

  it('without a credential is closed after ten seconds without an operation', async () => {
    const own = await startServer();
    vi.useFakeTimers({ toFake: ['performance'] });
    onTestFinished(() => {
      vi.useRealTimers();
    });
    const [idle, busy, known] = [await openSocket(own), await openSocket(own), await openSocket(own)];
    await Promise.all([idle.init(), busy.init(), known.init(await own.token(['users:read']))]);
    vi.advanceTimersByTime(5_000);
    await runToEnd(busy, '1', '{ __typename }');
    vi.advanceTimersByTime(5_000);
    expect(await idle.closed).toEqual({ code: 4408, reason: 'No credential and no operation' });
    expect(busy.socket.readyState).toBe(WebSocket.OPEN);
    vi.advanceTimersByTime(5_000);
    expect((await busy.closed).code).toBe(4408);
    await runToEnd(known, '1', '{ __typename }');
    await own.close();
  });
});
