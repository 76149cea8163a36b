import { describe, expect } from 'vitest';
import {
  AddPointsDocument,
  DeleteUserDocument,
  PointsChangedDocument,
  PointsDocument,
  RotateTokenDocument,
  TypenameDocument,
  ViewerKindDocument,
} from '../operations/generated.js';
import { post } from '../support/http.js';
import type { IssuedToken, TestResponse, TestServer } from '../support/server.js';
import { itOnTwoNodes } from '../support/server-fixture.js';
import { openSocket } from '../support/socket.js';

const it = itOnTwoNodes();

/**
 * Issues a token whose minute does not end: that of its count is a day ahead, and the clock of the database behind it, as
 * after it was set back.
 */
async function limitedToken(server: TestServer, requestsPerMinute: number): Promise<IssuedToken> {
  const scopes = ['users:read', 'points:read', 'points:add'] as const;
  const token = await server.token(scopes, undefined, { limits: { requestsPerMinute } });
  await stopMinute(server, token);
  return token;
}

const stopMinute = ({ database }: TestServer, { id }: IssuedToken) =>
  database.query(
    `insert into token_requests (root_id, minute, requests)
     values ($1, date_trunc('minute', now()) + interval '1 day', 0)`,
    [id],
  );
const counted = async ({ database }: TestServer, { id }: IssuedToken) =>
  (await database.query('select requests from token_requests where root_id = $1', [id]))[0]?.['requests'];
const limit = ({ database }: TestServer, { id }: IssuedToken, requestsPerMinute: number | null) =>
  database.query('update tokens set requests_per_minute = $2 where id = $1', [id, requestsPerMinute]);

const fields = ({ headers }: Pick<TestResponse, 'headers'>) => [
  headers.get('ratelimit-policy'),
  headers.get('ratelimit'),
];
const left = (requestsPerMinute: number, remaining: number) => [
  `"token";q=${requestsPerMinute};w=60`,
  `"token";r=${remaining};t=60`,
];
const statusesOf = async (responses: readonly Promise<{ status: number }>[]) =>
  (await Promise.all(responses)).map(({ status }) => status).toSorted();

describe('A token with a limit of requests', () => {
  it('sends exactly as many in a minute, however many at once to two nodes', async ({ server, other }) => {
    const token = await limitedToken(server, 50);
    const another = await limitedToken(server, 3);
    const asked = [server, other].flatMap((node) =>
      Array.from({ length: 60 }, () => node.send(token, ViewerKindDocument)),
    );
    const askedToo = [server, other].flatMap((node) =>
      Array.from({ length: 10 }, () => node.send(another, ViewerKindDocument)),
    );
    expect(await statusesOf(asked)).toEqual([...Array(50).fill(200), ...Array(70).fill(429)]);
    expect(await statusesOf(askedToo)).toEqual([...Array(3).fill(200), ...Array(17).fill(429)]);
    const told = (await Promise.all(asked))
      .filter(({ status }) => status === 200)
      .map((response) => fields(response)[1]);
    expect(new Set(told)).toEqual(new Set(Array.from({ length: 50 }, (_, remaining) => left(50, remaining)[1])));
    expect([await counted(server, token), await counted(server, another)]).toEqual([50, 3]);
  });

  it('is told when the next minute begins, and may send again then', async ({ server }) => {
    const token = await limitedToken(server, 1);
    const variables = { input: { user: { id: token.owner.id }, points: 1 } };
    expect((await server.send(token, AddPointsDocument, variables)).status).toBe(200);
    const refused = await server.send(token, AddPointsDocument, variables);
    expect([refused.status, refused.data, ...fields(refused)]).toEqual([429, undefined, ...left(1, 0)]);
    expect(refused.errors?.map(({ extensions }) => extensions)).toEqual([
      { code: 'RATE_LIMITED', retryAfterSeconds: 60 },
    ]);
    expect(refused.headers.get('retry-after')).toBe('60');
    await server.database.query(
      `update token_requests set minute = date_trunc('minute', now()) - interval '1 minute' where root_id = $1`,
      [token.id],
    );
    expect((await server.send(token, PointsDocument, { user: { id: token.owner.id } })).data.user.points).toBe(1);
  });

  it('has every operation counted, whatever comes of it', async ({ server }) => {
    const token = await limitedToken(server, 7);
    const authorization = `Bearer ${token.secret}`;
    const answers = [
      await server.send(token, ViewerKindDocument),
      await server.send(token, TypenameDocument),
      await server.send(token, '{'),
      await server.send(token, DeleteUserDocument, { user: { id: token.owner.id } }),
      await post(server, '{', { authorization }), // no JSON
      await post(server, [], { authorization }), // a batch
      await server.send(token, AddPointsDocument, { input: { user: { username: 'missing' }, points: 1 } }),
      await post(server, '{', { authorization }),
      await server.send(token, '{'),
    ];
    expect(answers.map(({ status }) => status)).toEqual([200, 200, 400, 403, 400, 400, 200, 429, 429]);
    expect(answers.map(fields)).toEqual([6, 5, 4, 3, 2, 1, 0, 0, 0].map((remaining) => left(7, remaining)));
  });

  it('has a request counted that is refused for where it came from', async ({ server }) => {
    const token = await server.token(['users:read'], undefined, {
      limits: { requestsPerMinute: 1 },
      networks: ['192.0.2.0/24'],
    });
    await stopMinute(server, token);
    const outside = await server.send(token, ViewerKindDocument);
    expect([outside.status, ...fields(outside)]).toEqual([403, ...left(1, 0)]);
    expect((await server.send(token, ViewerKindDocument)).status).toBe(429);
  });

  it('is told that it has ended, and nothing is counted then', async ({ server }) => {
    const token = await limitedToken(server, 1);
    expect((await server.send(token, ViewerKindDocument)).status).toBe(200);
    await server.database.query('update tokens set revoked_at = now() where id = $1', [token.id]);
    const refused = await server.send(token, ViewerKindDocument);
    expect([refused.status, ...fields(refused)]).toEqual([401, null, null]);
  });

  it('shares its count with the token that it is rotated to', async ({ server, other }) => {
    const token = await limitedToken(server, 3);
    expect((await server.send(token, ViewerKindDocument)).status).toBe(200);
    const rotated = await server.send(await server.everything(), RotateTokenDocument, {
      id: token.id,
      overlapSeconds: 60,
    });
    const { secret } = rotated.data.rotateToken;
    expect(fields(await other.send(secret, ViewerKindDocument))).toEqual(left(3, 1));
    expect(fields(await server.send(token, ViewerKindDocument))).toEqual(left(3, 0));
    expect((await server.send(secret, ViewerKindDocument)).status).toBe(429);
  });

  it('sends nothing while requests cannot be counted', async ({ server }) => {
    const token = await limitedToken(server, 5);
    const variables = { input: { user: { id: token.owner.id }, points: 1 } };
    await server.database.query('alter table token_requests rename to token_requests_away');
    const refused = await server.send(token, AddPointsDocument, variables);
    await server.database.query('alter table token_requests_away rename to token_requests');
    expect([refused.status, refused.data]).toEqual([503, undefined]);
    expect(refused.errors?.map(({ extensions }) => extensions)).toMatchObject([
      { code: 'UNAVAILABLE', retryAfterSeconds: 1, effect: 'NONE' },
    ]);
    const { data } = await server.send(token, PointsDocument, { user: { id: token.owner.id } });
    expect(data.user.points).toBe(0);
  });
});

describe('A token whose limit of requests changes', () => {
  it('is counted from the next request on, by a node that knew it without', async ({ server }) => {
    const token = await server.token(['users:read', 'points:add', 'points:read']);
    const variables = { input: { user: { id: token.owner.id }, points: 1 } };
    const add = () => server.send(token, AddPointsDocument, variables);
    for (let sent = 0; sent < 3; sent++) expect(fields(await add())).toEqual([null, null]);
    expect(await counted(server, token)).toBeUndefined();
    await stopMinute(server, token);
    await limit(server, token, 2);
    expect(fields(await add())).toEqual(left(2, 1));
    expect(fields(await server.send(token, ViewerKindDocument))).toEqual(left(2, 0));
    expect((await add()).status).toBe(429);
    await limit(server, token, 3);
    expect(fields(await server.send(token, ViewerKindDocument))).toEqual(left(3, 0));
    await limit(server, token, 1);
    expect(fields(await add())).toEqual(left(1, 0));
    await limit(server, token, null);
    const { data } = await server.send(token, PointsDocument, { user: { id: token.owner.id } });
    expect(data.user.points).toBe(4);
    expect(fields(await add())).toEqual([null, null]);
  });
});

describe('A token with a limit of requests, over WebSocket', () => {
  it('has each operation counted, a subscription once, and is told when to send again', async ({ server }) => {
    const token = await limitedToken(server, 3);
    const socket = await openSocket(server);
    expect(await socket.init(token)).toEqual({ type: 'connection_ack' });
    socket.subscribe('1', PointsChangedDocument, { user: { id: token.owner.id }, after: 0 });
    await expect.poll(() => counted(server, token)).toBe(1);
    socket.subscribe('2', '{');
    expect(await socket.next()).toMatchObject({ type: 'error', id: '2' });
    const input = { user: { id: token.owner.id }, points: 1 };
    for (const sequence of [1, 2]) {
      expect((await server.send(await server.everything(), AddPointsDocument, { input })).status).toBe(200);
      expect(await socket.next()).toMatchObject({ id: '1', payload: { data: { pointsChanged: { sequence } } } });
    }
    socket.subscribe('3', ViewerKindDocument);
    expect(await socket.rest()).toMatchObject([
      { type: 'next', id: '3' },
      { type: 'complete', id: '3' },
    ]);
    socket.subscribe('4', ViewerKindDocument);
    expect(await socket.next()).toMatchObject({
      type: 'error',
      id: '4',
      payload: [{ extensions: { code: 'RATE_LIMITED', retryAfterSeconds: 60 } }],
    });
    expect(await counted(server, token)).toBe(3);
    socket.socket.close();
  });
});
