import { print } from 'graphql';
import { describe, expect } from 'vitest';
import { AddPointsDocument, DeleteUserDocument, RenewSessionDocument } from '../operations/generated.js';
import { it } from '../support/fixtures.js';
import { exchange, MEDIA_TYPES, post } from '../support/http.js';
import type { IssuedToken, TestServer } from '../support/server.js';

const VIEWER = '{ viewer { kind } }';
const PUBLIC = '{ __typename }';

let token: IssuedToken;
it.beforeAll(async ({ server }) => {
  token = await server.token(['users:read']);
});

describe.each(MEDIA_TYPES)('A credential, for a client that takes %s,', (accept) => {
  const send = (server: TestServer, query: string, headers: Record<string, string> = {}) =>
    post(server, { query }, { accept, ...headers });

  it('is required for fields that are not public: 401 UNAUTHENTICATED, and a challenge without an error', async ({
    server,
  }) => {
    const { status, headers, data, errors } = await send(server, VIEWER);
    expect(status).toBe(401);
    expect(errors).toMatchObject([{ extensions: { code: 'UNAUTHENTICATED', reason: 'TOKEN_MISSING' } }]);
    expect(data).toBeUndefined();
    expect(headers.get('www-authenticate')).toBe('Bearer realm="scrip"');
    expect(headers.get('content-type')).toBe(`${accept}; charset=utf-8`);
  });

  it('is not required for public fields', async ({ server }) => {
    const { status, headers, data } = await send(server, PUBLIC);
    expect({ status, data }).toEqual({ status: 200, data: { __typename: 'Query' } });
    expect(headers.get('www-authenticate')).toBeNull();
  });

  it.for<[header: string, authorization: string]>([
    ['is empty', ''],
    ['has a tab after the scheme', 'Bearer\tabc'],
    ['has a third word', 'Bearer abc def'],
    ['has a comma', 'Bearer abc,def'],
    ['has a scheme and no token', 'Bearer'],
    ['has a token and no scheme', 'abc'],
    ['has another scheme', 'Basic YTpi'],
    ['has a character that no token can have', 'Bearer a"b'],
  ])('is malformed where the header %s: 400 BAD_AUTHORIZATION', async ([_header, authorization], { server }) => {
    const { status, headers, data, errors } = await send(server, PUBLIC, { authorization });
    expect({ status, data }).toEqual({ status: 400, data: undefined });
    expect(errors).toMatchObject([{ extensions: { code: 'BAD_AUTHORIZATION' } }]);
    expect(headers.get('www-authenticate')).toBe('Bearer realm="scrip", error="invalid_request"');
    expect(headers.get('content-type')).toBe(`${accept}; charset=utf-8`);
  });

  it.for<[what: string, reason: string, secretOn: (server: TestServer) => Promise<string>]>([
    ['is unknown', 'TOKEN_INVALID', async () => 'nothing-that-was-ever-issued'],
    [
      'was tampered with',
      'TOKEN_INVALID',
      async () => `${token.secret.slice(0, -1)}${token.secret.endsWith('a') ? 'b' : 'a'}`,
    ],
    ['was revoked', 'TOKEN_REVOKED', revokedSecret],
    ['belongs to a deleted user', 'TOKEN_REVOKED', orphanedSecret],
  ])('that %s is refused, for public fields too: 401 %s', async ([_case, reason, secretOn], { server }) => {
    const { status, headers, data, errors } = await send(server, PUBLIC, {
      authorization: `Bearer ${await secretOn(server)}`,
    });
    expect({ status, data }).toEqual({ status: 401, data: undefined });
    expect(errors).toMatchObject([{ extensions: { code: 'UNAUTHENTICATED', reason } }]);
    expect(headers.get('www-authenticate')).toBe('Bearer realm="scrip", error="invalid_token"');
  });

  it.for<[what: string, query: string]>([
    ['a field that requires a credential', VIEWER],
    ['an operation that is public in part', '{ __typename viewer { kind } }'],
    ['an operation whose result decides whether it is denied', '{ __typename users { nodes { points } } }'],
    ['a document that cannot be parsed', '{'],
    ['a document that does not fit the schema', '{ nothing }'],
    ['several operations and no operationName', 'query A { __typename } query B { __typename }'],
  ])(
    'that has expired is refused for %s: 401 TOKEN_EXPIRED, with how to renew it',
    async ([_what, query], { server }) => {
      const { status, headers, data, errors } = await send(server, query, {
        authorization: `Bearer ${await expiredSecret(server)}`,
      });
      expect({ status, data }).toEqual({ status: 401, data: undefined });
      expect(errors).toMatchObject([{ extensions: { code: 'UNAUTHENTICATED', reason: 'TOKEN_EXPIRED' } }]);
      expect(errors?.[0]?.message).toContain('renewSession');
      expect(headers.get('www-authenticate')).toBe('Bearer realm="scrip", error="invalid_token"');
    },
  );

  it('that has expired is ignored for public operations', async ({ server }) => {
    const authorization = `Bearer ${await expiredSecret(server)}`;
    expect((await send(server, PUBLIC, { authorization })).data).toEqual({ __typename: 'Query' });
    const { refreshToken, user } = await server.session();
    const renewal = { query: print(RenewSessionDocument), variables: { refreshToken } };
    const { data } = await post(server, renewal, { accept, authorization });
    expect(data.renewSession.user.username).toBe(user.username);
  });

  it('that has expired gives no rights: a public mutation that selects more is denied, and nothing runs', async ({
    server,
  }) => {
    const authorization = `Bearer ${await expiredSecret(server)}`;
    const { refreshToken } = await server.session();
    const renew = (selection: string) =>
      send(server, `mutation { renewSession(input: { refreshToken: "${refreshToken}" }) { ${selection} } }`, {
        authorization,
      });
    expect((await renew('user { points }')).status).toBe(401);
    expect((await renew('expiresIn')).data).toMatchObject({ renewSession: { expiresIn: 300 } });
  });

  it('without a required scope is denied: 403 FORBIDDEN, with every scope that the operation requires', async ({
    server,
  }) => {
    const { status, headers, data, errors } = await send(
      server,
      '{ posts { totalCount } leaderboard { totalCount } }',
      {
        authorization: `Bearer ${token.secret}`,
      },
    );
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

  it.for(['bearer', 'BEARER', 'Bearer ', 'Bearer   '])(
    'may be sent with the scheme "%s"',
    async (scheme, { server }) => {
      const { status, data } = await send(server, VIEWER, { authorization: `${scheme} ${token.secret}` });
      expect({ status, data }).toEqual({ status: 200, data: { viewer: { kind: 'APP' } } });
    },
  );
});

describe('A credential', () => {
  it('is refused where two headers have it: 400 BAD_AUTHORIZATION', async ({ server }) => {
    const body = JSON.stringify({ query: PUBLIC });
    const response = await exchange(
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
    expect(response).toMatch(/^HTTP\/1\.1 400 /);
    expect(response).toContain('www-authenticate: Bearer realm="scrip", error="invalid_request"');
    expect(response).toContain('BAD_AUTHORIZATION');
  });

  it.for<[what: string, status: number, first: string[]]>([
    ['is verified', 200, []],
    ['is refused beside another one', 400, ['authorization: Bearer nonsense']],
  ])('in the 2,501st header %s', async ([_what, status, first], { server }) => {
    const body = JSON.stringify({ query: VIEWER });
    const response = await exchange(
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
    expect(response).toMatch(new RegExp(`^HTTP/1.1 ${status} `));
  });

  it('is not read from a cookie or from the query string', async ({ server }) => {
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

  it('is verified before the operation is parsed', async ({ server }) => {
    const { status, errors } = await post(server, { query: '{' }, { authorization: 'Bearer unknown' });
    expect(status).toBe(401);
    expect(errors).toMatchObject([{ extensions: { reason: 'TOKEN_INVALID' } }]);
  });

  it('without a required scope has no effect: nothing of the operation runs', async ({ server }) => {
    const user = await server.user();
    const input = { user: { id: user.id }, points: 1 };
    const { status } = await server.send(token, AddPointsDocument, { input });
    expect(status).toBe(403);
    expect(await server.database.query('select 1 from entries where user_id = $1', [user.id])).toEqual([]);
  });
});

async function revokedSecret(server: TestServer): Promise<string> {
  const { id, secret } = await server.token(['users:read']);
  await server.database.query('update tokens set revoked_at = now() where id = $1', [id]);
  return secret;
}

async function expiredSecret(server: TestServer): Promise<string> {
  const { id, secret } = await server.token(['users:read']);
  await server.database.query(`update tokens set expires_at = now() - interval '1 second' where id = $1`, [id]);
  return secret;
}

async function orphanedSecret(server: TestServer): Promise<string> {
  const { owner, secret } = await server.token(['users:read']);
  const admin = await server.token(['users:write']);
  await server.send(admin, DeleteUserDocument, { user: { id: owner.id } });
  return secret;
}
