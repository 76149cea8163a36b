import { describe, expect, it } from 'vitest';
import { isPublicAddress, resolveHost } from '../../src/webhooks/address.js';
import { parseUrl, requirePublicHost } from '../../src/webhooks/url.js';

const PUBLIC = ['93.184.216.34', '8.8.8.8', '172.32.0.1', '100.128.0.1', '2606:2800:220:1::1', '2a00:1450:4001::5'];

const REFUSED = [
  ...['0.0.0.0', '0.1.2.3', '10.0.0.1', '100.64.0.1', '100.100.100.200', '127.0.0.1', '127.255.255.254'],
  ...['169.254.169.254', '172.16.0.1', '172.31.255.255', '192.0.0.192', '192.0.2.1', '192.168.0.1', '198.18.0.1'],
  ...['198.51.100.1', '203.0.113.1', '224.0.0.1', '239.255.255.255', '240.0.0.1', '255.255.255.255', '168.63.129.16'],
  ...[
    '::',
    '::1',
    'fe80::1',
    'fe80::1%eth0',
    'fec0::1',
    'fc00::1',
    'fd00:ec2::254',
    'ff02::1',
    '2001:db8::1',
    '3fff::1',
  ],
  ...['::ffff:127.0.0.1', '::ffff:7f00:1', '::ffff:8.8.8.8', '::127.0.0.1', '64:ff9b::127.0.0.1', '64:ff9b::808:808'],
  ...['64:ff9b:1::a00:1', '2002:7f00:1::', '2002:a00:1::1', '2001:0:7f00:1::1', '100::1', '5f00::1', '4000::1'],
  ...['localhost', '', '0x7f.1', '127.1'],
];

const CLOSED = { privateNetworks: false };
const OPEN = { privateNetworks: true };

describe('An address', () => {
  it.each(PUBLIC)('%s is public', (address) => expect(isPublicAddress(address)).toBe(true));
  it.each(REFUSED)('%s is refused', (address) => expect(isPublicAddress(address)).toBe(false));
});

describe('A host', () => {
  const lookUpOf = (addresses: string[]) => async () => addresses;

  it('with one private address beside a public one is refused', async () => {
    const lookUp = lookUpOf(['93.184.216.34', '10.0.0.1']);
    expect(await resolveHost('both.example', lookUp, CLOSED)).toEqual({ kind: 'NOT_ALLOWED' });
    expect(await resolveHost('both.example', lookUp, OPEN)).toMatchObject({ kind: 'ADDRESSES' });
  });

  it.each([
    'http://2130706433/',
    'http://0x7f000001/',
    'http://017700000001/',
    'http://127.1/',
    'http://127.0.0.1./',
    'http://①②⑦.0.0.1/',
    'http://[::ffff:127.0.0.1]/',
    'http://[0:0:0:0:0:0:0:1]/',
  ])('written as %s is checked as the address that it is', async (text) => {
    const { hostname } = new URL(text);
    const lookUp = lookUpOf(['93.184.216.34']);
    expect(await resolveHost(hostname, lookUp, CLOSED)).toEqual({ kind: 'NOT_ALLOWED' });
  });

  it('that is not found or not allowed is refused by the field', async () => {
    const url = new URL('https://hooks.example/');
    const refusal = (lookUp: () => Promise<string[]>) =>
      requirePublicHost('input.url', url, { ...CLOSED, lookUp }).catch((error: unknown) => error);
    expect(await refusal(async () => [])).toMatchObject({ code: 'BAD_USER_INPUT', extensions: { field: 'input.url' } });
    expect(await refusal(async () => Promise.reject(new Error('ENOTFOUND')))).toMatchObject({ code: 'BAD_USER_INPUT' });
    expect(await refusal(async () => ['169.254.169.254'])).toMatchObject({ code: 'BAD_USER_INPUT' });
    expect(await refusal(async () => ['93.184.216.34'])).toBeUndefined();
  });
});

describe('A URL', () => {
  it.each([
    'http://example.com/',
    'ftp://example.com/',
    'example.com',
    'https://user@example.com/',
    'https://:password@example.com/',
    'https://example.com/#part',
    'https://example.com/#',
    'https://example.com:0/',
    `https://example.com/${'a'.repeat(2_000)}`,
    `https://example.com/${'ä'.repeat(1_000)}`,
  ])('is refused: %s', (text) => {
    expect(() => parseUrl('input.url', text, CLOSED)).toThrow(expect.objectContaining({ code: 'BAD_USER_INPUT' }));
  });

  it('with a path, a query and a port is accepted, and http only where private networks are', () => {
    expect(parseUrl('input.url', 'https://example.com:8443/a?b=c', CLOSED).href).toBe('https://example.com:8443/a?b=c');
    expect(parseUrl('input.url', 'http://127.0.0.1:3000/hook', OPEN).port).toBe('3000');
  });
});
