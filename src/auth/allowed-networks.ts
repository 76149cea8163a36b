import { BlockList, isIPv4 } from 'node:net';
import type { Principal } from './principal.js';

/** A message for a client outside the networks of its token. */
export const NETWORK_NOT_ALLOWED = 'The token may not be used from this network address.';

/**
 * Whether a caller may send requests from an address: only app tokens are kept to networks, and not all of them.
 *
 * @param address in its canonical form; null: unknown, and in no network.
 */
export function isFromAllowedNetwork(principal: Principal, address: string | null): boolean {
  const networks = principal.kind === 'APP' ? principal.restrictions?.networks : undefined;
  if (networks === undefined || networks.length === 0) return true;
  if (address === null) return false;
  const family = familyOf(address);
  const list = new BlockList();
  for (const cidr of networks) {
    const [block = '', prefix] = cidr.split('/');
    // To a `BlockList`, an IPv4 address is within `::/0` as well.
    if (familyOf(block) === family) list.addSubnet(block, Number(prefix), family);
  }
  return list.check(address, family);
}

function familyOf(address: string): 'ipv4' | 'ipv6' {
  return isIPv4(address) ? 'ipv4' : 'ipv6';
}
