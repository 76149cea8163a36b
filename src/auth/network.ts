import { isIPv6 } from 'node:net';

/**
 * The network that an address is counted by: an IPv4 address itself; of an IPv6 address the first 56 bits, since a provider
 * gives a household all addresses that begin with them. All unknown addresses are one network.
 */
export function networkOf(address: string | null): string {
  if (address === null || !isIPv6(address)) return address ?? 'unknown';
  const groups = groupsOf(address).slice(0, 4);
  return `${groups.map((group, index) => (index === 3 ? group & 0xff00 : group).toString(16)).join(':')}::/56`;
}

/** The eight groups of an IPv6 address without a zone, and without a part in the notation of IPv4. */
export function groupsOf(address: string): readonly number[] {
  const [front = [], back = []] = address.split('::').map((half) => half.split(':').filter((group) => group !== ''));
  const zeros = Array.from({ length: 8 - front.length - back.length }, () => '0');
  return [...front, ...zeros, ...back].map((group) => Number.parseInt(group, 16));
}
