/** Addresses and origins among the values of settings. */
import { isIP } from 'node:net';

/** `hops` counts proxies from this server on, and holds for loopback, private and link-local peers alone. */
export type TrustedProxies =
  | { readonly kind: 'addresses'; readonly addresses: readonly string[] }
  | { readonly kind: 'hops'; readonly hops: number };

/** undefined: the value is neither a number of proxies nor a list of addresses and CIDRs. */
export function parseTrustedProxies(value: string): TrustedProxies | undefined {
  if (/^(\d|10)$/.test(value)) return { kind: 'hops', hops: Number(value) };
  const addresses = value.split(/[\s,]+/).filter((address) => address !== '');
  return addresses.length > 0 && addresses.every(isNetwork) ? { kind: 'addresses', addresses } : undefined;
}

/** Whether the text is an address, or a CIDR that covers less than all addresses. */
function isNetwork(text: string): boolean {
  const [address = '', prefix, ...rest] = text.split('/');
  const version = isIP(address);
  if (version === 0 || rest.length > 0) return false;
  return prefix === undefined || (/^[1-9]\d{0,2}$/.test(prefix) && Number(prefix) <= (version === 4 ? 32 : 128));
}

export function isOrigin(text: string): boolean {
  return URL.canParse(text) && new URL(text).origin === text;
}
