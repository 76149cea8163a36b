import { once } from 'node:events';
import { Agent, createServer, get, type Server } from 'node:http';
import { type AddressInfo, connect, type Socket } from 'node:net';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { trackConnections } from '../../src/http/connections.js';

describe('Connections over HTTP', () => {
  let server: Server;
  const sockets: Socket[] = [];
  beforeEach(() => {
    server = createServer((_request, response) => response.end('served'));
  });
  afterEach(async () => {
    for (const socket of sockets.splice(0)) socket.destroy();
    await new Promise((resolve) => server.close(resolve));
  });

  async function listen(max: number, isProxy = false): Promise<number> {
    trackConnections(server, { max, isProxy: () => isProxy });
    server.listen(0);
    await once(server, 'listening');
    return (server.address() as AddressInfo).port;
  }

  /** Opens a connection from one of the addresses of this machine, 127.0.0.1 to 127.0.0.254, and resolves when it is kept or closed. */
  async function open(port: number, host = 1, text = 'GET / HTTP/1.1\r\nhost: a\r\n\r\n'): Promise<'open' | 'closed'> {
    const socket = connect({ port, host: '127.0.0.1', localAddress: `127.0.0.${host}` });
    sockets.push(socket);
    socket.on('error', () => {});
    socket.write(text);
    return await new Promise((resolve) => {
      socket.once('data', () => resolve('open'));
      socket.once('close', () => resolve('closed'));
    });
  }

  const closed = () => sockets.filter(({ destroyed }) => destroyed).length;

  it('of one address are a fifth of all, and others are served', async () => {
    const port = await listen(50);
    const first = [];
    for (let count = 0; count < 12; count++) first.push(await open(port));
    expect(first).toEqual([...Array(10).fill('open'), 'closed', 'closed']);
    expect(await open(port, 2)).toBe('open');
  });

  it('of one address may be opened again when others of it have closed', async () => {
    const port = await listen(5);
    expect(await open(port)).toBe('open');
    expect(await open(port)).toBe('closed');
    sockets[0]?.destroy();
    await expect.poll(() => open(port)).toBe('open');
  });

  it('of a reverse proxy have no share, since they are those of many clients', async () => {
    const port = await listen(50, true);
    const results = [];
    for (let count = 0; count < 30; count++) results.push(await open(port));
    expect(new Set(results)).toEqual(new Set(['open']));
  });

  it('of many addresses that wait for their next request give way to new ones', async () => {
    const port = await listen(20);
    for (let host = 1; host <= 18; host++) expect(await open(port, host)).toBe('open');
    expect(closed()).toBe(0);
    expect(await open(port, 19)).toBe('open');
    await expect.poll(closed).toBe(18);
    const agent = new Agent();
    const [response] = await once(get({ port, host: '127.0.0.1', agent }), 'response');
    expect(response.statusCode).toBe(200);
    agent.destroy();
  });
});
