import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startServer, type TestServer } from '../support/server.js';
import { openSocket } from '../support/socket.js';
import { runToEnd } from './run-to-end.js';

const VIEWER = '{ viewer { user { username } } }';
const FOLLOW_ALL = 'subscription { pointsChanged { sequence } }';
const REVOKE = 'mutation ($id: ID!) { revokeToken(input: { id: $id }) { token { id } } }';

let server: TestServer;

beforeAll(async () => {
  server = await startServer();
});
afterAll(async () => {
  await server.close();
});

describe('The credential of a WebSocket', () => {
  it.each([
    ['that is no Bearer token', async () => ({ authorization: 'Basic YTpi' }), 4401],
    ['that is no text', async () => ({ authorization: 7 }), 4401],
    ['that is given twice', async () => ({ authorization: await bearer(), Authorization: await bearer() }), 4401],
    ['that was never issued', async () => ({ authorization: `Bearer scrip_app_${'a'.repeat(49)}` }), 4401],
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

  it.each([
    ['bearer', ' '],
    ['BEARER', '   '],
  ])('is one where two places write it differently: %s', async (scheme, spaces) => {
    const authorization = await bearer();
    const other = authorization.replace('Bearer ', `${scheme}${spaces}`);
    const socket = await openSocket(server, { headers: { authorization } });
    socket.send({ type: 'connection_init', payload: { authorization: other, headers: { authorization } } });
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

  it.each([
    ['of another token', async () => await bearer()],
    ['of another scheme', async () => 'Basic YTpi'],
  ])('is refused beside an upgrade request %s, which the reason names', async (_what, upgrade) => {
    const socket = await openSocket(server, { headers: { authorization: await upgrade() } });
    socket.send({ type: 'connection_init', payload: { authorization: await bearer() } });
    expect(await socket.closed).toEqual({
      code: 4401,
      reason: 'connectionParams.authorization and the credential of the upgrade request differ. Send one.',
    });
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

  it('ends an idle connection when it is revoked', async () => {
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

  it('is verified before each operation', async () => {
    const token = await server.token(['users:read']);
    const socket = await openSocket(server);
    await socket.init(token);
    await server.send(await server.token(['tokens:revoke']), REVOKE, { id: token.id });
    socket.subscribe('1', VIEWER);
    expect(await socket.next()).toBeUndefined();
    expect((await socket.closed).code).toBe(4401);
  });

  it('ends subscriptions that its user may no longer have, and says which', async () => {
    const admin = await server.session(await server.user({ role: 'ADMIN' }));
    const socket = await openSocket(server);
    await socket.init(admin);
    socket.subscribe('1', FOLLOW_ALL);
    await runToEnd(socket, '2', VIEWER);
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

/** A credential that has ended where `over` names a column. */
async function bearer(over?: 'revoked_at' | 'expires_at'): Promise<string> {
  const { id, secret } = await server.token(['users:read']);
  if (over !== undefined) await server.database.query(`update tokens set ${over} = now() where id = $1`, [id]);
  return `Bearer ${secret}`;
}
