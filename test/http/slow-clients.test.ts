import type { Socket } from 'node:net';
import { print } from 'graphql';
import { describe, expect } from 'vitest';
import { CreatePostDocument, ViewerPostBodiesDocument } from '../operations/generated.js';
import { allOf, open, post } from '../support/http.js';
import type { LoggedIn, TestServer } from '../support/server.js';
import { itWith } from '../support/server-fixture.js';

const it = itWith({ TRUSTED_PROXIES: '1' });

const PUBLIC = { query: '{ __typename }' };

/** The response that a client gets which sends a byte every 100 ms until it is disconnected. */
async function trickle(server: TestServer, head: string, byte: string): Promise<string> {
  const socket = await open(server);
  let received = '';
  socket.on('data', (chunk) => {
    received += chunk;
  });
  socket.on('error', () => {}); // it may write once more when the server has disconnected
  socket.write(head);
  const timer = setInterval(() => socket.write(byte), 100);
  await new Promise((resolve) => socket.once('close', resolve));
  clearInterval(timer);
  return received;
}

describe('A client that sends slowly', () => {
  const post100 = 'POST /graphql HTTP/1.1\r\nhost: scrip\r\ncontent-type: application/json\r\n';
  const slow = [
    { what: 'headers', head: 'GET /healthz HTTP/1.1\r\nhost: scrip\r\nx-slow: ', byte: 'x' },
    { what: 'a request line', head: 'GET /healthz?', byte: 'x' },
    { what: 'a body', head: `${post100}content-length: 1000\r\n\r\n`, byte: ' ' },
    { what: 'a body in chunks', head: `${post100}transfer-encoding: chunked\r\n\r\n`, byte: '1\r\n \r\n' },
  ];

  // Headers have 10 s and a whole request 20 s, however much of it keeps arriving.
  it('is disconnected, and others are served meanwhile', { timeout: 60_000 }, async ({ server }) => {
    const responses = slow.map(({ head, byte }) => trickle(server, head, byte));
    for (let count = 0; count < 10; count++) expect((await post(server, PUBLIC)).status).toBe(200);
    for (const response of await Promise.all(responses)) {
      expect(response).toMatch(/^HTTP\/1\.1 408 /);
      expect(response).toContain('"code":"BAD_REQUEST"');
      expect(response).toMatch(/\r\nconnection: close\r\n/i);
    }
    expect((await post(server, PUBLIC)).status).toBe(200);
  });
});

describe('A client that reads nothing', () => {
  /** 100 posts of 80 KB: twice what the buffers of the operating system take. The server keeps nine of these. */
  const QUERY = { query: print(ViewerPostBodiesDocument), variables: { first: 100 } };

  let session: LoggedIn;
  it.beforeAll(async ({ server }) => {
    session = await server.session();
    const input = { title: 'long', body: '\u{1f600}'.repeat(20_000) };
    for (let count = 0; count < 100; count++) {
      expect((await server.send(session, CreatePostDocument, { input })).errors).toBeUndefined();
    }
  });

  async function request(server: TestServer, address: string): Promise<Socket> {
    const socket = await open(server);
    socket.on('error', () => {}); // it may be cut off
    const body = JSON.stringify(QUERY);
    const head = [
      'POST /graphql HTTP/1.1',
      'host: scrip',
      'connection: close',
      `x-forwarded-for: ${address}`,
      'content-type: application/json',
      `authorization: Bearer ${session.secret}`,
      `content-length: ${body.length}`,
    ];
    socket.pause().write(`${head.join('\r\n')}\r\n\r\n${body}`);
    return socket;
  }

  /** Whether a client reads its response to the end. */
  async function readsAll(socket: Socket): Promise<boolean> {
    const response = await allOf(socket).catch(() => ''); // the connection was reset
    return response.endsWith('"}]}}}}}');
  }

  const ended = ({ log }: TestServer) =>
    log.map((line) => JSON.parse(line)).filter(({ operation }) => operation === 'ViewerPostBodies');

  it('has its response dropped for others of its network, and never for those of another', { timeout: 60_000 }, async ({
    server,
  }) => {
    const first = await request(server, '192.0.2.1');
    await expect.poll(() => first.readableLength).toBeGreaterThan(0); // its response is the oldest
    const greedy = [];
    for (let count = 0; count < 11; count++) greedy.push(await request(server, '192.0.2.2'));
    await expect.poll(() => ended(server), { timeout: 15_000 }).toHaveLength(3); // though none has been read
    expect(await readsAll(first)).toBe(true);
    const whole = await Promise.all(greedy.map(readsAll));
    expect(whole.filter(Boolean)).toHaveLength(8);
  });
});
