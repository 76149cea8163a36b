import { BlockList, isIPv4 } from 'node:net';
import { LRUCache } from 'lru-cache';
import type { Principal } from './principal.js';

/** A message for a client outside the networks of its token. */
export const NETWORK_NOT_ALLOWED = 'The token may not be used from this network address.';

/** A list of CIDR blocks, read once. Apart by family: to a `BlockList`, an IPv4 address is within `::/0` as well. */
interface Networks {
  readonly ipv4: BlockList;
  readonly ipv6: BlockList;
}

/** By the list as text. Each has at most 50 networks. */
const known = new LRUCache<string, Networks>({ max: 1_000 });

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
  return networksOf(networks)[family].check(address, family);
}

function networksOf(list: readonly string[]): Networks {
  const key = list.join();
  const networks = known.get(key) ?? readNetworks(list);
  known.set(key, networks);
  return networks;
}

function readNetworks(list: readonly string[]): Networks {
  const networks = { ipv4: new BlockList(), ipv6: new BlockList() };
  for (const cidr of list) {
    const [address = '', prefix] = cidr.split('/');
    const family = familyOf(address);
    networks[family].addSubnet(address, Number(prefix), family);
  }
  return networks;
}

function familyOf(address: string): keyof Networks {
  return isIPv4(address) ? 'ipv4' : 'ipv6';
}
