import { print } from 'graphql';
import { describe, expect } from 'vitest';
import { LogOutDocument, SignUpDocument } from '../operations/generated.js';
import { it } from '../support/fixtures.js';
import { exchange, get, post } from '../support/http.js';
import { type IssuedToken, startServer, type TestServer } from '../support/server.js';
import { itWith } from '../support/server-fixture.js';

const VIEWER = '{ viewer { kind } }';
const LOG_IN = 'mutation { logIn { accessToken user { username } } }';
const password = 'correct: horse battery – ünïcode';
const basic = (text: string | Buffer) => ({ authorization: `Basic ${Buffer.from(text).toString('base64')}` });

const INVALID_REQUEST = 'Bearer realm="scrip", error="invalid_request"';
type Answered = Awaited<ReturnType<typeof post>>;
function expectMalformed({ status, data, errors, headers }: Answered) {
  expect({ status, data }).toEqual({ status: 400, data: undefined });
  expect(errors).toMatchObject([{ extensions: { code: 'BAD_AUTHORIZATION' } }]);
  expect(headers.get('www-authenticate')).toBe(INVALID_REQUEST);
}

describe('A credential that is not sent as Bearer, where nothing else is switched on,', () => {
  let token: IssuedToken;
  it.beforeAll(async ({ server }) => {
    token = await server.token(['users:read']);
  });
  const send = (server: TestServer, headers: Record<string, string>, query = VIEWER) =>
    post(server, { query }, headers);

  it('means nothing in the header api-token, whatever else is sent', async ({ server }) => {
    expect((await send(server, { 'api-token': token.secret })).status).toBe(401);
    expect((await send(server, { 'api-token': 'made up' }, '{ __typename }')).status).toBe(200);
    const both = await send(server, { 'api-token': 'made up', authorization: `Bearer ${token.secret}` });
    expect(both.data).toEqual({ viewer: { kind: 'APP' } });
  });

  it('is malformed with the schemes JWT and Basic', async ({ server }) => {
    expectMalformed(await send(server, { authorization: `JWT ${token.secret}` }));
    await post(server, { query: print(SignUpDocument), variables: { username: 'bea', password } });
    expectMalformed(await send(server, basic(`bea:${password}`), LOG_IN));
  });

  it('leaves logIn its input', async ({ server }) => {
    const { status, errors } = await send(server, {}, LOG_IN);
    expect({ status, code: errors?.[0]?.extensions['code'] }).toEqual({
      status: 200,
      code: 'GRAPHQL_VALIDATION_FAILED',
    });
  });

  it('is nothing in a cookie or a query string', async ({ server }) => {
    expect((await send(server, { cookie: `token=${token.secret}; access_token=${token.secret}` })).status).toBe(401);
    const { secret } = token;
    expect((await get(server, { query: VIEWER, token: secret, access_token: secret })).status).toBe(401);
  });
});

const itElsewhere = itWith({ AUTH_HEADER_API_TOKEN: 'on', CORS_ORIGINS: 'https://app.example' });

describe('The header api-token, switched on,', () => {
  const it = itElsewhere;
  let token: IssuedToken;
  it.beforeAll(async ({ server }) => {
    token = await server.token(['users:read']);
  });
  const send = (server: TestServer, headers: Record<string, string>, query = VIEWER) =>
    post(server, { query }, headers);

  it('takes an app token and a session’s, as Bearer does', async ({ server }) => {
    expect((await send(server, { 'api-token': token.secret })).data).toEqual({ viewer: { kind: 'APP' } });
    const session = await server.session();
    expect((await send(server, { 'api-token': session.secret })).data).toEqual({ viewer: { kind: 'USER' } });
    await send(server, { 'api-token': session.secret }, print(LogOutDocument));
    const { status, errors } = await send(server, { 'api-token': session.secret });
    expect({ status, reason: errors?.[0]?.extensions['reason'] }).toEqual({ status: 401, reason: 'TOKEN_REVOKED' });
    expect((await send(server, { authorization: `Bearer ${token.secret}` })).data).toEqual({ viewer: { kind: 'APP' } });
  });

  it.for(['', 'a b', 'Bearer abc', 'a,b', 'a"b'])('is malformed when it holds %j', async (value, { server }) => {
    expectMalformed(await send(server, { 'api-token': value }, '{ __typename }'));
  });

  it('is one credential too many beside Authorization, or twice', async ({ server }) => {
    expectMalformed(await send(server, { 'api-token': token.secret, authorization: `Bearer ${token.secret}` }));
    const body = JSON.stringify({ query: VIEWER });
    const line = `api-token: ${token.secret}`;
    const answer = await exchange(
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
    expect(answer).toMatch(/^HTTP\/1\.1 400 /);
    expect(answer).toContain('BAD_AUTHORIZATION');
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

describe('The scheme JWT, switched on,', () => {
  it('behaves as Bearer', async () => {
    const server = await startServer({ AUTH_SCHEME_JWT: 'on' });
    const session = await server.session();
    const send = (authorization: string) => post(server, { query: VIEWER }, { authorization });
    for (const scheme of ['JWT', 'jwt ', 'Bearer']) {
      expect((await send(`${scheme} ${session.secret}`)).data).toEqual({ viewer: { kind: 'USER' } });
    }
    for (const header of ['JWT', 'JWT a b', `JWT Bearer ${session.secret}`, 'JWT\tabc', basic('a:b').authorization]) {
      expectMalformed(await send(header));
    }
    expect((await send('JWT made-up')).headers.get('www-authenticate')).toBe(
      'Bearer realm="scrip", error="invalid_token"',
    );
    await server.close();
  });
});

const itElsewhere2 = itWith({ AUTH_BASIC_LOGIN: 'on' });

describe('HTTP Basic on logIn, switched on,', () => {
  const it = itElsewhere2;
  it.beforeAll(async ({ server }) => {
    await post(server, { query: print(SignUpDocument), variables: { username: 'Bea', password } });
  });
  const send = (server: TestServer, headers: Record<string, string>, query = LOG_IN) =>
    post(server, { query }, headers);

  it('logs in without an input, by a password that may hold colons and is read as UTF-8', async ({ server }) => {
    const { errors, data } = await send(server, basic(`bea:${password}`));
    expect(errors).toBeUndefined();
    expect(data.logIn.user.username).toBe('Bea');
    expect((await server.send(data.logIn.accessToken, VIEWER)).data.viewer.kind).toBe('USER');
    expect(
      (await send(server, basic(`bea:${password}`), 'mutation { in: logIn { expiresIn } }')).data.in.expiresIn,
    ).toBe(300);
  });

  it('answers a wrong password as ever, and has it wait as ever', async ({ server }) => {
    await post(server, { query: print(SignUpDocument), variables: { username: 'Eva', password } });
    for (let time = 0; time < 5; time++) {
      const { status, headers, errors } = await send(server, basic('eva:wrong horse'));
      expect({ status, code: errors?.[0]?.extensions['code'] }).toEqual({ status: 200, code: 'INVALID_CREDENTIALS' });
      expect(headers.get('www-authenticate')).toBeNull();
    }
    const [row] = await server.database.query(`select points from throttles where key like 'log-in:%'`);
    expect(row).toEqual({ points: 5 });
  });

  it('still takes the input, and says what is missing where there is neither', async ({ server }) => {
    const input = `mutation { logIn(input: { username: "nobody", password: "${password}" }) { expiresIn } }`;
    expect((await send(server, {}, input)).errors?.[0]?.extensions['code']).toBe('INVALID_CREDENTIALS');
    expect((await send(server, {})).errors?.[0]?.extensions).toMatchObject({ code: 'BAD_USER_INPUT', field: 'input' });
  });

  it.for([
    ['another operation', VIEWER],
    ['a public one', '{ __typename }'],
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
    ['with a word behind it', { authorization: `${basic('a:b').authorization} c` }],
  ] as const)('is malformed with a value %s', async ([_what, headers], { server }) => {
    expectMalformed(await send(server, headers));
  });
});
