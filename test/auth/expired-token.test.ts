import { print } from 'graphql';
import { afterAll, beforeAll, describe, expect, vi } from 'vitest';
import { RenewSessionDocument, SignUpDocument, ViewerKindDocument } from '../operations/generated.js';
import { MEDIA_TYPES, post } from '../support/http.js';
import type { TestServer } from '../support/server.js';
import { itWith } from '../support/server-fixture.js';

const LIMIT = 10;
const CHALLENGE = 'Bearer realm="scrip", error="invalid_token"';

/** Minutes are those of the clock, which stands still: no minute ends while a test counts. */
beforeAll(() => {
  vi.useFakeTimers({ toFake: ['Date'] });
});
afterAll(() => {
  vi.useRealTimers();
});

let authorization: string;
const it = itWith({
  SIGN_UP: 'off',
  TRUSTED_PROXIES: '1',
  THROTTLE_REQUESTS_PER_MINUTE: String(LIMIT),
});
it.beforeAll(async ({ server }) => {
  const { id, secret } = await server.token(['users:read']);
  await server.database.query(`update tokens set expires_at = now() - interval '1 second' where id = $1`, [id]);
  authorization = `Bearer ${secret}`;
});

/** Requests of one address are counted together: each test has its own. */
let addresses = 0;
const nextAddress = () => `192.0.2.${++addresses}`;

describe.each(MEDIA_TYPES)('An expired token, for a client that takes %s,', (accept) => {
  const send = (server: TestServer, body: object, address = nextAddress()) =>
    post(server, body, { accept, authorization, 'x-forwarded-for': address });
  /** The status of a response to a well-formed request. */
  const badRequest = accept === 'application/json' ? 200 : 400;

  it.for([
    ['what is not public', { query: print(ViewerKindDocument) }],
    ['what is public in part', { query: '{ __typename viewer { kind } }' }],
    [
      'what is public and bad variables of what is not',
      {
        query: 'query ($first: Int!) { __typename users(first: $first) { totalCount } }',
        variables: { first: 'many' },
      },
    ],
    [
      'a public mutation that selects what is not',
      {
        query: print(RenewSessionDocument).replace('role', 'role points'),
        variables: { refreshToken: 'made up' },
      },
    ],
    ['an unknown field', { query: '{ unknown }' }],
    ['what does not parse', { query: '{' }],
    ['an unknown operation name', { query: 'query A { __typename }', operationName: 'B' }],
  ] as const)('gets 401 TOKEN_EXPIRED with the challenge on %s', async ([_what, body], { server }) => {
    const { status, headers, data, errors } = await send(server, body);
    expect({ status, data }).toEqual({ status: 401, data: undefined });
    expect(errors).toEqual([
      {
        message: expect.stringContaining('renewSession'),
        extensions: { code: 'UNAUTHENTICATED', reason: 'TOKEN_EXPIRED' },
      },
    ]);
    expect(headers.get('www-authenticate')).toBe(CHALLENGE);
  });

  const signUp = (name: string) => `signUp(input: { username: "${name}", password: "correct horse battery" })`;

  it.for([
    ['alone', { query: print(SignUpDocument), variables: { username: 'late', password: 'correct horse battery' } }],
    [
      'beside what is not public',
      { query: `mutation { ${signUp('late')} { user { points } } logOut { user { id } } }` },
    ],
  ] as const)(
    'does not hide that sign-up is off, where it is asked for %s: 403 SIGN_UP_OFF',
    async ([_how, body], { server }) => {
      const { status, headers, errors } = await send(server, body);
      expect(status).toBe(403);
      expect(errors).toMatchObject([{ extensions: { code: 'FORBIDDEN', reason: 'SIGN_UP_OFF' } }]);
      expect(headers.get('www-authenticate')).toBeNull();
    },
  );

  it.for([
    ['of a wrong type', { refreshToken: 7 }],
    ['that are missing', {}],
  ] as const)('does not hide variables %s: BAD_USER_INPUT', async ([_what, variables], { server }) => {
    const { status, headers, errors } = await send(server, { query: print(RenewSessionDocument), variables });
    expect(status).toBe(badRequest);
    expect(errors).toMatchObject([{ extensions: { code: 'BAD_USER_INPUT' } }]);
    expect(headers.get('www-authenticate')).toBeNull();
  });

  it('does not hide that a public operation is too complex: OPERATION_TOO_COMPLEX', async ({ server }) => {
    const query = `{ ${Array.from({ length: 51 }, (_, index) => `a${index}: __typename`)} }`;
    const { status, headers, errors } = await send(server, { query });
    expect(status).toBe(badRequest);
    expect(errors).toMatchObject([{ extensions: { code: 'OPERATION_TOO_COMPLEX' } }]);
    expect(headers.get('www-authenticate')).toBeNull();
  });

  it('does not hide that a body is not one request: 400 BAD_REQUEST', async ({ server }) => {
    const { status, errors } = await send(server, [{ query: '{ __typename }' }]);
    expect(status).toBe(400);
    expect(errors).toMatchObject([{ extensions: { code: 'BAD_REQUEST' } }]);
  });

  it('does not hide that a document must be sent as text: PERSISTED_QUERY_NOT_SUPPORTED', async ({ server }) => {
    const extensions = { persistedQuery: { version: 1, sha256Hash: 'a'.repeat(64) } };
    const { status, errors } = await send(server, { extensions });
    expect(status).toBe(badRequest);
    expect(errors).toMatchObject([{ extensions: { code: 'PERSISTED_QUERY_NOT_SUPPORTED' } }]);
  });

  it('does not hide that there were too many renewals: 429, with the time to wait', async ({ server }) => {
    const address = nextAddress();
    const renewals = Array.from(
      { length: LIMIT },
      (_, index) => `a${index}: renewSession(input: { refreshToken: "made up" }) { expiresIn }`,
    );
    expect((await send(server, { query: `mutation { ${renewals} }` }, address)).status).toBe(200);
    const { status, headers, errors } = await send(
      server,
      { query: print(RenewSessionDocument), variables: { refreshToken: 'made up' } },
      address,
    );
    expect(status).toBe(429);
    const retryAfterSeconds = Number(headers.get('retry-after'));
    expect(retryAfterSeconds).toBeGreaterThan(0);
    expect(errors).toMatchObject([{ extensions: { code: 'RATE_LIMITED', retryAfterSeconds } }]);
    expect(headers.get('www-authenticate')).toBeNull();
  });
});
