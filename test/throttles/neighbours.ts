import { afterAll, beforeAll, vi } from 'vitest';
import { JWT_SECRET } from '../support/access-token.js';
import type { LoggedIn, TestResponse, TestServer } from '../support/server.js';
import { itWith } from '../support/server-fixture.js';

/** Minutes are those of the clock, which stands still: no minute ends while a test counts. */
beforeAll(() => {
  vi.useFakeTimers({ toFake: ['Date'] });
});
afterAll(() => {
  vi.useRealTimers();
});

/** Requests of a minute from one network. */
export const LIMIT = 12;

export const it = itWith({
  JWT_SECRET,
  TRUSTED_PROXIES: '1',
  THROTTLE_REQUESTS_PER_MINUTE: String(LIMIT),
  THROTTLE_SIGNUPS_PER_HOUR: '0',
});

let addresses = 0;
/** Each test has an address, which its attacker and their neighbour share. */
export const nextAddress = () => `192.0.2.${++addresses}`;

export const at = (address: string) => ({ 'x-forwarded-for': address });
export const codesOf = ({ errors = [] }: TestResponse) => errors.map(({ extensions }) => extensions['code']);
export const aliases = (count: number, field: (index: number) => string) =>
  `mutation { ${Array.from({ length: count }, (_, index) => `a${index}: ${field(index)}`).join(' ')} }`;

/** Fifty made-up refresh tokens. */
export const RENEWALS = aliases(
  50,
  (index) => `renewSession(input: { refreshToken: "made up ${index}" }) { expiresIn }`,
);

/** Sends the refresh token fifty times, from an address of its own. */
export function renewFiftyTimes(server: TestServer, { refreshToken }: LoggedIn): Promise<TestResponse> {
  const document = aliases(50, () => `renewSession(input: { refreshToken: "${refreshToken}" }) { refreshToken }`);
  return server.send(undefined, document, {}, at(nextAddress()));
}
