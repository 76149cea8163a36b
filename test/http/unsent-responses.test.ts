import { once } from 'node:events';
import { print } from 'graphql';
import { afterEach, beforeEach, describe, expect, vi } from 'vitest';
import { UnsentResponses } from '../../src/http/unsent-responses.js';
import { CreatePostDocument, ViewerPostBodiesDocument } from '../operations/generated.js';
import { open } from '../support/http.js';
import type { LoggedIn, TestServer } from '../support/server.js';
import { itWith } from '../support/server-fixture.js';
import { openSocket } from '../support/socket.js';

const it = itWith({ LIMIT_RESPONSE_BYTES: '100000' }); // 800 KB of all clients together

describe('Responses that their clients do not read', () => {
  beforeEach(() => {
    vi.useFakeTimers();
  });
  afterEach(() => {
    vi.useRealTimers();
  });

  it('are held for a minute, then the client is disconnected', () => {
    const cutOff = vi.fn();
    new UnsentResponses(100).hold({ network: 'a', bytes: 1 }, cutOff);
    vi.advanceTimersByTime(59_999);
    expect(cutOff).not.toHaveBeenCalled();
    vi.advanceTimersByTime(1);
    expect(cutOff).toHaveBeenCalledOnce();
  });

  it('are not held any more once they were sent', () => {
    const cutOff = vi.fn();
    const unsent = new UnsentResponses(100);
    for (let count = 0; count < 100; count++) {
      const release = unsent.hold({ network: 'a', bytes: 100 }, cutOff);
      release();
      release();
    }
    vi.advanceTimersByTime(60_000);
    expect(cutOff).not.toHaveBeenCalled();
  });

  it('are dropped for newer ones, the oldest first, beyond eight of the largest', () => {
    const unsent = new UnsentResponses(100);
    const cutOff: number[] = [];
    for (let count = 0; count < 10; count++) unsent.hold({ network: 'a', bytes: 100 }, () => cutOff.push(count));
    expect(cutOff).toEqual([0, 1]);
    unsent.hold({ network: 'a', bytes: 250 }, () => cutOff.push(10));
    expect(cutOff).toEqual([0, 1, 2, 3, 4]);
  });
});

describe('A client that does not read its responses', () => {
  const first = 1;
  let session: LoggedIn;
  it.beforeAll(async ({ server }) => {
    session = await server.session();
    const input = { title: 'long', body: '\u{1f600}'.repeat(20_000) };
    expect((await server.send(session, CreatePostDocument, { input })).errors).toBeUndefined();
  });
  const logged = (server: TestServer, event: string) =>
    server.log.map((line) => JSON.parse(line)).filter((line) => line.event === event);

  it('is disconnected when others need the memory, over WebSocket, and others are served', async ({ server }) => {
    const socket = await openSocket(server);
    await socket.init(session);
    socket.socket.pause();
    // The buffers of the operating system take some 4 MB of these 24.
    for (let id = 0; id < 300; id++) socket.subscribe(String(id), ViewerPostBodiesDocument, { first });
    await expect.poll(() => logged(server, 'websocket_closed'), { timeout: 10_000 }).toMatchObject([{ code: 1006 }]);
    expect((await server.send(session, ViewerPostBodiesDocument, { first })).errors).toBeUndefined();
    socket.socket.terminate();
  });

  it('is disconnected when others need the memory, over HTTP, and others are served', async ({ server }) => {
    const body = JSON.stringify({ query: print(ViewerPostBodiesDocument), variables: { first } });
    const head = ['POST /graphql HTTP/1.1', 'host: a', 'content-type: application/json'];
    const fields = [...head, `authorization: Bearer ${session.secret}`, `content-length: ${body.length}`];
    // Each has one response that the operating system does not take: of ten clients there is room for those of nine.
    const clients = await Promise.all(Array.from({ length: 11 }, () => open(server)));
    for (const client of clients) client.pause().write(`${fields.join('\r\n')}\r\n\r\n${body}`.repeat(120));
    const isCutOff = () => logged(server, 'request_completed').some(({ status }) => status === 499);
    await expect.poll(isCutOff, { timeout: 20_000 }).toBe(true);
    expect((await server.send(session, ViewerPostBodiesDocument, { first })).errors).toBeUndefined();
    for (const client of clients) {
      client.destroy();
      await once(client, 'close');
    }
  });
});
