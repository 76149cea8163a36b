import { describe, expect, it } from 'vitest';
import { parseAddress } from '../../src/auth/actor.js';
import { isFromAllowedNetwork } from '../../src/auth/allowed-networks.js';
import { ANONYMOUS, type AppPrincipal } from '../../src/auth/principal.js';

const tokenOf = (networks: readonly string[]): AppPrincipal => ({
  kind: 'APP',
  tokenId: 'a token',
  tokenName: 'a token',
  userId: 'a user',
  username: 'ann',
  scopes: [],
  storedTerms: '',
  restrictions: { rootId: 'a token', requestsPerMinute: null, countsDays: false, networks, hasDocuments: false },
  expiresAt: null,
});

const isAllowed = (networks: readonly string[], address: string | null) =>
  isFromAllowedNetwork(tokenOf(networks), address);

describe('The networks of a token', () => {
  it.each([
    ['10.0.0.0/8', '10.255.0.1', '11.0.0.1'],
    ['192.0.2.128/25', '192.0.2.128', '192.0.2.127'],
    ['192.0.2.4/30', '192.0.2.7', '192.0.2.8'],
    ['192.0.2.1/32', '192.0.2.1', '192.0.2.2'],
    ['2001:db8::/32', '2001:db8:ffff::1', '2001:db9::1'],
    ['2001:db8::/33', '2001:db8:7fff::1', '2001:db8:8000::1'],
    ['2001:db8::1/128', '2001:db8::1', '2001:db8::2'],
    ['0.0.0.0/0', '203.0.113.9', '2001:db8::1'],
    ['::/0', '2001:db8::1', '203.0.113.9'],
  ])('of which one is %s hold %s and not %s', (network, inside, outside) => {
    for (const networks of [[network], ['198.51.100.0/24', network, '2001:db8:a::/48']]) {
      expect([isAllowed(networks, inside), isAllowed(networks, outside)]).toEqual([true, false]);
    }
  });

  it('hold no unknown address', () => {
    expect(isAllowed(['0.0.0.0/0', '::/0'], null)).toBe(false);
  });

  it('are no limit where there are none', () => {
    expect(isAllowed([], null)).toBe(true);
    expect(isFromAllowedNetwork({ ...tokenOf([]), restrictions: null }, null)).toBe(true);
    expect(isFromAllowedNetwork(ANONYMOUS, null)).toBe(true);
  });
});

describe('An address', () => {
  it.each([
    ['::ffff:10.0.0.1', '10.0.0.1'],
    ['::FFFF:10.0.0.1', '10.0.0.1'],
    ['::ffff:a00:1', '10.0.0.1'],
    ['0:0:0:0:0:ffff:a00:1', '10.0.0.1'],
    ['[::ffff:10.0.0.1]:4000', '10.0.0.1'],
    ['10.0.0.1:4000', '10.0.0.1'],
    ['2001:DB8:0::1', '2001:db8::1'],
    ['fe80::1%eth0', 'fe80::1'],
    ['unknown', null],
    ['10.0.0', null],
    ['', null],
  ])('that is written %s is read as %s', (text, address) => expect(parseAddress(text)).toBe(address));
});
