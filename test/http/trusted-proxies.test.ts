import { print } from 'graphql';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { parseConfig } from '../../src/config.js';
import { trustProxy } from '../../src/http/trust-proxy.js';
import { LogInDocument } from '../operations/generated.js';
import { post } from '../support/http.js';
import { startServer, type TestServer } from '../support/server.js';

/** The address that the audit log records for a failed log-in from 127.0.0.1 with this `X-Forwarded-For`. */
async function recordedAddress(trustedProxies: string, forwardedFor: string): Promise<unknown> {
  const variables = { username: 'forwarded', password: 'a wrong password' };
  await post(
    servers[trustedProxies] ?? fail(),
    { query: print(LogInDocument), variables },
    { 'x-forwarded-for': forwardedFor },
  );
  const [event] = await (servers[trustedProxies] ?? fail()).database.query(
    'select address from audit_events order by id desc limit 1',
  );
  return event?.['address'];
}

function fail(): never {
  throw new Error('No server was started with this setting.');
}

const SETTINGS = ['0', '1', '2', '127.0.0.1', '127.0.0.0/8, 192.0.2.0/24', '10.0.0.0/8,2001:db8::/32'];
const servers: Record<string, TestServer> = {};
beforeAll(async () => {
  const env = { THROTTLE_LOGIN_FAILURES: '0' };
  for (const setting of SETTINGS) servers[setting] = await startServer({ ...env, TRUSTED_PROXIES: setting });
});
afterAll(async () => {
  for (const server of Object.values(servers)) await server.close();
});

describe('A client that names an address in X-Forwarded-For', () => {
  it.each([
    ['0', '198.51.100.8', '127.0.0.1'],
    ['10.0.0.0/8,2001:db8::/32', '198.51.100.8', '127.0.0.1'],
    ['10.0.0.0/8,2001:db8::/32', '198.51.100.8, 10.0.0.1', '127.0.0.1'],
    ['127.0.0.1', '198.51.100.8', '198.51.100.8'],
    ['127.0.0.1', '198.51.100.8, 203.0.113.9', '203.0.113.9'],
    ['127.0.0.0/8, 192.0.2.0/24', '198.51.100.8, 192.0.2.7', '198.51.100.8'],
    ['127.0.0.0/8, 192.0.2.0/24', '198.51.100.8, 203.0.113.9, 192.0.2.7', '203.0.113.9'],
    ['1', '198.51.100.8, 203.0.113.9', '203.0.113.9'],
    ['2', '198.51.100.8, 203.0.113.9', '198.51.100.8'],
  ])('with TRUSTED_PROXIES=%s and the value %s is recorded as %s', async (setting, forwardedFor, address) => {
    expect(await recordedAddress(setting, forwardedFor)).toBe(address);
  });
});

describe('A number of trusted proxies', () => {
  const trust = trustProxy({ kind: 'hops', hops: 2 });
  const isTrusted = (address: string, hop: number) => typeof trust === 'function' && trust(address, hop);

  it.each([
    '127.0.0.1',
    '::1',
    '10.1.2.3',
    '172.16.0.1',
    '192.168.1.1',
    '169.254.1.1',
    'fe80::1',
    'fd00::1',
    '::ffff:10.1.2.3',
  ])('holds for the peer %s', (peer) => expect(isTrusted(peer, 0)).toBe(true));

  it.each(['203.0.113.9', '8.8.8.8', '172.32.0.1', '2001:db8::1', '::ffff:203.0.113.9'])(
    'does not hold for the peer %s, whose X-Forwarded-For is ignored',
    (peer) => expect(isTrusted(peer, 0)).toBe(false),
  );

  it('includes the proxies after the peer, of any address, up to its value', () => {
    expect([1, 2].map((hop) => isTrusted('203.0.113.9', hop))).toEqual([true, false]);
  });
});

describe('TRUSTED_PROXIES', () => {
  const parse = (value: string) => parseConfig({ TRUSTED_PROXIES: value }).http.trustedProxies;

  it.each([
    '11',
    '-1',
    'loopback',
    '10.0.0.0/33',
    '10.0.0.0/0',
    '::/0',
    '2001:db8::/129',
    '10.0.0.0/8/8',
    '10.0.0.256',
    '1, 10.0.0.1',
    ',',
  ])('%s is refused at the start, and the message names the variable', (value) =>
    expect(() => parse(value)).toThrow(/^Bad settings: TRUSTED_PROXIES must be addresses and CIDRs/),
  );

  it('takes addresses and CIDRs of both versions', () => {
    const addresses = ['10.0.0.1', '192.168.0.0/16', '2001:db8::1', 'fd00::/8'];
    expect(parse(addresses.join(', '))).toEqual({ kind: 'addresses', addresses });
  });
});
