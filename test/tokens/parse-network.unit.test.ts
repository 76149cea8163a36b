import { describe, expect, it } from 'vitest';
import { parseNetwork } from '../../src/tokens/parse-network.js';

describe('parseNetwork', () => {
  it.each([
    ['10.0.0.1', '10.0.0.1/32'],
    ['10.0.0.0/8', '10.0.0.0/8'],
    ['0.0.0.0/0', '0.0.0.0/0'],
    ['203.0.113.7/32', '203.0.113.7/32'],
    ['::1', '::1/128'],
    ['::/0', '::/0'],
    ['2001:DB8:0:0:0:0:0:0/32', '2001:db8::/32'],
    ['2001:db8:0:8000::/49', '2001:db8:0:8000::/49'],
    ['::ffff:10.0.0.1', '10.0.0.1/32'],
    ['::ffff:a00:0/104', '10.0.0.0/8'],
    ['::ffff:0:0/96', '0.0.0.0/0'],
  ])('reads %s as %s', (text, network) => {
    expect(parseNetwork(text)).toBe(network);
    expect(parseNetwork(network)).toBe(network);
  });

  it.each([
    '',
    ' ',
    '10.0.0.1/8',
    '10.0.0.0/33',
    '10.0.0.0/-1',
    '10.0.0.0/08',
    '10.0.0.0/',
    '10.0.0.0/8/8',
    '10.0.0',
    '010.0.0.1',
    ' 10.0.0.1',
    '10.0.0.1\n',
    'example.com',
    '::1/129',
    '2001:db8::1/32',
    '2001:db8:0:8000::/48',
    '::ffff:10.0.0.1/96',
    '::ffff:0:0/90',
    'fe80::1%eth0',
    '[::1]',
    '1::2::3',
  ])('refuses %j', (text) => {
    expect(parseNetwork(text)).toBeUndefined();
  });
});
