import { describe, expect } from 'vitest';
import {
  ChangePasswordDocument,
  LogInDocument,
  RenewSessionDocument,
  SignUpDocument,
} from '../operations/generated.js';
import type { TestResponse, TestServer } from '../support/server.js';
import { itOnTwoNodes } from '../support/server-fixture.js';

const password = 'correct horse battery';
const wrong = 'wrong horse battery';

/**
 * One free failure, so that budgets recover slowly: of an account one failure in 180 s, of a network one in 50 s, which is
 * longer than a test may take.
 */
const it = itOnTwoNodes({ TRUSTED_PROXIES: '1', THROTTLE_SIGNUPS_PER_HOUR: '0', THROTTLE_LOGIN_FAILURES: '1' });

const at = (address: string) => ({ 'x-forwarded-for': address });
const logIn = (node: TestServer, username: string, tried: string, address: string) =>
  node.send(undefined, LogInDocument, { username, password: tried }, at(address));
const codeOf = ({ errors }: TestResponse) => errors?.[0]?.extensions['code'] ?? 'OK';
const waitOf = ({ errors }: TestResponse) => errors?.[0]?.extensions['retryAfterSeconds'];
const signUp = async (server: TestServer, username: string) => {
  const { data } = await server.send(undefined, SignUpDocument, { username, password }, at('192.0.2.1'));
  return data.signUp;
};
/** Signs a user up who has logged in from an address. */
const signUpAt = async (server: TestServer, username: string, address: string) => {
  const session = await signUp(server, username);
  expect(codeOf(await logIn(server, username, password, address))).toBe('OK');
  return session;
};
/** Guesses at one account, or at as many as there are guesses. */
const guess = async (nodes: readonly TestServer[], count: number, username: string | undefined, address: string) => {
  const guesses = Array.from({ length: count }, (_, index) => {
    const node = nodes[index % nodes.length] as TestServer;
    return logIn(node, username ?? `guessed-${address}-${index}`, wrong, address);
  });
  const codes = (await Promise.all(guesses)).map(codeOf);
  return {
    tried: codes.filter((code) => code === 'INVALID_CREDENTIALS').length,
    refused: codes.filter((code) => code === 'RATE_LIMITED').length,
  };
};
/** Has time pass for the failures that are counted. */
const pass = (server: TestServer, seconds: number) =>
  server.database.query(
    `update throttles set expire = expire - make_interval(secs => $1) where key like 'failures of%'`,
    [seconds],
  );

describe('Guesses at many accounts from one network', () => {
  it('are refused after six times the free failures, on all nodes together', async ({ server, other }) => {
    expect(await guess([server, other], 20, undefined, '198.51.100.1')).toEqual({ tried: 6, refused: 14 });
  });

  it('make an account that is not familiar there wait for at most 50 s', async ({ server }) => {
    await signUp(server, 'stranger');
    await guess([server], 6, undefined, '198.51.100.2');
    const refused = await logIn(server, 'stranger', password, '198.51.100.2');
    expect(codeOf(refused)).toBe('RATE_LIMITED');
    expect(waitOf(refused)).toBeLessThanOrEqual(50);
    await pass(server, 50);
    expect(codeOf(await logIn(server, 'stranger', password, '198.51.100.2'))).toBe('OK');
  });

  it('write no row for made-up names once the network has to wait', async ({ server }) => {
    await guess([server], 6, undefined, '198.51.100.3');
    const count = async () => await server.database.query('select count(*)::int from throttles');
    const before = await count();
    const more = Array.from({ length: 20 }, (_, index) => logIn(server, `made-up-${index}`, wrong, '198.51.100.3'));
    expect(new Set((await Promise.all(more)).map(codeOf))).toEqual(new Set(['RATE_LIMITED']));
    expect(await count()).toEqual(before);
  });

  it('do not keep out an account that is familiar there', async ({ server }) => {
    await signUpAt(server, 'colleague', '198.51.100.4');
    await guess([server], 9, undefined, '198.51.100.4');
    expect(codeOf(await logIn(server, 'nobody-here', wrong, '198.51.100.4'))).toBe('RATE_LIMITED');
    expect(codeOf(await logIn(server, 'colleague', password, '198.51.100.4'))).toBe('OK');
  });

  it('do not include the failures of accounts that are familiar there', async ({ server }) => {
    const people = Array.from({ length: 7 }, (_, index) => `forgetful-${index}`);
    for (const person of people) await signUpAt(server, person, '198.51.100.5');
    for (const person of people) await guess([server], 1, person, '198.51.100.5');
    await signUp(server, 'newcomer');
    expect(codeOf(await logIn(server, 'newcomer', password, '198.51.100.5'))).toBe('OK');
  });

  it('do not include right passwords', async ({ server }) => {
    for (let person = 0; person < 8; person++) await signUpAt(server, `arriving-${person}`, '198.51.100.6');
  });
});

describe('Guesses at one account', () => {
  it('from many networks are refused after twenty times the free failures, and not where the account is familiar', async ({
    server,
  }) => {
    const { refreshToken } = await signUpAt(server, 'famous', '203.0.113.1');
    for (let net = 0; net < 20; net++) {
      expect(await guess([server], 1, 'famous', `203.0.113.${100 + net}`)).toEqual({ tried: 1, refused: 0 });
    }
    expect(codeOf(await logIn(server, 'famous', wrong, '203.0.113.200'))).toBe('RATE_LIMITED');
    expect(codeOf(await logIn(server, 'famous', password, '203.0.113.1'))).toBe('OK');
    const renewed = await server.send(undefined, RenewSessionDocument, { refreshToken }, at('203.0.113.200'));
    expect(codeOf(renewed)).toBe('OK');
  });

  it('where it is familiar are refused after twenty times the free failures, on all nodes together', async ({
    server,
    other,
  }) => {
    await signUpAt(server, 'besieged', '203.0.113.2');
    expect(await guess([server, other], 30, 'besieged', '203.0.113.2')).toEqual({ tried: 20, refused: 10 });
  });

  it('where it is familiar make its user wait for at most 180 s before each attempt', async ({ server }) => {
    await signUpAt(server, 'delayed', '203.0.113.3');
    await guess([server], 20, 'delayed', '203.0.113.3');
    const refused = await logIn(server, 'delayed', password, '203.0.113.3');
    expect(codeOf(refused)).toBe('RATE_LIMITED');
    expect(waitOf(refused)).toBeLessThanOrEqual(180);
    await pass(server, 180);
    expect(await guess([server], 2, 'delayed', '203.0.113.3')).toEqual({ tried: 1, refused: 1 });
    await pass(server, 180);
    expect(codeOf(await logIn(server, 'delayed', password, '203.0.113.3'))).toBe('OK');
  });

  it('by changePassword are refused after twenty times the free failures', async ({ server }) => {
    const { accessToken } = await signUp(server, 'left-open');
    const variables = { currentPassword: wrong, newPassword: 'correct horse saddle' };
    const tries = Array.from({ length: 25 }, () =>
      server.send(accessToken, ChangePasswordDocument, variables, at('203.0.113.4')),
    );
    const codes = (await Promise.all(tries)).map(codeOf);
    expect(codes.filter((code) => code === 'INVALID_CREDENTIALS')).toHaveLength(20);
    expect(codes.filter((code) => code === 'RATE_LIMITED')).toHaveLength(5);
    expect(codeOf(await logIn(server, 'left-open', password, '203.0.113.4'))).toBe('RATE_LIMITED'); // they count there too
  });

  it('by others do not keep a session from changing its password', async ({ server }) => {
    const { accessToken } = await signUpAt(server, 'determined', '203.0.113.5');
    await guess([server], 25, 'determined', '203.0.113.5');
    await guess([server], 9, undefined, '203.0.113.6');
    await guess([server], 1, 'determined', '203.0.113.6');
    const variables = { currentPassword: password, newPassword: 'correct horse saddle' };
    expect(codeOf(await logIn(server, 'determined', password, '203.0.113.5'))).toBe('RATE_LIMITED');
    const changed = await server.send(accessToken, ChangePasswordDocument, variables, at('203.0.113.6'));
    expect(codeOf(changed)).toBe('OK');
  });
});
