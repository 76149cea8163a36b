import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { exchange, MEDIA_TYPES, post } from '../support/http.js';
import { type IssuedToken, startServer, type TestServer } from '../support/server.js';

const VIEWER = '{ viewer { kind } }';
const PUBLIC = '{ __typename }';
const ADD = `mutation ($username: String!) {
  addPoints(input: { user: { username: $username }, points: 1 }) { points }
}`;

let server: TestServer;
let token: IssuedToken;
beforeAll(async () => {
  server = await startServer();
  token = await server.token(['users:read']);
});
afterAll(async () => await server.close());

describe.each(MEDIA_TYPES)('A credential, for a client that takes %s,', (accept) => {
  const send = (query: string, headers: Record<string, string> = {}) => post(server, { query }, { accept, ...headers });

  it('is needed for what is not public: 401 UNAUTHENTICATED, and a challenge that names no error', async () => {
    const { status, headers, data, errors } = await send(VIEWER);
    expect(status).toBe(401);
    expect(errors).toMatchObject([{ extensions: { code: 'UNAUTHENTICATED', reason: 'TOKEN_MISSING' } }]);
    expect(data).toBeUndefined();
    expect(headers.get('www-authenticate')).toBe('Bearer realm="scrip"');
    expect(headers.get('content-type')).toBe(`${accept}; charset=utf-8`);
  });

  it('is not needed for what is public', async () => {
    const { status, headers, data } = await send(PUBLIC);
    expect({ status, data }).toEqual({ status: 200, data: { __typename: 'Query' } });
    expect(headers.get('www-authenticate')).toBeNull();
  });

  it.each([
    ['is empty', ''],
    ['has a tab behind the scheme', 'Bearer\tabc'],
    ['has a third word', 'Bearer abc def'],
    ['has a comma', 'Bearer abc,def'],
    ['has a scheme and no token', 'Bearer'],
    ['has a token and no scheme', 'abc'],
    ['has another scheme', 'Basic YTpi'],
    ['has what no token is made of', 'Bearer a"b'],
  ])('is malformed where the header %s: 400 BAD_AUTHORIZATION', async (_case, authorization) => {
    const { status, headers, data, errors } = await send(PUBLIC, { authorization });
    expect({ status, data }).toEqual({ status: 400, data: undefined });
    expect(errors).toMatchObject([{ extensions: { code: 'BAD_AUTHORIZATION' } }]);
    expect(headers.get('www-authenticate')).toBe('Bearer realm="scrip", error="invalid_request"');
    expect(headers.get('content-type')).toBe(`${accept}; charset=utf-8`);
  });

  it.each([
    ['is unknown', 'TOKEN_INVALID', async () => 'nothing-that-was-ever-issued'],
    [
      'was tampered with',
      'TOKEN_INVALID',
      async () => `${token.secret.slice(0, -1)}${token.secret.endsWith('a') ? 'b' : 'a'}`,
    ],
    ['was revoked', 'TOKEN_REVOKED', revokedSecret],
    ['belongs to a user who is gone', 'TOKEN_REVOKED', orphanedSecret],
  ])('that %s is refused, for public fields too: 401 %s', async (_case, reason, secret) => {
    const { status, headers, data, errors } = await send(PUBLIC, { authorization: `Bearer ${await secret()}` });
    expect({ status, data }).toEqual({ status: 401, data: undefined });
    expect(errors).toMatchObject([{ extensions: { code: 'UNAUTHENTICATED', reason } }]);
    expect(headers.get('www-authenticate')).toBe('Bearer realm="scrip", error="invalid_token"');
  });

  it.each([
    ['what needs a credential', VIEWER],
    ['what is public in part', '{ __typename viewer { kind } }'],
    ['what only its result makes public or not', '{ __typename users { nodes { points } } }'],
    ['what cannot be parsed', '{'],
    ['what does not fit the schema', '{ nothing }'],
    ['an operation that is not there', 'query A { __typename } query B { __typename }'],
  ])('that has expired is refused for %s: 401 TOKEN_EXPIRED, with how to renew it', async (_what, query) => {
    const { status, headers, data, errors } = await send(query, { authorization: `Bearer ${await expiredSecret()}` });
    expect({ status, data }).toEqual({ status: 401, data: undefined });
    expect(errors).toMatchObject([{ extensions: { code: 'UNAUTHENTICATED', reason: 'TOKEN_EXPIRED' } }]);
    expect(errors?.[0]?.message).toContain('renewSession');
    expect(headers.get('www-authenticate')).toBe('Bearer realm="scrip", error="invalid_token"');
  });

  it('that has expired does not block what needs none', async () => {
    const authorization = `Bearer ${await expiredSecret()}`;
    expect((await send(PUBLIC, { authorization })).data).toEqual({ __typename: 'Query' });
    const { refreshToken, user } = await server.session();
    const renewal = `mutation { renewSession(input: { refreshToken: "${refreshToken}" }) { user { username } } }`;
    const renewed = await send(renewal, { authorization });
    expect(renewed.data).toEqual({ renewSession: { user: { username: user.username } } });
  });

  it('that has expired gives no rights: a public mutation that selects more is refused, and nothing ran', async () => {
    const authorization = `Bearer ${await expiredSecret()}`;
    const { refreshToken } = await server.session();
    const renew = (selection: string) =>
      send(`mutation { renewSession(input: { refreshToken: "${refreshToken}" }) { ${selection} } }`, { authorization });
    expect((await renew('user { points }')).status).toBe(401);
    expect((await renew('expiresIn')).data).toMatchObject({ renewSession: { expiresIn: 300 } });
  });

  it('without the scope is denied: 403 FORBIDDEN, with every scope that the operation requires', async () => {
    const { status, headers, data, errors } = await send('{ posts { totalCount } leaderboard { totalCount } }', {
      authorization: `Bearer ${token.secret}`,
    });
    expect({ status, data }).toEqual({ status: 403, data: undefined });
    expect(errors?.map(({ extensions }) => extensions)).toEqual([
      {
        code: 'FORBIDDEN',
        coordinate: 'Query.posts',
        requiredScopes: ['POSTS_READ'],
        missingScopes: ['POSTS_READ'],
      },
      {
        code: 'FORBIDDEN',
        coordinate: 'Query.leaderboard',
        requiredScopes: ['USERS_READ', 'POINTS_READ'],
        missingScopes: ['POINTS_READ'],
      },
    ]);
    expect(headers.get('www-authenticate')).toBe(
      'Bearer realm="scrip", error="insufficient_scope", scope="users:read posts:read points:read"',
    );
  });

  it.each(['bearer', 'BEARER', 'Bearer ', 'Bearer   '])('may be sent with the scheme "%s"', async (scheme) => {
    const { status, data } = await send(VIEWER, { authorization: `${scheme} ${token.secret}` });
    expect({ status, data }).toEqual({ status: 200, data: { viewer: { kind: 'APP' } } });
  });
});

describe('A credential', () => {
  it('comes in one header: two are refused, whichever of them is good', async () => {
    const body = JSON.stringify({ query: PUBLIC });
    const answer = await exchange(
      server,
      [
        'POST /graphql HTTP/1.1',
        'host: scrip',
        'connection: close',
        'content-type: application/json',
        `content-length: ${body.length}`,
        `Authorization: Bearer ${token.secret}`,
        `authorization: Bearer ${token.secret}`,
      ],
      body,
    );
    expect(answer).toMatch(/^HTTP\/1\.1 400 /);
    expect(answer).toContain('www-authenticate: Bearer realm="scrip", error="invalid_request"');
    expect(answer).toContain('BAD_AUTHORIZATION');
  });

  it.each([
    ['counts', 200, []],
    ['is refused beside another one', 400, ['authorization: Bearer nonsense']],
  ])('that comes as the 2,501st header %s', async (_what, status, first) => {
    const body = JSON.stringify({ query: VIEWER });
    const answer = await exchange(
      server,
      [
        'POST /graphql HTTP/1.1',
        'host: scrip',
        'connection: close',
        'content-type: application/json',
        `content-length: ${body.length}`,
        ...first,
        ...Array.from({ length: 2_500 }, () => 'a: b'),
        `authorization: Bearer ${token.secret}`,
      ],
      body,
    );
    expect(answer).toMatch(new RegExp(`^HTTP/1.1 ${status} `));
  });

  it('is nothing that stands in a cookie or in the query string', async () => {
    const response = await fetch(`${server.url}/graphql?access_token=${token.secret}&token=${token.secret}`, {
      method: 'POST',
      headers: {
        'content-type': 'application/json',
        cookie: `authorization=Bearer ${token.secret}; token=${token.secret}`,
      },
      body: JSON.stringify({ query: VIEWER }),
    });
    expect(response.status).toBe(401);
  });

  it('is refused before the operation is looked at', async () => {
    const { status, errors } = await post(server, { query: '{' }, { authorization: 'Bearer unknown' });
    expect(status).toBe(401);
    expect(errors).toMatchObject([{ extensions: { reason: 'TOKEN_INVALID' } }]);
  });

  it('that is denied leaves no trace: nothing of the operation ran', async () => {
    const user = await server.user();
    const { status } = await server.send(token, ADD, { username: user.username });
    expect(status).toBe(403);
    expect(await server.database.query('select 1 from entries where user_id = $1', [user.id])).toEqual([]);
  });
});

async function revokedSecret(): Promise<string> {
  const { id, secret } = await server.token(['users:read']);
  await server.database.query('update tokens set revoked_at = now() where id = $1', [id]);
  return secret;
}

async function expiredSecret(): Promise<string> {
  const { id, secret } = await server.token(['users:read']);
  await server.database.query(`update tokens set expires_at = now() - interval '1 second' where id = $1`, [id]);
  return secret;
}

async function orphanedSecret(): Promise<string> {
  const { owner, secret } = await server.token(['users:read']);
  const admin = await server.token(['users:write']);
  await server.send(admin, 'mutation ($id: ID!) { deleteUser(input: { user: { id: $id } }) { deletedUserId } }', {
    id: owner.id,
  });
  return secret;
}
