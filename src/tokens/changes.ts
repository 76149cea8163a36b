import { LIMITS, type TokenLimits } from './limits.js';
import type { LockedToken } from './lock-token.js';
import { parseNetwork } from './parse-network.js';
import { limitsOf } from './token.js';

/** New values of a token; undefined leaves one as it is. They have been parsed. */
export interface TokenChanges {
  readonly name?: string | undefined;
  /** Null: never. */
  readonly expiresAt?: Date | null | undefined;
  /** They replace all limits; null: none. */
  readonly limits?: TokenLimits | null | undefined;
  /** Null: from anywhere. */
  readonly networks?: readonly string[] | null | undefined;
}

/** The maximum length of a detail in the audit log. */
const MAX_LENGTH = 200;

/**
 * Describes what of a token changes, from what to what, for the audit log: `maxAddedPerDay: none to 100`. A name is not
 * given: it is free text. Where all would be too long, the last values are left out.
 *
 * @returns empty where nothing changes.
 */
export function describeChanges(token: LockedToken, changes: TokenChanges): string {
  const differences = [
    ...(changes.name === undefined || changes.name === token.name ? [] : [['name']]),
    ...endDifference(token, changes),
    ...limitDifferences(token, changes),
    ...networkDifference(token, changes),
  ];
  return differences.reduce((text, forms, index) => {
    const rest = differences.slice(index + 1).map((others) => `; ${others.at(-1)}`);
    const before = text === '' ? '' : `${text}; `;
    const free = MAX_LENGTH - before.length - rest.join('').length;
    return before + (forms.find((form) => form.length <= free) ?? '');
  }, '');
}

/** A difference in words, the shortest last. */
type Forms = readonly string[];

function endDifference({ expiresAt: before }: LockedToken, { expiresAt: after }: TokenChanges): Forms[] {
  const text = (end: Date | null) => end?.toISOString() ?? 'never';
  return after === undefined ? [] : difference('expiresAt', text(before), text(after));
}

function limitDifferences(before: LockedToken, { limits }: TokenChanges): Forms[] {
  if (limits === undefined) return [];
  const after = limitsOf(limits ?? {});
  return LIMITS.flatMap((name) => difference(name, String(before[name] ?? 'none'), String(after[name] ?? 'none')));
}

function networkDifference({ networks: before }: LockedToken, { networks: after }: TokenChanges): Forms[] {
  if (after === undefined) return [];
  const text = (networks: readonly string[]) => networks.join(' ') || 'any';
  const forms = difference('networks', text(canonical(before)), text(canonical(after ?? [])));
  return forms.map(([full = '', short = '']) => [full, `networks: ${before.length} to ${after?.length ?? 0}`, short]);
}

/** In one order and notation: PostgreSQL writes some addresses of IPv6 in another. */
function canonical(networks: readonly string[]): readonly string[] {
  return networks.map((network) => parseNetwork(network) ?? network).toSorted();
}

function difference(what: string, before: string, after: string): Forms[] {
  return before === after ? [] : [[`${what}: ${before} to ${after}`, what]];
}
