import { describe, expect } from 'vitest';
import {
  AddPointsDocument,
  AllPointsChangedDocument,
  PointsDocument,
  TypenameDocument,
  ViewerKindDocument,
} from '../operations/generated.js';
import type { IssuedToken, TestServer } from '../support/server.js';
import { itOnTwoNodes } from '../support/server-fixture.js';
import { openSocket } from '../support/socket.js';

const it = itOnTwoNodes();

const pause = ({ database }: TestServer, { id }: IssuedToken) =>
  database.query('update tokens set paused_at = now() where id = $1', [id]);
const resume = ({ database }: TestServer, { id }: IssuedToken) =>
  database.query('update tokens set paused_at = null where id = $1', [id]);

const CLOSED = { code: 4403, reason: 'The token is paused. Ask an administrator to resume it.' };

describe('A paused token', () => {
  it('is refused by every node that knew it, for whatever it asks', async ({ server, other }) => {
    const token = await server.token(['users:read', 'points:add']);
    const variables = { input: { user: { id: token.owner.id }, points: 1 } };
    const ask = async () =>
      await Promise.all(
        [server, other].flatMap((node) => [
          node.send(token, AddPointsDocument, variables),
          node.send(token, ViewerKindDocument),
          node.send(token, TypenameDocument),
          node.send(token, '{'),
        ]),
      );
    expect((await ask()).map(({ status }) => status)).toEqual([200, 200, 200, 400, 200, 200, 200, 400]);
    await pause(server, token);
    for (const { status, headers, data, errors } of await ask()) {
      expect([status, data]).toEqual([401, undefined]);
      expect(errors?.map(({ extensions }) => extensions)).toEqual([
        { code: 'UNAUTHENTICATED', reason: 'TOKEN_PAUSED' },
      ]);
      expect(headers.get('www-authenticate')).toBe('Bearer realm="scrip", error="invalid_token"');
    }
    await resume(server, token);
    expect((await ask()).map(({ status }) => status)).toEqual([200, 200, 200, 400, 200, 200, 200, 400]);
    const read = await server.send(await server.everything(), PointsDocument, { user: { id: token.owner.id } });
    expect(read.data.user.points).toBe(4);
  });

  it('is told that it was revoked, where it was that too', async ({ server }) => {
    const token = await server.token(['users:read']);
    await pause(server, token);
    await server.database.query('update tokens set revoked_at = now() where id = $1', [token.id]);
    const { status, errors } = await server.send(token, TypenameDocument);
    expect([status, errors?.[0]?.extensions['reason']]).toEqual([401, 'TOKEN_REVOKED']);
  });

  it('opens no connection, which is closed with 4403', async ({ server }) => {
    const token = await server.token(['users:read']);
    await pause(server, token);
    const socket = await openSocket(server);
    expect(await socket.init(token)).toBeUndefined();
    expect(await socket.closed).toEqual(CLOSED);
  });

  it('has its open connections closed on every node, also while nothing happens', async ({ server, other }) => {
    const token = await server.token(['points:read']);
    const sockets = await Promise.all([server, other].map((node) => openSocket(node)));
    for (const socket of sockets) {
      expect(await socket.init(token)).toEqual({ type: 'connection_ack' });
      socket.subscribe('1', AllPointsChangedDocument);
    }
    await pause(server, token);
    for (const socket of sockets) {
      expect(await socket.closed).toEqual(CLOSED);
      expect(await socket.next()).toBeUndefined();
    }
  });
});
