import pg from 'pg';
import { it as base, describe, expect, vi } from 'vitest';
import { generateSecret } from '../../src/tokens/secret.js';
import { CreatePostDocument } from '../operations/generated.js';
import { allOf, open, post } from '../support/http.js';
import { startServer } from '../support/server.js';
import { createRelay } from './relay.js';

const WAITING = `select 1 from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'`;

/** For each test a server of its own, whose database it reaches through `relay`. `stop` tells the server to stop. */
const it = base
  .extend('relay', async ({ task: _task }, { onCleanup }) => {
    const relay = await createRelay();
    onCleanup(() => relay.close());
    return relay;
  })
  .extend('server', ({ relay }) => startServer({ DATABASE_URL: relay.url }))
  .extend('stop', async ({ relay, server }, { onCleanup }) => {
    let stopped: Promise<void> | undefined;
    const stop = () => {
      stopped ??= server.close();
      return stopped;
    };
    onCleanup(async () => {
      relay.release();
      await stop();
    });
    return stop;
  });

describe('A server that is told to stop', () => {
  it('responds to requests in flight, accepts no new ones, and ends', async ({ server, relay, stop }) => {
    relay.hold();
    const response = post(server, { query: '{ __typename }' }, { authorization: `Bearer ${generateSecret()}` });
    const idle = await open(server);
    const late = await open(server);
    late.write('GET /readyz HTTP/1.1\r\nhost: scrip\r\n');
    await fetch(`${server.url}/readyz`); // which is answered after they have arrived

    const stopped = stop();
    expect(await allOf(idle)).toBe('');
    await expect(fetch(`${server.url}/healthz`)).rejects.toMatchObject({ cause: { code: 'ECONNREFUSED' } });
    late.write('\r\n');
    const said = await allOf(late);
    expect(said).toMatch(/^HTTP\/1\.1 503 /);
    expect(said).toContain('{"status":"unready","reason":"stopping"}');

    relay.release();
    expect(await response).toMatchObject({ status: 401, errors: [{ extensions: { reason: 'TOKEN_INVALID' } }] });
    await stopped;
  });

  it('responds without a result to what takes too long', async ({ server, relay, stop }) => {
    relay.hold();
    const response = post(server, { query: '{ __typename }' }, { authorization: `Bearer ${generateSecret()}` });
    await fetch(`${server.url}/readyz`); // which is answered after it has arrived
    void stop();
    expect(await response).toMatchObject({ status: 503, errors: [{ extensions: { code: 'UNAVAILABLE' } }] });
  });

  it('responds with the effect UNKNOWN to a mutation that takes too long', async ({ server, relay, stop }) => {
    const token = await server.everything();
    const lock = new pg.Client({ connectionString: relay.database.url });
    await lock.connect();
    await lock.query('begin; lock table posts');
    const input = { author: { id: token.owner.id }, title: 'x', body: 'x' };
    const response = server.send(token, CreatePostDocument, { input });
    await vi.waitUntil(async () => (await relay.database.query(WAITING)).length > 0, { interval: 5 });
    relay.hold();
    await lock.end();

    void stop();
    expect(await response).toMatchObject({
      status: 200,
      data: null,
      errors: [{ extensions: { code: 'UNAVAILABLE', effect: 'UNKNOWN' } }],
    });
  });

  it('closes idle connections', async ({ server, stop }) => {
    const socket = await open(server);
    socket.write('GET /healthz HTTP/1.1\r\nhost: scrip\r\nconnection: keep-alive\r\n\r\n');
    await vi.waitFor(() => expect(socket.bytesRead).toBeGreaterThan(0));
    void stop();
    expect(await allOf(socket)).toMatch(/^HTTP\/1\.1 200 /);
  });
});

describe('A server with DRAIN_SECONDS', () => {
  it('serves requests for so long, is not ready meanwhile, and closes the connection of each', async () => {
    const server = await startServer({ DRAIN_SECONDS: '2' });
    const token = await server.everything();
    const stopped = server.close();
    const ready = await fetch(`${server.url}/readyz`);
    expect({ status: ready.status, body: await ready.json() }).toEqual({
      status: 503,
      body: { status: 'unready', reason: 'stopping' },
    });
    const response = await server.send(token, '{ viewer { kind } }');
    expect(response).toMatchObject({ status: 200, data: { viewer: { kind: 'APP' } } });
    expect(response.headers.get('connection')).toBe('close');
    await stopped;
    await expect(fetch(`${server.url}/healthz`)).rejects.toMatchObject({ cause: { code: 'ECONNREFUSED' } });
  });
});
