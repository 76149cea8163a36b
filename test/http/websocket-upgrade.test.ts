import { once } from 'node:events';
import { describe, expect, onTestFinished } from 'vitest';
import { it } from '../support/fixtures.js';
import { exchange, open } from '../support/http.js';

const UPGRADE =
  'upgrade: websocket\r\nconnection: upgrade\r\nsec-websocket-version: 13\r\nsec-websocket-key: dGhlIHNhbXBsZSBub25jZQ==\r\n';

describe('A WebSocket', () => {
  it('is opened at one path only', async ({ server }) => {
    const socket = await open(server);
    socket.write(`GET /healthz HTTP/1.1\r\nhost: scrip\r\n${UPGRADE}connection: close\r\n\r\n`);
    const [text] = await once(socket, 'data');
    expect(text).toMatch(/^HTTP\/1.1 200 /);
    socket.destroy();
  });

  it('ends although its client never responds to the close', async ({ server }) => {
    const socket = await open(server);
    const lines = [
      'GET /graphql HTTP/1.1',
      'Host: x',
      'Connection: Upgrade',
      'Upgrade: websocket',
      'Sec-WebSocket-Version: 13',
      'Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==',
    ];
    socket.write(`${lines.join('\r\n')}\r\n\r\n`); // without the protocol, for which it is closed
    socket.resume();
    await once(socket, 'close');
  });

  it.for([
    ['version 12', 'sec-websocket-version: 12\r\nsec-websocket-key: dGhlIHNhbXBsZSBub25jZQ==', 'Sec-WebSocket-Version'],
    ['no key', 'sec-websocket-version: 13', 'Sec-WebSocket-Key'],
    ['a short key', 'sec-websocket-version: 13\r\nsec-websocket-key: AA==', 'Sec-WebSocket-Key'],
    [
      'a bad protocol',
      'sec-websocket-version: 13\r\nsec-websocket-key: dGhlIHNhbXBsZSBub25jZQ==\r\nsec-websocket-protocol: ,',
      'Sec-WebSocket-Protocol',
    ],
  ] as const)(
    'is refused with %s like any other bad request, and logged',
    async ([_what, fields, name], { server }) => {
      const lines = ['GET /graphql HTTP/1.1', 'host: scrip', 'upgrade: websocket', 'connection: upgrade'];
      const response = await exchange(server, [...lines, fields]);
      expect(response).toMatch(/^HTTP\/1.1 400 /);
      expect(response).toContain('"code":"BAD_REQUEST"');
      expect(response).toContain(name);
      expect(response).toMatch(/\r\nsec-websocket-version: 13, 8\r\n/i);
      expect(response).toMatch(/\r\nx-content-type-options: nosniff\r\n/i);
      const id = /\r\nx-request-id: (.+)\r\n/i.exec(response)?.[1];
      await expect
        .poll(() => server.log.some((line) => line.includes(`${id}`) && line.includes('request_completed')))
        .toBe(true);
    },
  );

  it('is not opened for an upgrade to HTTP/2', async ({ server }) => {
    const socket = await open(server);
    const body = JSON.stringify({ query: '{ __typename }' });
    socket.write(
      'POST /graphql HTTP/1.1\r\nhost: scrip\r\ncontent-type: application/json\r\nupgrade: h2c\r\nhttp2-settings: AA\r\n' +
        `connection: upgrade, http2-settings\r\ncontent-length: ${body.length}\r\n\r\n${body.slice(0, 5)}`,
    );
    socket.write(body.slice(5));
    const [text] = await once(socket, 'data');
    expect(text).toMatch(/^HTTP\/1.1 200 /);
    expect(text).toContain('{"data":{"__typename":"Query"}}');
    socket.destroy();
  });

  it('is not opened for twenty upgrades to HTTP/2 on one connection, which leave no listener', async ({ server }) => {
    const warnings: string[] = [];
    const warn = ({ name }: Error) => warnings.push(name);
    process.on('warning', warn);
    onTestFinished(() => void process.off('warning', warn));
    const socket = await open(server);
    for (let time = 0; time < 20; time++) {
      socket.write('GET /healthz HTTP/1.1\r\nhost: scrip\r\nupgrade: h2c\r\nconnection: upgrade\r\n\r\n');
      const [text] = await once(socket, 'data');
      expect(text).toMatch(/^HTTP\/1.1 200 /);
    }
    socket.destroy();
    expect(warnings).toEqual([]);
  });

  it('is not opened with Connection: close, after which the connection ends', async ({ server }) => {
    const lines = ['GET /healthz HTTP/1.1', 'host: scrip', 'upgrade: h2c', 'connection: upgrade, close'];
    const response = await exchange(server, lines); // to the end of the connection
    expect(response).toMatch(/^HTTP\/1.1 200 /);
    expect(response).toMatch(/\r\nconnection: close\r\n/i);
  });
});
