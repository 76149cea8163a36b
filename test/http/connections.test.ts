import { once } from 'node:events';
import { Agent, createServer, get } from 'node:http';
import { type AddressInfo, connect, type Socket } from 'node:net';
import { it as base, describe, expect } from 'vitest';
import { trackConnections } from '../../src/http/connections.js';

/** A server that keeps at most `max` connections; `isProxy` takes every client for a reverse proxy. */
const it = base.extend('listen', async ({ task: _task }, { onCleanup }) => {
  const server = createServer((_request, response) => response.end('served'));
  const sockets: Socket[] = [];
  onCleanup(async () => {
    for (const socket of sockets) socket.destroy();
    await new Promise((resolve) => server.close(resolve));
  });
  return async (max: number, isProxy = false) => {
    trackConnections(server, { max, isProxy: () => isProxy });
    await once(server.listen(0), 'listening');
    const { port } = server.address() as AddressInfo; // it listens on TCP
    /** Opens a connection from 127.0.0.1 to 127.0.0.254, and resolves when it is kept or closed. */
    const open = async (host = 1): Promise<'open' | 'closed'> => {
      const socket = connect({ port, host: '127.0.0.1', localAddress: `127.0.0.${host}` });
      sockets.push(socket);
      socket.on('error', () => {});
      socket.write('GET / HTTP/1.1\r\nhost: a\r\n\r\n');
      return await new Promise((resolve) => {
        socket.once('data', () => resolve('open'));
        socket.once('close', () => resolve('closed'));
      });
    };
    return { port, sockets, open, countClosed: () => sockets.filter(({ destroyed }) => destroyed).length };
  };
});

describe('Connections over HTTP', () => {
  it('of one address are a fifth of all, and others are served', async ({ listen }) => {
    const { open } = await listen(50);
    const first = [];
    for (let count = 0; count < 12; count++) first.push(await open());
    expect(first).toEqual([...Array(10).fill('open'), 'closed', 'closed']);
    expect(await open(2)).toBe('open');
  });

  it('of one address may be opened after others of it have closed', async ({ listen }) => {
    const { open, sockets } = await listen(5);
    expect(await open()).toBe('open');
    expect(await open()).toBe('closed');
    sockets[0]?.destroy();
    await expect.poll(() => open()).toBe('open');
  });

  it('of a reverse proxy are not limited to the share of an address', async ({ listen }) => {
    const { open } = await listen(50, true);
    const results = [];
    for (let count = 0; count < 30; count++) results.push(await open());
    expect(new Set(results)).toEqual(new Set(['open']));
  });

  it('that are idle, of many addresses, are closed for new ones', async ({ listen }) => {
    const { port, open, countClosed } = await listen(20);
    for (let host = 1; host <= 18; host++) expect(await open(host)).toBe('open');
    expect(countClosed()).toBe(0);
    expect(await open(19)).toBe('open');
    await expect.poll(countClosed).toBe(18);
    const agent = new Agent();
    const [response] = await once(get({ port, host: '127.0.0.1', agent }), 'response');
    expect(response.statusCode).toBe(200);
    agent.destroy();
  });
});
