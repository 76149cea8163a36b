import pg from 'pg';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { generateSecret } from '../../src/tokens/secret.js';
import { allOf, open, post } from '../support/http.js';
import { startServer, type TestServer } from '../support/server.js';
import { createRelay, type Relay } from './relay.js';

const WAITING = `select 1 from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'`;

let relay: Relay;
let server: TestServer;
let closing: Promise<void> | undefined;
beforeEach(async () => {
  closing = undefined;
  relay = await createRelay();
  server = await startServer({ DATABASE_URL: relay.url });
});
afterEach(async () => {
  relay.release();
  await (closing ?? server.close());
  await relay.close();
});

describe('A server that is told to stop', () => {
  it('answers what is in flight, takes nothing new, and is gone', async () => {
    relay.hold();
    const answer = post(server, { query: '{ __typename }' }, { authorization: `Bearer ${generateSecret()}` });
    const idle = await open(server);
    const late = await open(server);
    late.write('GET /readyz HTTP/1.1\r\nhost: scrip\r\n');
    await fetch(`${server.url}/readyz`); // which is answered after they have arrived

    closing = server.close();
    expect(await allOf(idle)).toBe('');
    await expect(fetch(`${server.url}/healthz`)).rejects.toMatchObject({ cause: { code: 'ECONNREFUSED' } });
    late.write('\r\n');
    const said = await allOf(late);
    expect(said).toMatch(/^HTTP\/1\.1 503 /);
    expect(said).toContain('{"status":"unready","reason":"stopping"}');

    relay.release();
    expect(await answer).toMatchObject({ status: 401, errors: [{ extensions: { reason: 'TOKEN_INVALID' } }] });
    await closing;
  });

  it('answers without a result what takes too long, so that it is gone in time', async () => {
    relay.hold();
    const answer = post(server, { query: '{ __typename }' }, { authorization: `Bearer ${generateSecret()}` });
    await fetch(`${server.url}/readyz`); // which is answered after it has arrived
    closing = server.close();
    expect(await answer).toMatchObject({ status: 503, errors: [{ extensions: { code: 'UNAVAILABLE' } }] });
  });

  it('says of a mutation that was begun that its outcome is unknown', async () => {
    const token = await server.everything();
    const lock = new pg.Client({ connectionString: relay.database.url });
    await lock.connect();
    await lock.query('begin; lock table posts');
    const query =
      'mutation ($id: ID!) { createPost(input: { author: { id: $id }, title: "x", body: "x" }) { post { id } } }';
    const answer = server.send(token, query, { id: token.owner.id });
    await vi.waitUntil(async () => (await relay.database.query(WAITING)).length > 0, { interval: 5 });
    relay.hold();
    await lock.end();

    closing = server.close();
    expect(await answer).toMatchObject({
      status: 200,
      data: null,
      errors: [{ extensions: { code: 'UNAVAILABLE', effect: 'UNKNOWN' } }],
    });
  });

  it('keeps no connection that has nothing more to say', async () => {
    const socket = await open(server);
    socket.write('GET /healthz HTTP/1.1\r\nhost: scrip\r\nconnection: keep-alive\r\n\r\n');
    await vi.waitFor(() => expect(socket.bytesRead).toBeGreaterThan(0));
    closing = server.close();
    expect(await allOf(socket)).toMatch(/^HTTP\/1\.1 200 /);
  });
});
