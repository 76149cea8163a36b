import { describe, expect } from 'vitest';
import {
  AddPointsDocument,
  AllPointsChangedDocument,
  ChangePostAndAddPointsDocument,
  PointsDocument,
  TypenameDocument,
  ViewerKindDocument,
} from '../operations/generated.js';
import { hold } from '../support/held.js';
import { post } from '../support/http.js';
import { type IssuedToken, startServer, type TestServer } from '../support/server.js';
import { itWith } from '../support/server-fixture.js';
import { openSocket } from '../support/socket.js';

/** `server` trusts its peer, from which all tests come, to say who the client is; `direct` is a node that trusts nothing. */
const it = itWith({ TRUSTED_PROXIES: '127.0.0.1' }).extend(
  'direct',
  { scope: 'file' },
  async ({ server }, { onCleanup }) => {
    const direct = await startServer({ DATABASE_URL: server.database.url });
    onCleanup(() => direct.close());
    return direct;
  },
);

const INSIDE = { 'x-forwarded-for': '10.1.2.3' };
const OUTSIDE = { 'x-forwarded-for': '192.0.2.1' };
const NETWORKS = ['10.0.0.0/8', '2001:db8::/32'];
const NOT_ALLOWED = { code: 'FORBIDDEN', reason: 'NETWORK_NOT_ALLOWED' };

const tokenIn = (server: TestServer, networks: readonly string[] = NETWORKS) =>
  server.token(['users:read', 'points:read', 'points:add', 'posts:write'], undefined, { networks });
const move = (server: TestServer, { id }: IssuedToken, networks: string) =>
  server.database.query('update tokens set networks = $2::cidr[] where id = $1', [id, networks]);
const pointsOf = async (server: TestServer, { owner }: IssuedToken) =>
  (await server.send(await server.everything(), PointsDocument, { user: { id: owner.id } })).data.user.points;

describe('A token with networks', () => {
  it.for(['10.1.2.3', '::ffff:10.1.2.3', '::ffff:a01:203', '10.1.2.3:5000', '2001:DB8::1', '[2001:db8::1]:5000'])(
    'is accepted from %s',
    async (address, { server }) => {
      const token = await tokenIn(server);
      const { status, data } = await server.send(token, ViewerKindDocument, {}, { 'x-forwarded-for': address });
      expect([status, data]).toEqual([200, { viewer: { kind: 'APP' } }]);
    },
  );

  it.for(['192.0.2.1', '::ffff:192.0.2.1', '2001:db9::1', '10.1.2.3, 192.0.2.1', 'unknown'])(
    'is refused from %s before anything runs',
    async (address, { server }) => {
      const token = await tokenIn(server);
      const input = { user: { id: token.owner.id }, points: 1 };
      const response = await server.send(token, AddPointsDocument, { input }, { 'x-forwarded-for': address });
      expect(response.status).toBe(403);
      expect(response.data).toBeUndefined();
      expect(response.errors?.map(({ extensions }) => extensions)).toEqual([NOT_ALLOWED]);
      expect(response.headers.get('www-authenticate')).toBe('Bearer realm="scrip", error="insufficient_scope"');
      expect(await pointsOf(server, token)).toBe(0);
    },
  );

  it('is refused from elsewhere whatever it asks for, by POST and by GET', async ({ server }) => {
    const token = await tokenIn(server);
    for (const query of ['{ __typename }', '{', '{ nothing }', 'mutation { logIn(input: { username: 1 }) { x } }']) {
      const { status, errors } = await server.send(token, query, {}, OUTSIDE);
      expect([query, status, errors?.map(({ extensions }) => extensions)]).toEqual([query, 403, [NOT_ALLOWED]]);
    }
    const headers = { authorization: `Bearer ${token.secret}`, ...OUTSIDE };
    expect((await fetch(`${server.url}/graphql?query={__typename}`, { headers })).status).toBe(403);
  });

  it('is told first that it has ended', async ({ server }) => {
    const token = await tokenIn(server);
    await server.database.query('update tokens set revoked_at = now() where id = $1', [token.id]);
    const { status, errors } = await server.send(token, TypenameDocument, {}, OUTSIDE);
    expect([status, errors?.[0]?.extensions['reason']]).toEqual([401, 'TOKEN_REVOKED']);
  });

  it('is refused where a peer that is not trusted forwards, whatever its own address', async ({ server, direct }) => {
    const token = await tokenIn(server, ['0.0.0.0/0']);
    const free = await server.token(['users:read']);
    expect((await direct.send(token, TypenameDocument)).status).toBe(200);
    for (const headers of [INSIDE, { 'x-forwarded-for': '' }, { forwarded: 'for=10.1.2.3' }]) {
      const { status, errors } = await direct.send(token, TypenameDocument, {}, headers);
      expect([status, errors?.[0]?.extensions]).toEqual([403, NOT_ALLOWED]);
      expect((await direct.send(free, TypenameDocument, {}, headers)).status).toBe(200);
    }
    expect((await server.send(token, TypenameDocument, {}, { ...INSIDE, forwarded: 'for=10.1.2.3' })).status).toBe(200);
  });

  it('is decided by the networks that it has now, on a node that knew others', async ({ server }) => {
    const token = await tokenIn(server);
    const input = { user: { id: token.owner.id }, points: 1 };
    const query = (headers: Record<string, string>) => server.send(token, ViewerKindDocument, {}, headers);
    const change = (headers: Record<string, string>) => server.send(token, AddPointsDocument, { input }, headers);
    const answers = async () =>
      await Promise.all(
        [query(INSIDE), change(INSIDE), query(OUTSIDE), change(OUTSIDE)].map(async (sent) => (await sent).status),
      );
    expect(await answers()).toEqual([200, 200, 403, 403]);
    await move(server, token, '{192.0.2.0/24}');
    const narrowed = await change(INSIDE);
    expect([narrowed.status, narrowed.errors?.[0]?.extensions]).toEqual([403, NOT_ALLOWED]);
    expect(await answers()).toEqual([403, 403, 200, 200]);
    await move(server, token, '{10.1.0.0/16,192.0.2.1/32}');
    expect(await answers()).toEqual([200, 200, 200, 200]);
    expect(await pointsOf(server, token)).toBe(4);
  });

  it('changes nothing more once its networks no longer hold the address', async ({ server }) => {
    const token = await tokenIn(server);
    const { id } = await server.post(await server.user());
    const held = await hold(server, 'lock table entries in access exclusive mode');
    const variables = { post: id, user: { id: token.owner.id } };
    const sent = server.send(token, ChangePostAndAddPointsDocument, variables, INSIDE);
    await held.reached();
    await move(server, token, '{192.0.2.0/24}');
    await held.release();
    const { status, data, errors } = await sent;
    expect([status, data.next, data.last]).toEqual([200, null, null]);
    expect(data.first).not.toBeNull();
    expect(errors?.map(({ extensions }) => extensions)).toEqual(Array(2).fill({ ...NOT_ALLOWED, effect: 'NONE' }));
    expect(await pointsOf(server, token)).toBe(0);
  });
});

describe('A token with networks, over WebSocket', () => {
  const CLOSED = { code: 4401, reason: 'The token may not be used from this network address.' };

  it('is accepted from inside, and closes the connection with 4401 from outside', async ({ server }) => {
    const token = await tokenIn(server);
    const inside = await openSocket(server, { headers: INSIDE });
    expect(await inside.init(token)).toEqual({ type: 'connection_ack' });
    inside.subscribe('1', ViewerKindDocument);
    expect(await inside.next()).toMatchObject({ payload: { data: { viewer: { kind: 'APP' } } } });
    inside.socket.close();
    const outside = await openSocket(server, { headers: OUTSIDE });
    expect(await outside.init(token)).toBeUndefined();
    expect(await outside.closed).toEqual(CLOSED);
  });

  it('closes the connection where a peer that is not trusted forwards', async ({ server, direct }) => {
    const token = await tokenIn(server, ['0.0.0.0/0']);
    const socket = await openSocket(direct);
    expect(await socket.init(token)).toEqual({ type: 'connection_ack' });
    socket.socket.close();
    const forwarded = await openSocket(direct, { headers: { forwarded: 'for=10.1.2.3' } });
    expect(await forwarded.init(token)).toBeUndefined();
    expect(await forwarded.closed).toEqual(CLOSED);
  });

  it('closes an idle connection, and ends its subscription, when the networks change', async ({ server }) => {
    const token = await tokenIn(server);
    const socket = await openSocket(server, { headers: INSIDE });
    await socket.init(token);
    socket.subscribe('1', AllPointsChangedDocument);
    await move(server, token, '{192.0.2.0/24}');
    expect(await socket.closed).toEqual(CLOSED);
    expect(await socket.next()).toBeUndefined();
  });
});

describe('The log', () => {
  it('names the token that was refused for where it came from', async ({ server }) => {
    const token = await tokenIn(server);
    const { headers } = await post(
      server,
      { query: '{ __typename }' },
      { authorization: `Bearer ${token.secret}`, ...OUTSIDE },
    );
    const id = headers.get('x-request-id') ?? 'none';
    await expect
      .poll(() => server.log.find((line) => line.includes(id) && line.includes('request_completed')))
      .toContain(token.id);
  });
});
