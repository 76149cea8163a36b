const MAX_NETWORKS = 50;
const IPV4 = /^(?:(?:25[0-5]|2[0-4]\d|1\d\d|[1-9]?\d)(?:\.(?!$)|$)){4}$/;

type ParsedNetworks =
  | { readonly kind: 'VALID'; readonly networks: readonly string[] }
  | { readonly kind: 'INVALID'; readonly message: string };

/** Parses networks, one per line: addresses and CIDR blocks of IPv4 and IPv6. Empty lines are ignored. */
export function parseNetworks(text: string): ParsedNetworks {
  const lines = text.split('\n').map((line) => line.trim());
  for (const [index, line] of lines.entries()) {
    const fault = line === '' ? undefined : faultOf(line);
    if (fault !== undefined) return { kind: 'INVALID', message: `Line ${index + 1}: ${fault}` };
  }
  const networks = lines.filter((line) => line !== '');
  return networks.length > MAX_NETWORKS
    ? { kind: 'INVALID', message: `Enter at most ${MAX_NETWORKS} networks. There are ${networks.length}.` }
    : { kind: 'VALID', networks };
}

/** What is wrong with one network, as a sentence; undefined: nothing. */
function faultOf(network: string): string | undefined {
  const [address = '', prefix, ...rest] = network.split('/');
  const bits = bitsOf(address);
  if (bits === undefined || rest.length > 0) {
    return `“${network}” is not an IP address or a CIDR block such as 203.0.113.0/24.`;
  }
  if (prefix === undefined) return undefined;
  if (!/^(0|[1-9]\d{0,2})$/.test(prefix) || Number(prefix) > bits.length) {
    return `the number after the slash must be 0 to ${bits.length}.`;
  }
  const length = Number(prefix);
  if (!bits.slice(length).includes('1')) return undefined;
  const start = addressOf(bits.slice(0, length).padEnd(bits.length, '0'));
  return `${network} is not the start of its block. Enter ${start}/${prefix}, or ${address} for one address.`;
}

/** The bits of an address, as 32 or 128 digits; undefined: it is none. */
function bitsOf(address: string): string | undefined {
  if (IPV4.test(address)) return address.split('.').map(binary(10, 8)).join('');
  if (!/^[\da-f:.]+$/i.test(address) || !URL.canParse(`http://[${address}]`)) return undefined;
  // The browser writes an IPv6 address as groups of hexadecimal digits, of which one run of zeros is left out.
  const [head = '', tail] = new URL(`http://[${address}]`).hostname.slice(1, -1).split('::');
  const groups = (part: string) => part.split(':').filter((group) => group !== '');
  const [before, after] = [groups(head), groups(tail ?? '')];
  const zeros = Array.from({ length: 8 - before.length - after.length }, () => '0');
  return [...before, ...zeros, ...after].map(binary(16, 16)).join('');
}

const binary = (radix: number, width: number) => (digits: string) =>
  Number.parseInt(digits, radix).toString(2).padStart(width, '0');

/** The address of bits as {@link bitsOf} gives them. */
function addressOf(bits: string): string {
  const groups = (width: number) =>
    Array.from({ length: bits.length / width }, (_, index) =>
      Number.parseInt(bits.slice(index * width, (index + 1) * width), 2),
    );
  if (bits.length === 32) return groups(8).join('.');
  const address = groups(16).map((group) => group.toString(16));
  return new URL(`http://[${address.join(':')}]`).hostname.slice(1, -1);
}
