import { once } from 'node:events';
import { type AddressInfo, connect, type Socket } from 'node:net';
import { type FastifyInstance, fastify } from 'fastify';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
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

describe('A connection of a crowded server', () => {
  let server: FastifyInstance;
  const sockets: Socket[] = [];
  beforeEach(async () => {
    server = fastify();
    server.decorate('connections', trackConnections(server.server, { max: 20, isProxy: () => false }));
    server.get('/', () => 'served');
    acceptUpgrades(server, { maxBytes: 1_000 }, () => {});
    await server.listen({ host: '127.0.0.1', port: 0 });
  });
  afterEach(async () => {
    for (const socket of sockets.splice(0)) socket.destroy();
    await server.close();
  });

  /** Opens a connection from one of the addresses of this machine. */
  function open(host: number): Socket {
    const { port } = server.server.address() as AddressInfo; // it listens on TCP
    const socket = connect({ port, host: '127.0.0.1', localAddress: `127.0.0.${host}` }).setEncoding('utf8');
    sockets.push(socket);
    return socket.on('error', () => {});
  }

  async function send(socket: Socket, head: string): Promise<string> {
    socket.write(`${head}\r\n\r\n`);
    const [text] = await once(socket, 'data');
    return text;
  }

  const serve = async (socket: Socket) => expect(await send(socket, GET.trimEnd())).toMatch(/^HTTP\/1.1 200 /);

  it('stays open as a WebSocket, also where it served requests before, while idle ones give way', async () => {
    const socket = open(1);
    await serve(socket);
    expect(await send(socket, UPGRADE)).toMatch(/^HTTP\/1.1 101 /);
    for (let host = 2; host <= 19; host++) await serve(open(host));
    await expect.poll(() => sockets.filter(({ destroyed }) => destroyed)).toHaveLength(17); // all but the last and this one
    expect(socket.destroyed).toBe(false);
  });

  it('gives way after an upgrade that was ignored, and is counted once', async () => {
    const socket = open(1);
    await serve(socket);
    expect(await send(socket, `${GET}connection: upgrade\r\nupgrade: h2c`)).toMatch(/^HTTP\/1.1 200 /);
    for (let host = 2; host <= 18; host++) await serve(open(host));
    expect(sockets.filter(({ destroyed }) => destroyed)).toEqual([]);
    await serve(open(19));
    await expect.poll(() => sockets.filter(({ destroyed }) => destroyed)).toHaveLength(18);
    expect(socket.destroyed).toBe(true);
  });
});
