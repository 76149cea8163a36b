/** Which network addresses webhooks may reach, and how the addresses of a host are looked up. */
import { lookup, Resolver } from 'node:dns/promises';
import { isIP } from 'node:net';
import ipaddr from 'ipaddr.js';
import { createLimiter } from '../concurrency/limiter.js';

/** All addresses of a host, at least one; rejects where there is none. */
export type LookUp = (hostname: string) => Promise<readonly string[]>;

export interface AddressRules {
  /** Whether addresses in private networks and of this machine are allowed. */
  readonly privateNetworks: boolean;
}

/** Addresses of IPv6 that are given to hosts on the Internet: RFC 4291, section 2.4. */
const GLOBAL_UNICAST: [ipaddr.IPv6, number] = ipaddr.IPv6.parseCIDR('2000::/3');

/** Looks like any public address, and is the metadata server of each virtual machine in Azure. */
const METADATA_OF_AZURE = '168.63.129.16';

/**
 * Whether an address is one of a host on the Internet. Every special range is refused, as are the ranges of IPv6 that wrap an
 * address of IPv4, whatever they wrap: mapped, NAT64, 6to4, Teredo. No receiver needs them.
 *
 * @param address without brackets. Anything but an address is not public.
 */
export function isPublicAddress(address: string): boolean {
  if (isIP(address) === 0 || address === METADATA_OF_AZURE) return false;
  const parsed = ipaddr.parse(address);
  if (parsed.range() !== 'unicast') return false;
  return parsed instanceof ipaddr.IPv4 || parsed.match(GLOBAL_UNICAST);
}

/** The addresses of a host, all of which a webhook may reach; otherwise why it is not reached. */
export type Resolved =
  | { readonly kind: 'ADDRESSES'; readonly addresses: readonly string[] }
  | { readonly kind: 'NOT_FOUND' }
  | { readonly kind: 'NOT_ALLOWED' };

/**
 * Looks up a host once and checks every address: a host with one private address beside a public one is refused as a whole,
 * since the order of the addresses is the choice of its owner.
 *
 * @param hostname as a URL has it, IPv6 in brackets or without.
 */
export async function resolveHost(hostname: string, lookUp: LookUp, rules: AddressRules): Promise<Resolved> {
  const host = hostname.replace(/^\[(.*)\]$/, '$1');
  const addresses = isIP(host) === 0 ? await lookUp(host).catch(() => []) : [host];
  if (addresses.length === 0) return { kind: 'NOT_FOUND' };
  if (!rules.privateNetworks && !addresses.every(isPublicAddress)) return { kind: 'NOT_ALLOWED' };
  return { kind: 'ADDRESSES', addresses };
}

/** Threads of the process that look-ups of the operating system may take; the hashes of passwords need the others. */
const MAX_LOOK_UPS = 2;

/**
 * Creates a look-up. Where private networks are allowed it is that of the operating system, which knows the names of this
 * machine and its containers, and takes one of four threads for as long as a name server does not respond. The owner of a
 * public name decides how long that is, so that public names are asked for without a thread: only of name servers.
 */
export function createLookUp({ privateNetworks }: AddressRules): LookUp {
  if (!privateNetworks) return lookUpPublic;
  const limit = createLimiter({ max: MAX_LOOK_UPS });
  return async (hostname) => (await limit(() => lookup(hostname, { all: true }))).map(({ address }) => address);
}

async function lookUpPublic(hostname: string): Promise<readonly string[]> {
  const resolver = new Resolver({ timeout: 2_000, tries: 2 });
  const families = await Promise.allSettled([resolver.resolve4(hostname), resolver.resolve6(hostname)]);
  return families.flatMap((family) => (family.status === 'fulfilled' ? family.value : []));
}
