import { isIPv6 } from 'node:net';

/**
 * What is counted as one place: an IPv4 address, or the 56 bits of an IPv6 address that a provider gives to a household,
 * which has the addresses below to spare. Requests whose address nobody knows come from one place.
 */
export function networkOf(address: string | null): string {
  if (address === null || !isIPv6(address)) return address ?? 'unknown';
  const [front = [], back = []] = address.split('::').map((half) => half.split(':').filter((group) => group !== ''));
  const zeros = Array.from({ length: 8 - front.length - back.length }, () => '0');
  const groups = [...front, ...zeros, ...back].slice(0, 4).map((group) => Number.parseInt(group, 16));
  return `${groups.map((group, index) => (index === 3 ? group & 0xff00 : group).toString(16)).join(':')}::/56`;
}
