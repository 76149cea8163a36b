import type { CombinedError } from 'urql';
import { formatNumber } from '../display/format-number.js';
import { pointsInWords } from '../display/points-in-words.js';

/**
 * Why a user's points do not suffice, in a sentence; undefined: the error is another one.
 *
 * @param payer the name of the user whose points a change takes.
 */
export function shortage({ graphQLErrors }: Pick<CombinedError, 'graphQLErrors'>, payer: string): string | undefined {
  const details = graphQLErrors.find(({ extensions }) => extensions['code'] === 'INSUFFICIENT_POINTS')?.extensions;
  const { available, needed, held } = details ?? {};
  if (typeof available !== 'number' || typeof needed !== 'number') return undefined;
  const reserved = typeof held === 'number' && held > 0 ? `, and ${formatNumber(held)} reserved` : '';
  return `${payer} has ${pointsInWords(available)} available${reserved}. The change needs ${formatNumber(needed)}.`;
}
