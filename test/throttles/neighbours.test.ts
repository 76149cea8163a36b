import { describe, expect } from 'vitest';
import {
  LogInDocument,
  RenewSessionDocument,
  ReportLeakedTokenDocument,
  SignUpDocument,
  ViewerDocument,
} from '../operations/generated.js';
import { tenMinutesOlder } from '../support/access-token.js';
import type { TestResponse } from '../support/server.js';
import { aliases, at, codesOf, it, LIMIT, nextAddress, RENEWALS, renewFiftyTimes } from './neighbours.js';

const password = 'correct horse battery';

const codeOf = ({ errors }: TestResponse) => errors?.[0]?.extensions['code'] ?? 'OK';

/** Public mutations, and documents of a stranger that use up what one network may do of each. An operation takes five passwords. */
const logIns = aliases(
  5,
  (index) => `logIn(input: { username: "made-up-${index}", password: "made up" }) { expiresIn }`,
);
const signUps = aliases(5, () => `signUp(input: { username: "made-up", password: "short" }) { expiresIn }`);
const reports = aliases(50, () => `reportLeakedToken(input: { secret: "made up" }) { received }`);
const FLOODS: [string, string[]][] = [
  ['logIn', [logIns, logIns, logIns]],
  ['signUp', [signUps, signUps, signUps]],
  ['renewSession', [RENEWALS, RENEWALS]],
  ['reportLeakedToken', [reports, reports]],
];

describe('A neighbour behind the same address', () => {
  it.for(FLOODS)(
    'who floods %s keeps familiar users from nothing, and others from no other mutation',
    async ([flooded, documents], { server }) => {
      const address = nextAddress();
      const username = `resident-${flooded}`;
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
  it('get the same successor up to the limit of a minute when they are repeated', async ({ server }) => {
    const response = await renewFiftyTimes(server, await server.session());
    expect(codesOf(response)).toEqual(Array(50 - LIMIT).fill('RATE_LIMITED'));
    const pairs: ({ refreshToken: string } | null)[] = Object.values(response.data);
    const successors = pairs.flatMap((pair) => pair?.refreshToken ?? []);
    expect(successors).toEqual(Array(LIMIT).fill(successors[0]));
  });
});
