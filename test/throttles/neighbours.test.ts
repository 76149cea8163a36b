import { afterAll, beforeAll, describe, expect, vi } from 'vitest';
import {
  LogInDocument,
  RenewSessionDocument,
  ReportLeakedTokenDocument,
  SignUpDocument,
  ViewerDocument,
} from '../operations/generated.js';
import { JWT_SECRET, tenMinutesOlder } from '../support/access-token.js';
import type { LoggedIn, TestResponse, TestServer } from '../support/server.js';
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

const at = (address: string) => ({ 'x-forwarded-for': address });
const codeOf = ({ errors }: TestResponse) => errors?.[0]?.extensions['code'] ?? 'OK';
const codesOf = ({ errors = [] }: TestResponse) => errors.map(({ extensions }) => extensions['code']);
const aliases = (count: number, field: (index: number) => string) =>
  `mutation { ${Array.from({ length: count }, (_, index) => `a${index}: ${field(index)}`).join(' ')} }`;

/** The statements about sessions and throttles that work sends, and what it resolves with. */
const watched = async <Result>(work: () => Promise<Result>) => {
  const watch = watchStatements();
  const result = await work();
  const texts = watch.queries().map((query) => (typeof query === 'string' ? query : String(Object(query).text)));
  watch.stop();
  const ofJobs = /limit \$/;
  const statements = texts.filter((text) => /"(sessions|throttles)"/.test(text) && !ofJobs.test(text));
  return { result, statements };
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
    'who floods %s keeps familiar users from nothing, and others from no other mutation',
    async ([flooded, documents], { server }) => {
      const address = nextAddress();
      const username = `resident-${addresses}`;
      const credentials = { username, password };
      const signedUp = await server.send(undefined, SignUpDocument, credentials, at(nextAddress()));
      const { refreshToken } = signedUp.data.signUp;
      const logIn = async () => codeOf(await server.send(undefined, LogInDocument, credentials, at(address)));
      expect(await logIn()).toBe('OK'); // it is familiar from here on
      const responses: TestResponse[] = [];
      for (const document of documents) responses.push(await server.send(undefined, document, {}, at(address)));
      // A bad password is refused before the limit is looked at; that the limit was reached shows below.
      if (flooded !== 'signUp') expect(responses.flatMap(codesOf)).toContain('RATE_LIMITED');

      expect(await logIn()).toBe('OK');
      const renewed = await server.send(undefined, RenewSessionDocument, { refreshToken }, at(address));
      expect(codeOf(renewed)).toBe('OK');
      const newcomer = { username: `new-${username}`, password };
      const signUp = await server.send(undefined, SignUpDocument, newcomer, at(address));
      expect(codeOf(signUp)).toBe(flooded === 'signUp' ? 'RATE_LIMITED' : 'OK');
      const report = await server.send(undefined, ReportLeakedTokenDocument, { secret: 'x' }, at(address));
      expect(codeOf(report)).toBe(flooded === 'reportLeakedToken' ? 'RATE_LIMITED' : 'OK');
    },
  );

  it('who sends made-up refresh tokens has only those refused, without a statement', async ({ server }) => {
    const address = nextAddress();
    const madeUp = await watched(async () => codesOf(await server.send(undefined, renewals, {}, at(address))));
    expect(madeUp).toEqual({
      result: [...Array(LIMIT).fill('REFRESH_TOKEN_INVALID'), ...Array(50 - LIMIT).fill('RATE_LIMITED')],
      statements: [],
    });
    const { refreshToken } = await server.session();
    const real = await watched(() => server.send(undefined, RenewSessionDocument, { refreshToken }, at(address)));
    expect(codeOf(real.result)).toBe('OK');
    expect(real.statements).not.toEqual([]);
  });

  it('who sends made-up credentials keeps no session from learning that its token has expired, and from renewing it', async ({
    server,
  }) => {
    const address = nextAddress();
    const { accessToken, refreshToken } = await server.session();
    const expired = tenMinutesOlder(accessToken);
    const view = async (credential?: string) => (await server.send(credential, ViewerDocument, {}, at(address))).status;
    for (let time = 0; time < LIMIT; time++) await view('made-up');
    expect(await view('made-up')).toBe(429);
    for (let time = 0; time < LIMIT; time++) await view();
    expect(await view()).toBe(429);
    expect(await view(expired)).toBe(401);
    const renewed = await server.send(expired, RenewSessionDocument, { refreshToken }, at(address));
    expect(codeOf(renewed)).toBe('OK');
  });
});

describe('The refresh tokens of a session', () => {
  /** Sends the refresh token fifty times, from an address of its own. */
  const renewFiftyTimes = (server: TestServer, { refreshToken }: LoggedIn) => {
    const document = aliases(50, () => `renewSession(input: { refreshToken: "${refreshToken}" }) { refreshToken }`);
    return server.send(undefined, document, {}, at(nextAddress()));
  };

  it('that has ended are refused up to the limit of a minute and then only counted, from any address', async ({
    server,
  }) => {
    const session = await server.session();
    await server.database.query('update sessions set ended_at = now() where user_id = $1', [session.user.id]);
    expect(codesOf(await renewFiftyTimes(server, session))).toEqual([
      ...Array(LIMIT).fill('REFRESH_TOKEN_REVOKED'),
      ...Array(50 - LIMIT).fill('RATE_LIMITED'),
    ]);
    const again = await watched(async () => codesOf(await renewFiftyTimes(server, session)));
    expect(again).toEqual({ result: Array(50).fill('RATE_LIMITED'), statements: [] });
  });

  it('get the same successor up to the limit of a minute when they are repeated', async ({ server }) => {
    const response = await renewFiftyTimes(server, await server.session());
    expect(codesOf(response)).toEqual(Array(50 - LIMIT).fill('RATE_LIMITED'));
    const pairs: ({ refreshToken: string } | null)[] = Object.values(response.data);
    const successors = pairs.flatMap((pair) => pair?.refreshToken ?? []);
    expect(successors).toEqual(Array(LIMIT).fill(successors[0]));
  });
});
