import { BadUserInput } from '../errors.js';
import { MAX_NETWORKS, type TokenLimits } from './limits.js';
import { parseNetwork } from './parse-network.js';
import { limitsOf } from './token.js';

/** Limits as they were given: what is absent or null is no limit. */
type GivenLimits = { readonly [Limit in keyof TokenLimits]?: number | null | undefined };

/**
 * The argument `input.limits`.
 *
 * @throws BadUserInput for a limit below 1, and where there is none: a mistake must not issue a token without limits.
 */
export function parseLimits(given: GivenLimits): TokenLimits {
  const limits = limitsOf(given);
  const values = Object.entries(limits).filter(([, max]) => max !== null);
  if (values.length === 0) throw new BadUserInput('input.limits', 'Give at least one limit, or null for none.');
  const small = values.find(([, max]) => max < 1);
  if (small !== undefined) throw new BadUserInput(`input.limits.${small[0]}`, 'A limit is at least 1; null is none.');
  return limits;
}

/**
 * The argument `input.networks`, in canonical CIDR notation, each once.
 *
 * @throws BadUserInput for what is no network, for more than 50, and for none: a mistake must not allow all networks.
 */
export function parseNetworks(given: readonly string[]): readonly string[] {
  const networks = new Set(given.map(parseEach));
  if (networks.size > 0 && networks.size <= MAX_NETWORKS) return [...networks];
  throw new BadUserInput('input.networks', `Give 1 to ${MAX_NETWORKS} networks, or null for any.`);
}

function parseEach(text: string, index: number): string {
  const network = parseNetwork(text);
  if (network !== undefined) return network;
  const advice = 'Write an address, or a CIDR block whose address is its first, such as 10.0.0.0/8 or 2001:db8::/32.';
  throw new BadUserInput(`input.networks.${index}`, advice);
}
