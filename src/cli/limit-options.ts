/** The options of `scrip token issue` that restrict a token beside its scopes. */
import { type Command, InvalidArgumentError } from 'commander';
import { MAX_NETWORKS, type TokenLimits } from '../tokens/limits.js';
import { parseNetwork } from '../tokens/parse-network.js';
import { parseCount } from './parse-count.js';

/** What is not given is no limit. */
export interface LimitOptions {
  readonly maxPerChange?: number;
  readonly maxAddedPerDay?: number;
  readonly maxSpentPerDay?: number;
  readonly maxAddedPerUserPerDay?: number;
  readonly maxSpentPerUserPerDay?: number;
  readonly requestsPerMinute?: number;
  readonly network?: readonly string[];
}

export function defineLimitOptions(command: Command): Command {
  return command
    .option('--max-per-change <points>', 'the maximum points of one change', parseCount(Number.MAX_SAFE_INTEGER))
    .option(
      '--max-added-per-day <points>',
      'the maximum points added per day (UTC)',
      parseCount(Number.MAX_SAFE_INTEGER),
    )
    .option(
      '--max-spent-per-day <points>',
      'the maximum points spent per day (UTC)',
      parseCount(Number.MAX_SAFE_INTEGER),
    )
    .option(
      '--max-added-per-user-per-day <points>',
      'the maximum points added to each user per day (UTC)',
      parseCount(Number.MAX_SAFE_INTEGER),
    )
    .option(
      '--max-spent-per-user-per-day <points>',
      'the maximum points spent from each user per day (UTC)',
      parseCount(Number.MAX_SAFE_INTEGER),
    )
    .option('--requests-per-minute <count>', 'the maximum operations per minute', parseCount(2 ** 31 - 1))
    .option('--network <cidr>', 'a network that its requests must come from; can be given up to 50 times', addNetwork);
}

/** The limits among the options; null for those that are not given. */
export function limitsIn(options: LimitOptions): TokenLimits {
  return {
    maxPointsPerChange: options.maxPerChange ?? null,
    maxAddedPerDay: options.maxAddedPerDay ?? null,
    maxSpentPerDay: options.maxSpentPerDay ?? null,
    maxAddedPerUserPerDay: options.maxAddedPerUserPerDay ?? null,
    maxSpentPerUserPerDay: options.maxSpentPerUserPerDay ?? null,
    requestsPerMinute: options.requestsPerMinute ?? null,
  };
}

/** Commander parses the options one by one. */
function addNetwork(text: string, before: readonly string[] = []): readonly string[] {
  const network = parseNetwork(text);
  if (network === undefined) {
    throw new InvalidArgumentError('Write an address, or a CIDR block whose address is its first, such as 10.0.0.0/8.');
  }
  const networks = [...new Set([...before, network])];
  if (networks.length > MAX_NETWORKS) throw new InvalidArgumentError(`A token has up to ${MAX_NETWORKS} networks.`);
  return networks;
}
