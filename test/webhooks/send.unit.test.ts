import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import { type AddressInfo, createServer as createTcpServer, type Server as TcpServer } from 'node:net';
import { describe, expect, it, onTestFinished } from 'vitest';
import { consequenceOf, type Failure, RETRY_SECONDS } from '../../src/webhooks/failures.js';
import { parseRetryAfter } from '../../src/webhooks/retry-after.js';
import { createSendMessage, type SendOptions, Unconfirmed } from '../../src/webhooks/send.js';

async function listen(server: Server | TcpServer): Promise<number> {
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  onTestFinished(() => void server.close());
  return (server.address() as AddressInfo).port; // it listens on a port
}

function sender(options: Partial<SendOptions> = {}) {
  const { send, close } = createSendMessage({ privateNetworks: true, timeoutMs: 500, ...options });
  onTestFinished(close);
  return (url: string, signal?: AbortSignal) => send({ url, headers: {}, body: '{}', signal });
}

describe('A message', () => {
  it('is not sent to an address of a private network, however the URL writes it', async () => {
    let requests = 0;
    const port = await listen(createServer((_request, response) => response.writeHead(204, { n: requests++ }).end()));
    const send = sender({ privateNetworks: false });
    for (const host of ['127.0.0.1', '2130706433', '0x7f.1', '[::1]', '[::ffff:127.0.0.1]', '169.254.169.254'])
      expect(await send(`https://${host}:${port}/`)).toMatchObject({ kind: 'FAILED', error: 'address not allowed' });
    expect(requests).toBe(0);
  });

  it('is not sent where a host resolves to another address than when it was checked', async () => {
    let requests = 0;
    const port = await listen(createServer((_request, response) => response.writeHead(204, { n: requests++ }).end()));
    let lookUps = 0;
    const lookUp = async () => [++lookUps === 1 ? '93.184.216.34' : '127.0.0.1'];
    expect(await lookUp()).toEqual(['93.184.216.34']); // the check when it was made
    const send = sender({ privateNetworks: false, lookUp });
    expect(await send(`https://rebinding.example:${port}/`)).toMatchObject({ error: 'address not allowed' });
    expect([lookUps, requests]).toEqual([2, 0]);
  });

  it('is asked for again once a new connection is there, and then not sent where that is denied', async () => {
    const asked: number[] = [];
    let connections = 0;
    let requests = 0;
    const http = createServer((_request, response) => response.writeHead(204, { n: requests++ }).end());
    http.on('connection', () => connections++);
    const url = `http://127.0.0.1:${await listen(http)}/`;
    const { send, close } = createSendMessage({ privateNetworks: true });
    onTestFinished(close);
    const fail = () => Promise.reject(new Error('The database is away.'));
    await expect(send({ url, headers: {}, body: '{}', confirm: fail })).rejects.toThrow(Unconfirmed);
    connections = 0;
    const confirm = async () => asked.push(connections) > 1;
    await expect(send({ url, headers: {}, body: '{}', confirm })).rejects.toThrow(Unconfirmed);
    expect(requests).toBe(0);
    expect(await send({ url, headers: {}, body: '{}', confirm })).toEqual({ kind: 'ACCEPTED', status: 204 });
    expect(await send({ url, headers: {}, body: '{}', confirm })).toEqual({ kind: 'ACCEPTED', status: 204 });
    expect({ asked: asked.length, requests, connections }).toEqual({ asked: 2, requests: 2, connections: 2 });
  });

  it('goes to the address that was checked, of one look-up for the connection', async () => {
    const port = await listen(createServer((_request, response) => response.writeHead(200).end()));
    let lookUps = 0;
    const lookUp = async () => {
      lookUps += 1;
      return lookUps === 1 ? ['127.0.0.1'] : ['127.0.0.2'];
    };
    const send = sender({ lookUp });
    expect(await send(`http://some.example:${port}/`)).toEqual({ kind: 'ACCEPTED', status: 200 });
    expect(await send(`http://some.example:${port}/`)).toEqual({ kind: 'ACCEPTED', status: 200 });
    expect(lookUps).toBe(1);
  });

  it('tells a status or a kind of error, never what the receiver wrote', async () => {
    const port = await listen(
      createServer((request, response) => {
        if (request.url === '/redirect') return response.writeHead(302, { location: '/secret' }).end('secret');
        if (request.url === '/hang') return undefined;
        if (request.url === '/reset') return response.destroy();
        return response.writeHead(500, { 'retry-after': '7' }).end('secret');
      }),
    );
    const garbage = await listen(createTcpServer((socket) => socket.end('not HTTP at all\r\n\r\n')));
    const send = sender();
    const none = { kind: 'FAILED', status: null, retryAfterSeconds: null };
    expect(await send(`http://127.0.0.1:${port}/redirect`)).toEqual({ ...none, error: 'HTTP 302', status: 302 });
    expect(await send(`http://127.0.0.1:${port}/`)).toEqual({
      ...{ kind: 'FAILED', error: 'HTTP 500', status: 500, retryAfterSeconds: 7 },
    });
    expect(await send(`http://127.0.0.1:${port}/hang`)).toEqual({ ...none, error: 'timeout' });
    expect(await send(`http://127.0.0.1:${port}/reset`)).toEqual({ ...none, error: 'connection reset' });
    expect(await send(`http://127.0.0.1:${garbage}/`)).toEqual({ ...none, error: 'malformed response' });
    expect(await send('http://127.0.0.1:1/')).toEqual({ ...none, error: 'connection refused' });
    expect(await send(`https://127.0.0.1:${port}/`)).toEqual({ ...none, error: 'TLS failure' });
    const lookUp = async () => [];
    expect(await sender({ lookUp })('http://none.example/')).toEqual({ ...none, error: 'host not found' });
  });

  it('is accepted by its status, whatever the body: one that is long or never ends is dropped', async () => {
    const port = await listen(
      createServer((request, response) => {
        response.writeHead(200);
        response.write('x'.repeat(request.url === '/long' ? 10_000_000 : 10));
      }),
    );
    const send = sender();
    expect(await send(`http://127.0.0.1:${port}/long`)).toEqual({ kind: 'ACCEPTED', status: 200 });
    expect(await send(`http://127.0.0.1:${port}/endless`)).toEqual({ kind: 'ACCEPTED', status: 200 });
  });

  it('is ended by its signal, which is no failure of the receiver', async () => {
    const port = await listen(createServer(() => {}));
    const ending = new AbortController();
    const sent = sender()(`http://127.0.0.1:${port}/`, ending.signal);
    setTimeout(() => ending.abort(new Error('the lease has ended')), 50);
    await expect(sent).rejects.toThrow('the lease has ended');
  });

  it('is sent again at once where the receiver had closed a connection that was kept', async () => {
    let connections = 0;
    const server = createServer((request, response) => {
      if (request.url === '/second' && connections === 1) return request.socket.resetAndDestroy();
      return response.writeHead(204).end();
    });
    server.on('connection', () => (connections += 1));
    const port = await listen(server);
    const send = sender();
    await send(`http://127.0.0.1:${port}/first`);
    expect(await send(`http://127.0.0.1:${port}/second`)).toEqual({ kind: 'ACCEPTED', status: 204 });
    expect(connections).toBe(2);
  });
});

describe('Retry-After', () => {
  const now = Date.parse('2026-01-01T00:00:00Z');

  it.each([
    ['7', 7],
    ['0', 0],
    ['9999999', 86_400],
    ['Thu, 01 Jan 2026 00:01:00 GMT', 60],
    ['Wed, 31 Dec 2025 00:00:00 GMT', 0],
    ['Fri, 01 Jan 2027 00:00:00 GMT', 86_400],
    ['soon', null],
    [undefined, null],
  ])('%s asks for %s seconds', (value, seconds) => expect(parseRetryAfter(value, now)).toBe(seconds));
});

describe('After a failed attempt', () => {
  const failure = (status: number | null, retryAfterSeconds: number | null = null): Failure => ({
    ...{ kind: 'FAILED', error: 'any', status, retryAfterSeconds },
  });

  it('nine more follow within about three days, each about as planned, and then the webhook is paused', () => {
    const planned = RETRY_SECONDS.map((_, index) => consequenceOf(failure(500), index + 1).retrySeconds ?? 0);
    for (const [index, seconds] of planned.entries()) {
      expect(seconds / (RETRY_SECONDS[index] ?? 0)).toBeGreaterThanOrEqual(0.9);
      expect(seconds / (RETRY_SECONDS[index] ?? 0)).toBeLessThanOrEqual(1.1);
    }
    expect(Math.round(RETRY_SECONDS.reduce((sum, seconds) => sum + seconds, 0) / 86_400)).toBe(3);
    expect(consequenceOf(failure(null), 10)).toEqual({
      retrySeconds: null,
      restSeconds: null,
      pausedBecause: 'FAILURES',
    });
  });

  it('the next one keeps Retry-After, and 429 and 503 make the whole webhook rest', () => {
    expect(consequenceOf(failure(500, 3_600), 1)).toMatchObject({ retrySeconds: 3_600, restSeconds: null });
    expect(consequenceOf(failure(429, 60), 1)).toMatchObject({ retrySeconds: 60, restSeconds: 60 });
    expect(consequenceOf(failure(503), 1)).toMatchObject({ restSeconds: null });
    expect(consequenceOf(failure(410), 1)).toMatchObject({ pausedBecause: 'GONE' });
  });
});
