import { type DocumentNode, print } from 'graphql';
import { afterAll, beforeAll, describe, expect, vi } from 'vitest';
import { LogInDocument, RenewSessionDocument, SignUpDocument, ViewerDocument } from '../operations/generated.js';
import { JWT_SECRET, tenMinutesOlder } from '../support/access-token.js';
import { post } from '../support/http.js';
import type { LoggedIn, TestServer } from '../support/server.js';
import { itWith } from '../support/server-fixture.js';
import { watchStatements } from '../support/statements.js';

/** Minutes are those of the clock, which stands still: no minute ends while a test counts. */
beforeAll(() => {
  vi.useFakeTimers({ toFake: ['Date'] });
});
afterAll(() => {
  vi.useRealTimers();
});

const LIMIT = 12;
const password = 'correct horse battery';

const it = itWith({
  JWT_SECRET,
  TRUSTED_PROXIES: '1',
  THROTTLE_REQUESTS_PER_MINUTE: String(LIMIT),
  THROTTLE_SIGNUPS_PER_HOUR: '0',
});

/** Each test has an address, which its attacker and their neighbour share. */
let addresses = 0;
const nextAddress = () => `192.0.2.${++addresses}`;

const from = (
  server: TestServer,
  address: string,
  document: DocumentNode | string,
  variables = {},
  authorization?: string,
) =>
  post(
    server,
    { query: typeof document === 'string' ? document : print(document), variables },
    { 'x-forwarded-for': address, ...(authorization && { authorization }) },
  );
const codeOf = ({ errors }: Awaited<ReturnType<typeof post>>) => errors?.[0]?.extensions['code'] ?? 'OK';
const aliases = (count: number, field: (index: number) => string) =>
  `mutation { ${Array.from({ length: count }, (_, index) => `a${index}: ${field(index)}`).join(' ')} }`;

/** What work resolves with, which sends no statement about sessions or throttles. */
const withoutStatements = async <Result>(work: () => Promise<Result>): Promise<Result> => {
  const statements = watchStatements();
  const result = await work();
  const texts = statements.queries().map((query) => (typeof query === 'string' ? query : String(Object(query).text)));
  statements.stop();
  const ofJobs = /limit \$/;
  expect(texts.filter((text) => /"(sessions|throttles)"/.test(text) && !ofJobs.test(text))).toEqual([]);
  return result;
};

/** Public mutations, and documents of a stranger that use up what one network may do of each. An operation takes five passwords. */
const logIns = aliases(
  5,
  (index) => `logIn(input: { username: "made-up-${index}", password: "made up" }) { expiresIn }`,
);
const signUps = aliases(5, () => `signUp(input: { username: "made-up", password: "short" }) { expiresIn }`);
const renewals = aliases(50, (index) => `renewSession(input: { refreshToken: "made up ${index}" }) { expiresIn }`);
const reports = aliases(50, () => `reportLeakedToken(input: { secret: "made up" }) { received }`);
const FLOODS: [string, string[]][] = [
  ['logIn', [logIns, logIns, logIns]],
  ['signUp', [signUps, signUps, signUps]],
  ['renewSession', [renewals, renewals]],
  ['reportLeakedToken', [reports, reports]],
];

describe('A neighbour behind the same address', () => {
  it.for(FLOODS)(
    'who floods %s shuts others out of no other mutation, nor out of what is theirs',
    async ([flooded, documents], { server }) => {
      const address = nextAddress();
      const username = `resident-${addresses}`;
      const { refreshToken } = (await from(server, nextAddress(), SignUpDocument, { username, password })).data.signUp;
      expect(codeOf(await from(server, address, LogInDocument, { username, password }))).toBe('OK'); // it is familiar from here on
      for (const document of documents) await from(server, address, document);

      expect(codeOf(await from(server, address, LogInDocument, { username, password }))).toBe('OK');
      expect(codeOf(await from(server, address, RenewSessionDocument, { refreshToken }))).toBe('OK');
      const signUp = codeOf(await from(server, address, SignUpDocument, { username: `new-${username}`, password }));
      expect(signUp).toBe(flooded === 'signUp' ? 'RATE_LIMITED' : 'OK');
      const report = codeOf(
        await from(
          server,
          address,
          aliases(1, () => 'reportLeakedToken(input: { secret: "x" }) { received }'),
        ),
      );
      expect(report).toBe(flooded === 'reportLeakedToken' ? 'RATE_LIMITED' : 'OK');
    },
  );

  it('whose refresh tokens are made up has only such ones refused, without a statement', async ({ server }) => {
    const address = nextAddress();
    const codes = await withoutStatements(async () => {
      const { errors = [] } = await from(server, address, renewals);
      return errors.map(({ extensions }) => extensions['code']);
    });
    expect(codes).toEqual([...Array(LIMIT).fill('REFRESH_TOKEN_INVALID'), ...Array(50 - LIMIT).fill('RATE_LIMITED')]);
    const { refreshToken } = await server.session();
    expect(codeOf(await from(server, address, RenewSessionDocument, { refreshToken }))).toBe('OK');
  });

  it('whose credentials are made up keeps no session from learning that its token has expired, and from renewing it', async ({
    server,
  }) => {
    const address = nextAddress();
    const { accessToken, refreshToken } = await server.session();
    const expired = `Bearer ${tenMinutesOlder(accessToken)}`;
    for (let time = 0; time < LIMIT; time++) await from(server, address, ViewerDocument, {}, 'Bearer made-up');
    expect((await from(server, address, ViewerDocument, {}, 'Bearer made-up')).status).toBe(429);
    for (let time = 0; time < LIMIT; time++) await from(server, address, ViewerDocument);
    expect((await from(server, address, ViewerDocument)).status).toBe(429);
    expect((await from(server, address, ViewerDocument, {}, expired)).status).toBe(401);
    expect(codeOf(await from(server, address, RenewSessionDocument, { refreshToken }, expired))).toBe('OK');
  });
});

describe('The refresh tokens of a session', () => {
  const usedUp = async (server: TestServer, { refreshToken }: LoggedIn) => {
    const document = aliases(50, () => `renewSession(input: { refreshToken: "${refreshToken}" }) { expiresIn }`);
    const { errors = [] } = await from(server, nextAddress(), document);
    return errors.map(({ extensions }) => extensions['code']);
  };

  it('that has ended are refused so often in a minute and then only counted, wherever they are sent from', async ({
    server,
  }) => {
    const session = await server.session();
    await server.database.query('update sessions set ended_at = now() where user_id = $1', [session.user.id]);
    const refused = [...Array(LIMIT).fill('REFRESH_TOKEN_REVOKED'), ...Array(50 - LIMIT).fill('RATE_LIMITED')];
    expect(await usedUp(server, session)).toEqual(refused);
    expect(await withoutStatements(() => usedUp(server, session))).toEqual(Array(50).fill('RATE_LIMITED'));
  });

  it('that is repeated gets the same successor so often in a minute', async ({ server }) => {
    expect(await usedUp(server, await server.session())).toEqual(Array(50 - LIMIT).fill('RATE_LIMITED'));
  });
});
