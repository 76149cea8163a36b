import { print } from 'graphql';
import { describe, expect } from 'vitest';
import {
  LogInDocument,
  LogOutDocument,
  SignUpDocument,
  TypenameDocument,
  ViewerKindDocument,
} from '../operations/generated.js';
import { it } from '../support/fixtures.js';
import { exchange, get, post } from '../support/http.js';
import type { IssuedToken, TestResponse, TestServer } from '../support/server.js';
import { itWith } from '../support/server-fixture.js';

const VIEWER = print(ViewerKindDocument);
/** Without its input, which the schema requires. */
const LOG_IN = 'mutation { logIn { accessToken user { username } } }';
const password = 'correct: horse battery – ünïcode';
const basic = (text: string | Buffer) => ({ authorization: `Basic ${Buffer.from(text).toString('base64')}` });

const viewer = (server: TestServer, headers: Record<string, string>) =>
  server.send(undefined, ViewerKindDocument, {}, headers);
const INVALID_REQUEST = 'Bearer realm="scrip", error="invalid_request"';
function expectMalformed({ status, data, errors, headers }: TestResponse) {
  expect({ status, data }).toEqual({ status: 400, data: undefined });
  expect(errors).toMatchObject([{ extensions: { code: 'BAD_AUTHORIZATION' } }]);
  expect(headers.get('www-authenticate')).toBe(INVALID_REQUEST);
}

describe('A credential that is not sent as Bearer, by default,', () => {
  let token: IssuedToken;
  it.beforeAll(async ({ server }) => {
    token = await server.token(['users:read']);
  });

  it('is ignored in the header api-token', async ({ server }) => {
    expect((await viewer(server, { 'api-token': token.secret })).status).toBe(401);
    const anonymous = await server.send(undefined, TypenameDocument, {}, { 'api-token': 'made up' });
    expect(anonymous.status).toBe(200);
    const both = await viewer(server, { 'api-token': 'made up', authorization: `Bearer ${token.secret}` });
    expect(both.data).toEqual({ viewer: { kind: 'APP' } });
  });

  it('is malformed with the schemes JWT and Basic', async ({ server }) => {
    expectMalformed(await viewer(server, { authorization: `JWT ${token.secret}` }));
    await server.send(undefined, SignUpDocument, { username: 'bea', password });
    expectMalformed(await post(server, { query: LOG_IN }, basic(`bea:${password}`)));
  });

  it('does not make the input of logIn optional', async ({ server }) => {
    const { status, errors } = await post(server, { query: LOG_IN });
    expect({ status, code: errors?.[0]?.extensions['code'] }).toEqual({
      status: 200,
      code: 'GRAPHQL_VALIDATION_FAILED',
    });
  });

  it('is ignored in a cookie and in a query string', async ({ server }) => {
    expect((await viewer(server, { cookie: `token=${token.secret}; access_token=${token.secret}` })).status).toBe(401);
    const { secret } = token;
    expect((await get(server, { query: VIEWER, token: secret, access_token: secret })).status).toBe(401);
  });
});

const itElsewhere = itWith({ AUTH_HEADER_API_TOKEN: 'on', CORS_ORIGINS: 'https://app.example' });

describe('The header api-token, where it is on,', () => {
  const it = itElsewhere;
  let token: IssuedToken;
  it.beforeAll(async ({ server }) => {
    token = await server.token(['users:read']);
  });

  it('takes an app token and an access token, as Bearer does', async ({ server }) => {
    expect((await viewer(server, { 'api-token': token.secret })).data).toEqual({ viewer: { kind: 'APP' } });
    const session = await server.session();
    expect((await viewer(server, { 'api-token': session.secret })).data).toEqual({ viewer: { kind: 'USER' } });
    await server.send(undefined, LogOutDocument, {}, { 'api-token': session.secret });
    const { status, errors } = await viewer(server, { 'api-token': session.secret });
    expect({ status, reason: errors?.[0]?.extensions['reason'] }).toEqual({ status: 401, reason: 'TOKEN_REVOKED' });
    expect((await viewer(server, { authorization: `Bearer ${token.secret}` })).data).toEqual({
      viewer: { kind: 'APP' },
    });
  });

  it.for(['', 'a b', 'Bearer abc', 'a,b', 'a"b'])('is malformed when it holds %j', async (value, { server }) => {
    expectMalformed(await server.send(undefined, TypenameDocument, {}, { 'api-token': value }));
  });

  it('is malformed beside Authorization, and when it is sent twice', async ({ server }) => {
    expectMalformed(await viewer(server, { 'api-token': token.secret, authorization: `Bearer ${token.secret}` }));
    const body = JSON.stringify({ query: VIEWER });
    const line = `api-token: ${token.secret}`;
    const response = await exchange(
      server,
      [
        'POST /graphql HTTP/1.1',
        'host: x',
        line,
        line,
        'content-type: application/json',
        `content-length: ${body.length}`,
        'connection: close',
      ],
      body,
    );
    expect(response).toMatch(/^HTTP\/1\.1 400 /);
    expect(response).toContain('BAD_AUTHORIZATION');
  });

  it('may be sent by the pages of a permitted origin', async ({ server }) => {
    const { headers } = await fetch(`${server.url}/graphql`, {
      method: 'OPTIONS',
      headers: {
        origin: 'https://app.example',
        'access-control-request-method': 'POST',
        'access-control-request-headers': 'api-token,content-type',
      },
    });
    expect(headers.get('access-control-allow-headers')).toBe('api-token,content-type');
  });
});

const itWithSchemeJwt = itWith({ AUTH_SCHEME_JWT: 'on' });

describe('The scheme JWT, where it is on,', () => {
  itWithSchemeJwt('behaves as Bearer', async ({ server }) => {
    const session = await server.session();
    const send = (authorization: string) => viewer(server, { authorization });
    for (const scheme of ['JWT', 'jwt ', 'Bearer']) {
      expect((await send(`${scheme} ${session.secret}`)).data).toEqual({ viewer: { kind: 'USER' } });
    }
    for (const header of ['JWT', 'JWT a b', `JWT Bearer ${session.secret}`, 'JWT\tabc', basic('a:b').authorization]) {
      expectMalformed(await send(header));
    }
    expect((await send('JWT made-up')).headers.get('www-authenticate')).toBe(
      'Bearer realm="scrip", error="invalid_token"',
    );
  });
});

const itElsewhere2 = itWith({ AUTH_BASIC_LOGIN: 'on' });

describe('HTTP Basic on logIn, where it is on,', () => {
  const it = itElsewhere2;
  it.beforeAll(async ({ server }) => {
    await server.send(undefined, SignUpDocument, { username: 'Bea', password });
  });
  const send = (server: TestServer, headers: Record<string, string>, query = LOG_IN) =>
    post(server, { query }, headers);

  it('logs in without an input, by a password that may hold colons and is read as UTF-8', async ({ server }) => {
    const { errors, data } = await send(server, basic(`bea:${password}`));
    expect(errors).toBeUndefined();
    expect(data.logIn.user.username).toBe('Bea');
    expect((await server.send(data.logIn.accessToken, ViewerKindDocument)).data.viewer.kind).toBe('USER');
    expect(
      (await send(server, basic(`bea:${password}`), 'mutation { in: logIn { expiresIn } }')).data.in.expiresIn,
    ).toBe(300);
  });

  it('refuses a wrong password as in the input, and counts it as a failure', async ({ server }) => {
    await server.send(undefined, SignUpDocument, { username: 'Eva', password });
    for (let time = 0; time < 5; time++) {
      const { status, headers, errors } = await send(server, basic('eva:wrong horse'));
      expect({ status, code: errors?.[0]?.extensions['code'] }).toEqual({ status: 200, code: 'INVALID_CREDENTIALS' });
      expect(headers.get('www-authenticate')).toBeNull();
    }
    const [row] = await server.database.query(`select points from throttles where key like 'log-in:%'`);
    expect(row).toEqual({ points: 5 });
  });

  it('leaves the input possible, and one of the two is required', async ({ server }) => {
    const byInput = (tried: string) => server.send(undefined, LogInDocument, { username: 'bea', password: tried });
    expect((await byInput(password)).data.logIn.user.username).toBe('Bea');
    expect((await byInput('wrong horse')).errors?.[0]?.extensions['code']).toBe('INVALID_CREDENTIALS');
    expect((await send(server, {})).errors?.[0]?.extensions).toMatchObject({ code: 'BAD_USER_INPUT', field: 'input' });
  });

  it.for([
    ['another operation', VIEWER],
    ['a public operation', '{ __typename }'],
    ['logIn with an input as well', 'mutation { logIn(input: { username: "a", password: "b" }) { expiresIn } }'],
    ['logIn beside another field', `mutation { logIn { expiresIn } logOut { user { id } } }`],
    ['logIn twice', 'mutation { a: logIn { expiresIn } b: logIn { expiresIn } }'],
  ] as const)('is malformed on %s, and nothing runs', async ([_what, query], { server }) => {
    expectMalformed(await send(server, basic(`bea:${password}`), query));
  });

  it.for([
    ['without a colon', basic('bea')],
    ['that is not UTF-8', basic(Buffer.from([0x61, 0x3a, 0xff]))],
    ['that is not base64', { authorization: 'Basic a:b' }],
    ['that is empty', { authorization: 'Basic ' }],
    ['with a word after it', { authorization: `${basic('a:b').authorization} c` }],
  ] as const)('is malformed with a value %s', async ([_what, headers], { server }) => {
    expectMalformed(await send(server, headers));
  });
});
