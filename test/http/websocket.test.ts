import { once } from 'node:events';
import { setTimeout as delay } from 'node:timers/promises';
import pg from 'pg';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { WebSocket } from 'ws';
import { exchange, open } from '../support/http.js';
import { startServer, type TestServer } from '../support/server.js';
import { openClient, openSocket, type Received } from '../support/socket.js';

const VIEWER = '{ viewer { user { username } } }';
const ADD = 'mutation ($id: ID!) { addPoints(input: { user: { id: $id }, points: 5 }) { message } }';
const FOLLOW_ALL = 'subscription { pointsChanged { sequence } }';
const REVOKE = 'mutation ($id: ID!) { revokeToken(input: { id: $id }) { token { id } } }';

const WAITING = `select 1 from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'`;

let server: TestServer;

beforeAll(async () => {
  server = await startServer({ LIMIT_BODY_BYTES: '20000', LIMIT_SOCKET_OPERATIONS: '30' });
});
afterAll(async () => {
  await server.close();
});

describe('GraphQL over WebSocket', () => {
  it('answers queries and mutations, for whoever the connection says that it is', async () => {
    const token = await server.token(['users:read', 'points:add']);
    const client = openClient(server, token);
    const [viewer] = await all(client.iterate({ query: VIEWER }));
    expect(viewer?.data).toEqual({ viewer: { user: { username: token.owner.username } } });
    const [added] = await all(client.iterate({ query: ADD, variables: { id: token.owner.id } }));
    expect(added?.data).toEqual({ addPoints: { message: `Successfully added 5 points to ${token.owner.username}` } });
    await client.dispose();
  });

  it.each(['operationName', 'variables', 'extensions'])('takes an empty %s for none', async (name) => {
    const socket = await openSocket(server);
    await socket.init();
    socket.send({ type: 'subscribe', id: '1', payload: { query: '{ __typename }', [name]: '' } });
    expect(await socket.next()).toMatchObject({ type: 'next', payload: { data: { __typename: 'Query' } } });
    socket.socket.close();
  });

  it('answers what is public to whoever says nothing', async () => {
    const client = openClient(server);
    const [answer] = await all(client.iterate({ query: '{ __schema { subscriptionType { name } } }' }));
    expect(answer?.data).toEqual({ __schema: { subscriptionType: { name: 'Subscription' } } });
    await client.dispose();
  });

  it.each([
    ['what needs a credential', VIEWER, undefined],
    ['what needs more scopes', ADD, ['users:read']],
    ['a document that is none', '{', ['users:read']],
    ['a field that is not there', '{ nothing }', ['users:read']],
    ['bad variables', ADD, ['points:add']],
    ['an operation that is too deep', deep(13), ['users:read']],
    ['too many aliases', aliases(51), ['users:read']],
    ['a document that is too long', `{ ${'id '.repeat(2_001)}}`, ['users:read']],
  ] as const)('refuses %s as it does over HTTP', async (_what, query, scopes) => {
    const credential = scopes && (await server.token(scopes));
    const socket = await openSocket(server);
    await socket.init(credential);
    socket.subscribe('1', query);
    const answer = await server.send(credential, query);
    expect(answer.errors).toHaveLength(1);
    expect(await socket.next()).toEqual({ type: 'error', id: '1', payload: answer.errors });
    socket.socket.close();
  });

  it('answers what ran in part with what it came to', async () => {
    const socket = await openSocket(server);
    await socket.init(await server.token(['points:spend']));
    const { id } = await server.user();
    socket.subscribe('1', ADD.replace('addPoints', 'spendPoints'), { id });
    const [next, complete] = await socket.rest();
    expect(next).toMatchObject({ type: 'next', payload: { data: { spendPoints: null } } });
    expect(next?.payload.errors[0].extensions).toMatchObject({ code: 'INSUFFICIENT_POINTS', effect: 'NONE' });
    expect(complete).toEqual({ type: 'complete', id: '1' });
    socket.socket.close();
  });

  it('runs no more operations of a connection at once than it may', async () => {
    const socket = await openSocket(server);
    await socket.init(await server.token(['points:read']));
    for (let id = 1; id <= 31; id++) socket.subscribe(String(id), FOLLOW_ALL);
    const refusal = { type: 'error', id: '31', payload: [{ extensions: { code: 'OVERLOADED' } }] };
    expect(await socket.next()).toMatchObject(refusal);
    socket.socket.close();
  });

  it('lets an id be used again once its operation was completed', async () => {
    const socket = await openSocket(server);
    await socket.init(await server.token(['points:read']));
    for (let round = 0; round < 20; round++) {
      socket.subscribe('1', FOLLOW_ALL);
      socket.send({ type: 'complete', id: '1' });
      await answered(socket, '2', '{ __typename }');
    }
    socket.socket.close();
  });

  it('does not listen to a client that does not take its answers', async () => {
    const [idle, other] = [await openSocket(server), await openSocket(server)];
    await Promise.all([idle.init(), other.init()]);
    idle.socket.pause();
    const payload = { text: 'x'.repeat(15_000) };
    for (let count = 0; count < 2_000; count++) idle.send({ type: 'ping', payload });
    for (let count = 0; count < 200; count++) await answered(other, '1', '{ __typename }');
    expect(idle.socket.bufferedAmount).toBeGreaterThan(0);
    idle.socket.resume();
    for (let count = 0; count < 2_000; count++) expect(await idle.next()).toEqual({ type: 'pong', payload });
    idle.socket.close();
    other.socket.close();
  });
});

describe('The WebSocket protocol', () => {
  it('acknowledges whom it knows, and answers pings', async () => {
    const socket = await openSocket(server);
    socket.send({ type: 'ping', payload: { at: 1 } });
    expect(await socket.next()).toEqual({ type: 'pong', payload: { at: 1 } });
    expect(await socket.init(await server.token(['users:read']))).toEqual({ type: 'connection_ack' });
    socket.send({ type: 'pong' });
    socket.send({ type: 'ping' });
    expect(await socket.next()).toEqual({ type: 'pong' });
    socket.socket.close();
  });

  it.each([
    ['what is no JSON', (socket: Socket) => socket.socket.send('{'), 4400],
    ['what is no message', (socket: Socket) => socket.send({ type: 'subscribe', id: 1 }), 4400],
    ['a message that only servers send', (socket: Socket) => socket.send({ type: 'connection_ack' }), 4400],
    ['a binary message', (socket: Socket) => socket.socket.send(Buffer.from('{"type":"ping"}')), 4400],
    ['an operation before it knows of whom', (socket: Socket) => socket.subscribe('1', '{ __typename }'), 4401],
    ['silence', () => {}, 4408],
    [
      'a message that is too long',
      (socket: Socket) => socket.send({ type: 'ping', payload: { text: 'x'.repeat(20_000) } }),
      1009,
    ],
  ])('ends with its code for %s', async (_what, act, code) => {
    const socket = await openSocket(server);
    act(socket);
    expect((await socket.closed).code).toBe(code);
  });

  it('ends with its code for a second greeting, and for an id that is in use', async () => {
    const [greeter, subscriber] = [await openSocket(server), await openSocket(server)];
    await Promise.all([greeter.init(), subscriber.init(await server.token(['points:read']))]);
    greeter.send({ type: 'connection_init' });
    expect((await greeter.closed).code).toBe(4429);
    subscriber.subscribe('1', FOLLOW_ALL);
    subscriber.subscribe('1', FOLLOW_ALL);
    expect((await subscriber.closed).code).toBe(4409);
  });

  it('is the only one that is spoken', async () => {
    const socket = await openSocket(server, { protocol: 'graphql-ws' }).catch((error: Error) => error);
    expect(socket instanceof Error ? socket.message : (await socket.closed).code).toBe('Server sent no subprotocol');
  });
});

describe('The credential of a WebSocket', () => {
  it.each([
    ['that is no Bearer token', async () => ({ authorization: 'Basic YTpi' }), 4401],
    ['that is no text', async () => ({ authorization: 7 }), 4401],
    ['that is given twice', async () => ({ authorization: await bearer(), Authorization: await bearer() }), 4401],
    ['that nobody issued', async () => ({ authorization: `Bearer scrip_app_${'a'.repeat(49)}` }), 4401],
    ['that was revoked', async () => ({ authorization: await bearer('revoked_at') }), 4401],
    ['that has expired', async () => ({ authorization: await bearer('expires_at') }), 4403],
  ])('ends the connection where it is one %s', async (_what, parameters, code) => {
    const socket = await openSocket(server);
    socket.send({ type: 'connection_init', payload: await parameters() });
    expect((await socket.closed).code).toBe(code);
    expect(await socket.next()).toBeUndefined();
  });

  it.each([
    ['in connectionParams.headers', async () => ({ headers: { Authorization: await bearer() } }), async () => ({})],
    ['in the upgrade request', async () => undefined, async () => ({ authorization: await bearer() })],
    [
      'in the upgrade request of a client with other parameters',
      async () => ({ a: 1 }),
      async () => ({ authorization: await bearer() }),
    ],
  ])('is taken %s', async (_where, parameters, headers) => {
    const socket = await openSocket(server, { headers: await headers() });
    socket.send({ type: 'connection_init', payload: await parameters() });
    expect(await socket.next()).toEqual({ type: 'connection_ack' });
    socket.subscribe('1', '{ viewer { kind } }');
    expect(await socket.next()).toMatchObject({ payload: { data: { viewer: { kind: 'APP' } } } });
    socket.socket.close();
  });

  it('may be sent in several places where it is the same', async () => {
    const authorization = await bearer();
    const socket = await openSocket(server, { headers: { authorization } });
    socket.send({ type: 'connection_init', payload: { authorization, headers: { authorization } } });
    expect(await socket.next()).toEqual({ type: 'connection_ack' });
    socket.socket.close();
  });

  it('is refused where two places differ, with a reason that says where one belongs', async () => {
    const [one, other] = [await bearer(), await bearer()];
    for (const [payload, headers] of [
      [{ authorization: one }, { authorization: other }],
      [{ authorization: one, headers: { authorization: other } }, {}],
      [{ headers: { authorization: one } }, { authorization: other }],
    ]) {
      const socket = await openSocket(server, { headers: headers as Record<string, string> });
      socket.send({ type: 'connection_init', payload });
      const { code, reason } = await socket.closed;
      expect(code).toBe(4401);
      expect(reason).toContain('connectionParams.authorization');
    }
  });

  it('is refused in the upgrade request as it is in the parameters', async () => {
    const socket = await openSocket(server, { headers: { authorization: await bearer('revoked_at') } });
    socket.send({ type: 'connection_init' });
    expect((await socket.closed).code).toBe(4401);
  });

  it('that is sent elsewhere is not found: the error says where it is looked for', async () => {
    const socket = await openSocket(server);
    const authorization = await bearer();
    socket.send({ type: 'connection_init', payload: { authToken: authorization, token: authorization } });
    expect(await socket.next()).toEqual({ type: 'connection_ack' });
    socket.subscribe('1', VIEWER);
    const refused = await socket.next();
    expect(refused?.payload[0].extensions).toMatchObject({ code: 'UNAUTHENTICATED', reason: 'TOKEN_MISSING' });
    expect(refused?.payload[0].message).toContain('connectionParams.authorization');
    socket.socket.close();
  });

  it('counts under its name in any case', async () => {
    const socket = await openSocket(server);
    socket.send({ type: 'connection_init', payload: { AUTHORIZATION: await bearer() } });
    expect(await socket.next()).toEqual({ type: 'connection_ack' });
    socket.socket.close();
  });

  it('ends the connection when it is revoked, though nothing happens there', async () => {
    const token = await server.token(['points:read']);
    const socket = await openSocket(server);
    await socket.init(token);
    socket.subscribe('1', FOLLOW_ALL);
    await server.send(await server.token(['tokens:revoke']), REVOKE, { id: token.id });
    expect(await socket.closed).toEqual({ code: 4401, reason: 'The token was revoked. Ask for a new one.' });
    expect(await socket.next()).toBeUndefined();
  });

  it('ends the connection when it expires', async () => {
    const token = await server.token(['users:read']);
    const socket = await openSocket(server);
    await socket.init(token);
    await server.database.query('update tokens set expires_at = now() where id = $1', [token.id]);
    expect((await socket.closed).code).toBe(4403);
  });

  it('ends the connection of a user who logs out, and of one who is deleted', async () => {
    const [leaving, deleted] = [await server.session(), await server.session()];
    const [one, other] = [await openSocket(server), await openSocket(server)];
    await Promise.all([one.init(leaving), other.init(deleted)]);
    await server.send(leaving, 'mutation { logOut { user { id } } }');
    await server.send(
      await server.everything(),
      'mutation ($id: ID!) { deleteUser(input: { user: { id: $id } }) { deletedUserId } }',
      { id: deleted.user.id },
    );
    expect((await one.closed).code).toBe(4401);
    expect((await other.closed).code).toBe(4401);
  });

  it('is judged before each operation', async () => {
    const token = await server.token(['users:read']);
    const socket = await openSocket(server);
    await socket.init(token);
    await server.send(await server.token(['tokens:revoke']), REVOKE, { id: token.id });
    socket.subscribe('1', VIEWER);
    expect(await socket.next()).toBeUndefined();
    expect((await socket.closed).code).toBe(4401);
  });

  it('ends what its user may no longer do, and says what', async () => {
    const admin = await server.session(await server.user({ role: 'ADMIN' }));
    const socket = await openSocket(server);
    await socket.init(admin);
    socket.subscribe('1', FOLLOW_ALL);
    await answered(socket, '2', VIEWER);
    await server.send(
      await server.everything(),
      'mutation ($id: ID!) { updateUser(input: { user: { id: $id }, role: USER }) { user { role } } }',
      { id: admin.user.id },
    );
    const { errors } = await server.send(admin, VIEWER);
    expect(errors).toBeUndefined();
    expect(await socket.next()).toMatchObject({
      type: 'error',
      id: '1',
      payload: [{ extensions: { code: 'FORBIDDEN', coordinate: 'Subscription.pointsChanged' } }],
    });
    expect((await socket.closed).code).toBe(4403);
  });
});

describe('A WebSocket', () => {
  it('is refused where there are as many as there may be', async () => {
    const small = await startServer({ LIMIT_SOCKETS: '1' });
    const first = await openSocket(small);
    expect(await first.init()).toEqual({ type: 'connection_ack' });
    const second = await openSocket(small);
    expect((await second.closed).code).toBe(1013);
    first.socket.close();
    await first.closed;
    await small.close();
  });

  it('of a client with a token is opened though anonymous ones of its own address fill all that they may', async () => {
    const small = await startServer({ LIMIT_SOCKETS: '50' });
    const anonymous = [];
    for (let count = 0; count < 50; count++) {
      const socket = await openSocket(small);
      anonymous.push((await socket.init())?.type ?? (await socket.closed).code);
    }
    expect(anonymous).toEqual([...Array(5).fill('connection_ack'), ...Array(45).fill(1013)]);
    const socket = await openSocket(small);
    expect(await socket.init(await small.token(['users:read']))).toEqual({ type: 'connection_ack' });
    await small.close();
  });

  it('of a client with a token is opened though many addresses open anonymous ones, and silent ones', async () => {
    const small = await startServer({ LIMIT_SOCKETS: '20', TRUSTED_PROXIES: '127.0.0.1' });
    const from = (host: number) => openSocket(small, { headers: { 'x-forwarded-for': `192.0.2.${host}` } });
    const anonymous = [];
    for (let host = 1; host <= 12; host++) {
      const socket = await from(host);
      anonymous.push((await socket.init())?.type ?? (await socket.closed).code);
    }
    expect(anonymous).toEqual([...Array(10).fill('connection_ack'), 1013, 1013]);
    const silent = [];
    for (let host = 21; host <= 35; host++) silent.push(await from(host));
    const socket = await from(40);
    expect(await socket.init(await small.token(['users:read']))).toEqual({ type: 'connection_ack' });
    expect((await silent[0]?.closed)?.code).toBe(1013);
    await small.close();
  });

  it('without a credential ends when no operation has run on it for ten seconds', { timeout: 40_000 }, async () => {
    const own = await startServer();
    const [idle, busy, known] = [await openSocket(own), await openSocket(own), await openSocket(own)];
    await Promise.all([idle.init(), busy.init(), known.init(await own.token(['users:read']))]);
    await delay(5_000);
    await answered(busy, '1', '{ __typename }');
    expect(await idle.closed).toEqual({ code: 4408, reason: 'No credential and no operation' });
    expect(busy.socket.readyState).toBe(WebSocket.OPEN);
    expect((await busy.closed).code).toBe(4408);
    await answered(known, '1', '{ __typename }');
    await own.close();
  });

  it('is opened at one path alone', async () => {
    const socket = await open(server);
    socket.write(`GET /healthz HTTP/1.1\r\nhost: scrip\r\n${UPGRADE}connection: close\r\n\r\n`);
    const [text] = await once(socket, 'data');
    expect(text).toMatch(/^HTTP\/1.1 200 /);
    socket.destroy();
  });

  it('is not what clients get that would like to speak HTTP/2', async () => {
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

  it('is asked for twenty times on one connection, and ignored, without a listener left behind', async () => {
    const warnings: string[] = [];
    const warn = ({ name }: Error) => warnings.push(name);
    process.on('warning', warn);
    const socket = await open(server);
    for (let time = 0; time < 20; time++) {
      socket.write('GET /healthz HTTP/1.1\r\nhost: scrip\r\nupgrade: h2c\r\nconnection: upgrade\r\n\r\n');
      const [text] = await once(socket, 'data');
      expect(text).toMatch(/^HTTP\/1.1 200 /);
    }
    socket.destroy();
    process.off('warning', warn);
    expect(warnings).toEqual([]);
  });

  it('is ignored beside Connection: close, which is kept', async () => {
    const lines = ['GET /healthz HTTP/1.1', 'host: scrip', 'upgrade: h2c', 'connection: upgrade, close'];
    const response = await exchange(server, lines); // to the end of the connection
    expect(response).toMatch(/^HTTP\/1.1 200 /);
    expect(response).toMatch(/\r\nconnection: close\r\n/i);
  });

  it('says goodbye when the server stops, after what is in flight', async () => {
    const stopping = await startServer();
    const [busy, idle] = [await openSocket(stopping), await openSocket(stopping)];
    const token = await stopping.token(['points:read', 'points:add']);
    await Promise.all([busy.init(token), idle.init(token)]);
    idle.subscribe('1', FOLLOW_ALL);
    await answered(idle, '2', '{ __typename }');
    const lock = new pg.Client({ connectionString: stopping.database.url });
    await lock.connect();
    await lock.query('begin; lock table entries');
    busy.subscribe('1', ADD, { id: token.owner.id });
    await vi.waitFor(async () => expect(await stopping.database.query(WAITING)).toHaveLength(1), 10_000);
    const stopped = stopping.close();
    expect((await idle.closed).code).toBe(1001);
    await lock.end();
    expect(await busy.rest()).toMatchObject([
      { type: 'next', payload: { data: { addPoints: {} } } },
      { type: 'complete' },
    ]);
    expect((await busy.closed).code).toBe(1001);
    await stopped;
  });
});

const UPGRADE =
  'upgrade: websocket\r\nconnection: upgrade\r\nsec-websocket-version: 13\r\nsec-websocket-key: dGhlIHNhbXBsZSBub25jZQ==\r\n';

/** A credential whose time has come, where a column of time is named. */
async function bearer(over?: 'revoked_at' | 'expires_at'): Promise<string> {
  const { id, secret } = await server.token(['users:read']);
  if (over !== undefined) await server.database.query(`update tokens set ${over} = now() where id = $1`, [id]);
  return `Bearer ${secret}`;
}

type Socket = Awaited<ReturnType<typeof openSocket>>;

/** Has an operation answered; what came before is passed over. */
async function answered(socket: Socket, id: string, query: string): Promise<void> {
  socket.subscribe(id, query);
  for (let message: Received | undefined; message?.id !== id || message.type !== 'complete'; ) {
    message = await socket.next();
    if (message === undefined) throw new Error('The connection ended.');
  }
}

async function all<Result>(results: AsyncIterable<Result>): Promise<Result[]> {
  const found: Result[] = [];
  for await (const result of results) found.push(result);
  return found;
}

function deep(depth: number): string {
  return `{ users ${'{ nodes { posts '.repeat(depth)} { totalCount } ${'} }'.repeat(depth)} }`;
}

function aliases(count: number): string {
  return `{ ${Array.from({ length: count }, (_, index) => `a${index}: __typename`).join(' ')} }`;
}
