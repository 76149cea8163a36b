import { describe, expect, it } from 'vitest';
import { parseNetworks } from '../../../src/web/console/tokens/networks.js';

describe('Networks, one per line', () => {
  it('may be addresses and blocks of IPv4 and IPv6, with empty lines between them', () => {
    const networks = ['203.0.113.7', '203.0.113.0/24', '0.0.0.0/0', '10.0.0.0/8', '2001:db8::/32', '::1', '::/0'];
    expect(parseNetworks(`\n ${networks.join(' \n\n')}\r\n`)).toEqual({ kind: 'VALID', networks });
    expect(parseNetworks(' \n')).toEqual({ kind: 'VALID', networks: [] });
    expect(parseNetworks('::ffff:203.0.113.7')).toEqual({ kind: 'VALID', networks: ['::ffff:203.0.113.7'] });
  });

  it.for([
    ['example.com', 'Line 1: “example.com” is not an IP address or a CIDR block such as 203.0.113.0/24.'],
    ['::1\n\n10.0.0.256', 'Line 3: “10.0.0.256” is not an IP address or a CIDR block such as 203.0.113.0/24.'],
    ['10.0.0', 'Line 1: “10.0.0” is not an IP address or a CIDR block such as 203.0.113.0/24.'],
    ['10.0.0.0/8/8', 'Line 1: “10.0.0.0/8/8” is not an IP address or a CIDR block such as 203.0.113.0/24.'],
    ['fe80::1%eth0', 'Line 1: “fe80::1%eth0” is not an IP address or a CIDR block such as 203.0.113.0/24.'],
    ['1::2::3', 'Line 1: “1::2::3” is not an IP address or a CIDR block such as 203.0.113.0/24.'],
    ['10.0.0.0/33', 'Line 1: the number after the slash must be 0 to 32.'],
    ['10.0.0.0/', 'Line 1: the number after the slash must be 0 to 32.'],
    ['2001:db8::/129', 'Line 1: the number after the slash must be 0 to 128.'],
    ['10.0.0.1/8', 'Line 1: 10.0.0.1/8 is not the start of its block. Enter 10.0.0.0/8, or 10.0.0.1 for one address.'],
    [
      '2001:db8::1:0:5/112',
      'Line 1: 2001:db8::1:0:5/112 is not the start of its block. Enter 2001:db8::1:0:0/112, or 2001:db8::1:0:5 for one address.',
    ],
  ] as const)('are refused with their line, and with what to enter: %s', ([text, message]) => {
    expect(parseNetworks(text)).toEqual({ kind: 'INVALID', message });
  });

  it('may be 50, and no more', () => {
    const lines = (count: number) => Array.from({ length: count }, (_, index) => `10.0.0.${index}`).join('\n');
    expect(parseNetworks(lines(50)).kind).toBe('VALID');
    expect(parseNetworks(lines(51))).toEqual({
      kind: 'INVALID',
      message: 'Enter at most 50 networks. There are 51.',
    });
  });
});
