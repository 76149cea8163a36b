import { describe, expect } from 'vitest';
import {
  AllPointsChangedDocument,
  DeleteUserDocument,
  LogOutDocument,
  RevokeTokenDocument,
  UpdateUserDocument,
  ViewerKindDocument,
} from '../operations/generated.js';
import { it } from '../support/fixtures.js';
import type { TestServer } from '../support/server.js';
import { openSocket } from '../support/socket.js';
import { runToEnd } from './run-to-end.js';

type Parameters = (server: TestServer) => Promise<object | undefined>;
type Headers = (server: TestServer) => Promise<Record<string, string>>;

describe('The credential of a WebSocket', () => {
  it.for<[what: string, parameters: Parameters, code: number]>([
    ['that is no Bearer token', async () => ({ authorization: 'Basic YTpi' }), 4401],
    ['that is no text', async () => ({ authorization: 7 }), 4401],
    [
      'that is given twice',
      async (server) => ({ authorization: await bearer(server), Authorization: await bearer(server) }),
      4401,
    ],
    ['that was never issued', async () => ({ authorization: `Bearer scrip_app_${'a'.repeat(49)}` }), 4401],
    ['that was revoked', async (server) => ({ authorization: await bearer(server, 'revoked_at') }), 4401],
    ['that has expired', async (server) => ({ authorization: await bearer(server, 'expires_at') }), 4403],
  ])('ends the connection where it is one %s', async ([_what, parameters, code], { server }) => {
    const socket = await openSocket(server);
    socket.send({ type: 'connection_init', payload: await parameters(server) });
    expect((await socket.closed).code).toBe(code);
    expect(await socket.next()).toBeUndefined();
  });

  it.for<[where: string, parameters: Parameters, headers: Headers]>([
    [
      'in connectionParams.headers',
      async (server) => ({ headers: { Authorization: await bearer(server) } }),
      async () => ({}),
    ],
    ['in the upgrade request', async () => undefined, async (server) => ({ authorization: await bearer(server) })],
    [
      'in the upgrade request of a client with other parameters',
      async () => ({ a: 1 }),
      async (server) => ({ authorization: await bearer(server) }),
    ],
  ])('is accepted %s', async ([_where, parameters, headers], { server }) => {
    const socket = await openSocket(server, { headers: await headers(server) });
    socket.send({ type: 'connection_init', payload: await parameters(server) });
    expect(await socket.next()).toEqual({ type: 'connection_ack' });
    socket.subscribe('1', ViewerKindDocument);
    expect(await socket.next()).toMatchObject({ payload: { data: { viewer: { kind: 'APP' } } } });
    socket.socket.close();
  });

  it('may be sent in several places with the same value', async ({ server }) => {
    const authorization = await bearer(server);
    const socket = await openSocket(server, { headers: { authorization } });
    socket.send({ type: 'connection_init', payload: { authorization, headers: { authorization } } });
    expect(await socket.next()).toEqual({ type: 'connection_ack' });
    socket.socket.close();
  });

  it.for([
    ['bearer', ' '],
    ['BEARER', '   '],
  ] as const)('may be written differently in two places: %s', async ([scheme, spaces], { server }) => {
    const authorization = await bearer(server);
    const other = authorization.replace('Bearer ', `${scheme}${spaces}`);
    const socket = await openSocket(server, { headers: { authorization } });
    socket.send({ type: 'connection_init', payload: { authorization: other, headers: { authorization } } });
    expect(await socket.next()).toEqual({ type: 'connection_ack' });
    socket.socket.close();
  });

  it('is refused where two places differ, and the reason says where to send it', async ({ server }) => {
    const [one, other] = [await bearer(server), await bearer(server)];
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

  it.for<[what: string, upgrade: (server: TestServer) => Promise<string>]>([
    ['of another token', async (server) => await bearer(server)],
    ['of another scheme', async () => 'Basic YTpi'],
  ])(
    'is refused beside an upgrade request with a credential %s, and the reason says so',
    async ([_what, upgrade], { server }) => {
      const socket = await openSocket(server, { headers: { authorization: await upgrade(server) } });
      socket.send({ type: 'connection_init', payload: { authorization: await bearer(server) } });
      expect(await socket.closed).toEqual({
        code: 4401,
        reason: 'connectionParams.authorization and the credential of the upgrade request differ. Send one.',
      });
    },
  );

  it('is refused in the upgrade request as in the parameters', async ({ server }) => {
    const socket = await openSocket(server, { headers: { authorization: await bearer(server, 'revoked_at') } });
    socket.send({ type: 'connection_init' });
    expect((await socket.closed).code).toBe(4401);
  });

  it('in other parameters is ignored, and the error says where to send it', async ({ server }) => {
    const socket = await openSocket(server);
    const authorization = await bearer(server);
    socket.send({ type: 'connection_init', payload: { authToken: authorization, token: authorization } });
    expect(await socket.next()).toEqual({ type: 'connection_ack' });
    socket.subscribe('1', ViewerKindDocument);
    const refused = await socket.next();
    expect(refused?.payload[0].extensions).toMatchObject({ code: 'UNAUTHENTICATED', reason: 'TOKEN_MISSING' });
    expect(refused?.payload[0].message).toContain('connectionParams.authorization');
    socket.socket.close();
  });

  it('is accepted under its name in any case', async ({ server }) => {
    const socket = await openSocket(server);
    socket.send({ type: 'connection_init', payload: { AUTHORIZATION: await bearer(server) } });
    expect(await socket.next()).toEqual({ type: 'connection_ack' });
    socket.socket.close();
  });

  it('ends an idle connection when it is revoked', async ({ server }) => {
    const token = await server.token(['points:read']);
    const socket = await openSocket(server);
    await socket.init(token);
    socket.subscribe('1', AllPointsChangedDocument);
    await server.send(await server.token(['tokens:revoke']), RevokeTokenDocument, { input: { id: token.id } });
    expect(await socket.closed).toEqual({ code: 4401, reason: 'The token was revoked. Ask for a new one.' });
    expect(await socket.next()).toBeUndefined();
  });

  it('ends the connection when it expires', async ({ server }) => {
    const token = await server.token(['users:read']);
    const socket = await openSocket(server);
    await socket.init(token);
    await server.database.query('update tokens set expires_at = now() where id = $1', [token.id]);
    expect((await socket.closed).code).toBe(4403);
  });

  it('ends the connection of a user who logs out, and of one who is deleted', async ({ server }) => {
    const [leaving, deleted] = [await server.session(), await server.session()];
    const [one, other] = [await openSocket(server), await openSocket(server)];
    await Promise.all([one.init(leaving), other.init(deleted)]);
    await server.send(leaving, LogOutDocument);
    await server.send(await server.everything(), DeleteUserDocument, { user: { id: deleted.user.id } });
    expect((await one.closed).code).toBe(4401);
    expect((await other.closed).code).toBe(4401);
  });

  it('is verified before each operation', async ({ server }) => {
    const token = await server.token(['users:read']);
    const socket = await openSocket(server);
    await socket.init(token);
    await server.send(await server.token(['tokens:revoke']), RevokeTokenDocument, { input: { id: token.id } });
    socket.subscribe('1', ViewerKindDocument);
    expect(await socket.next()).toBeUndefined();
    expect((await socket.closed).code).toBe(4401);
  });

  it('ends the subscriptions that its user may no longer have, with the denial of each', async ({ server }) => {
    const admin = await server.session(await server.user({ role: 'ADMIN' }));
    const socket = await openSocket(server);
    await socket.init(admin);
    socket.subscribe('1', AllPointsChangedDocument);
    await runToEnd(socket, '2', ViewerKindDocument);
    const input = { user: { id: admin.user.id }, role: 'USER' as const };
    await server.send(await server.everything(), UpdateUserDocument, { input });
    const { errors } = await server.send(admin, ViewerKindDocument);
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
async function bearer(server: TestServer, over?: 'revoked_at' | 'expires_at'): Promise<string> {
  const { id, secret } = await server.token(['users:read']);
  if (over !== undefined) await server.database.query(`update tokens set ${over} = now() where id = $1`, [id]);
  return `Bearer ${secret}`;
}
