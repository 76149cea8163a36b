import { once } from 'node:events';
import { type AddressInfo, connect, type Socket } from 'node:net';
import { fastify } from 'fastify';
import { it as base, describe, expect } from 'vitest';
import { trackConnections } from '../../src/http/connections.js';
import { acceptUpgrades } from '../../src/http/websocket-upgrade.js';

const GET = 'GET / HTTP/1.1\r\nhost: a\r\n';
const UPGRADE = [
  'GET /graphql HTTP/1.1',
  'host: a',
  'connection: upgrade',
  'upgrade: websocket',
  'sec-websocket-version: 13',
  'sec-websocket-key: dGhlIHNhbXBsZSBub25jZQ==',
].join('\r\n');

/** Connections to a server that keeps at most 20: `open` opens one from 127.0.0.1 to 127.0.0.254. */
const it = base.extend('clients', async ({ task: _task }, { onCleanup }) => {
  const server = fastify();
  const sockets: Socket[] = [];
  server.decorate('connections', trackConnections(server.server, { max: 20, isProxy: () => false }));
  server.get('/', () => 'served');
  acceptUpgrades(server, { maxBytes: 1_000, basePath: '' }, () => {});
  await server.listen({ host: '127.0.0.1', port: 0 });
  onCleanup(async () => {
    for (const socket of sockets) socket.destroy();
    await server.close();
  });
  const { port } = server.server.address() as AddressInfo; // it listens on TCP
  const open = (host: number): Socket => {
    const socket = connect({ port, host: '127.0.0.1', localAddress: `127.0.0.${host}` }).setEncoding('utf8');
    sockets.push(socket);
    return socket.on('error', () => {});
  };
  return { open, closed: () => sockets.filter(({ destroyed }) => destroyed) };
});

describe('A connection of a server that has reached its limit', () => {
  async function send(socket: Socket, head: string): Promise<string> {
    socket.write(`${head}\r\n\r\n`);
    const [text] = await once(socket, 'data');
    return text;
  }

  const serve = async (socket: Socket) => expect(await send(socket, GET.trimEnd())).toMatch(/^HTTP\/1.1 200 /);

  it('stays open as a WebSocket, also where it served requests before, while idle ones are closed', async ({
    clients: { open, closed },
  }) => {
    const socket = open(1);
    await serve(socket);
    expect(await send(socket, UPGRADE)).toMatch(/^HTTP\/1.1 101 /);
    for (let host = 2; host <= 19; host++) await serve(open(host));
    await expect.poll(closed).toHaveLength(17); // all but the last and this one
    expect(socket.destroyed).toBe(false);
  });

  it('is closed as idle after an upgrade that was ignored, and is counted once', async ({
    clients: { open, closed },
  }) => {
    const socket = open(1);
    await serve(socket);
    expect(await send(socket, `${GET}connection: upgrade\r\nupgrade: h2c`)).toMatch(/^HTTP\/1.1 200 /);
    for (let host = 2; host <= 18; host++) await serve(open(host));
    expect(closed()).toEqual([]);
    await serve(open(19));
    await expect.poll(closed).toHaveLength(18);
    expect(socket.destroyed).toBe(true);
  });
});
