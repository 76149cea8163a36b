import { isIP } from 'node:net';
import { groupsOf } from '../auth/network.js';

/** What of an IPv6 address says that it is one of IPv4 (RFC 4291, section 2.5.5.2). */
const MAPPED = [0, 0, 0, 0, 0, 0xffff].join();

/**
 * An address or a CIDR block in canonical CIDR notation; an IPv4-mapped one as IPv4, which such addresses count as.
 *
 * @returns undefined for any other text, and for a block with host bits set: it may be meant as one address.
 */
export function parseNetwork(text: string): string | undefined {
  const [, address = '', length] = /^([^/%]+)(?:\/(0|[1-9]\d{0,2}))?$/.exec(text) ?? [];
  const version = isIP(address);
  const bits = version === 4 ? 32 : 128;
  const prefix = Number(length ?? bits);
  if (version === 0 || prefix > bits) return undefined;
  // Each as IPv6, which a URL writes in one way.
  const { hostname } = new URL(`http://[${version === 4 ? '::ffff:' : ''}${address}]`);
  const canonical = hostname.slice(1, -1);
  const groups = groupsOf(canonical);
  const wholePrefix = 128 - bits + prefix;
  if (groups.some((group, index) => hostBits(group, wholePrefix - 16 * index) !== 0)) return undefined;
  if (wholePrefix < 96 || groups.slice(0, 6).join() !== MAPPED) return `${canonical}/${wholePrefix}`;
  const octets = groups.slice(6).flatMap((group) => [group >> 8, group & 0xff]);
  return `${octets.join('.')}/${wholePrefix - 96}`;
}

/** The bits of a group of 16 that are behind its prefix. */
function hostBits(group: number, prefix: number): number {
  return group & (0xffff >> Math.min(Math.max(prefix, 0), 16));
}
