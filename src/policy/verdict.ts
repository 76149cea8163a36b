import { type Caller, cheapestOf, type Denial, prepareDenial, type Refused, type Wording } from './denial.js';
import type { Plan } from './plan.js';
import { bitsOf, both, minimal } from './requirement.js';

/** What the policy says to an operation as a whole. */
export type Verdict =
  | { readonly allowed: true }
  | {
      readonly allowed: false;
      /** One for each refused coordinate, in the order of the document; at most 20. */
      readonly denials: readonly Denial[];
      /** Every scope that the operation requires, as names in the enum's order. */
      readonly requiredScopes: readonly string[];
      /** Whether the caller sent no credential at all. */
      readonly anonymous: boolean;
    };

const ALLOWED: Verdict = { allowed: true };
const MOST_DENIALS = 20;

/**
 * The verdict that follows from what was refused, for every caller who holds certain bits.
 *
 * @param refusal.supplied the bits of what the variables supply, which the plan does not know of.
 */
export function prepareVerdict(
  { plan, held }: { readonly plan: Plan; readonly held: bigint },
  { refused, supplied }: { readonly refused: readonly Refused[]; readonly supplied: bigint },
  wording: Wording,
): (caller: Caller) => Verdict {
  if (refused.length === 0) return () => ALLOWED;
  const { requirements } = wording;
  const denials = mergeByCoordinate(refused)
    .sort((one, other) => positionOf(one) - positionOf(other))
    .slice(0, MOST_DENIALS)
    .map((one) => prepareDenial(one, held, wording));
  const required = plan.sites.reduce(
    (bits, { alternatives }) =>
      bits | bitsOf(cheapestOf(alternatives, (one) => requirements.names(bitsOf(one)).length)),
    supplied,
  );
  const requiredScopes = requirements.names(required);
  return (caller) => ({
    allowed: false,
    denials: denials.map((describe) => describe(caller)),
    requiredScopes,
    anonymous: caller.kind === 'ANONYMOUS',
  });
}

function mergeByCoordinate(refused: readonly Refused[]): Refused[] {
  const merged = new Map<string, Refused>();
  for (const one of refused) {
    const known = merged.get(one.coordinate);
    merged.set(one.coordinate, known ? merge(known, one) : one);
  }
  return [...merged.values()];
}

/** Both demands of a coordinate in one: whatever meets it meets an alternative of each. */
function merge(one: Refused, other: Refused): Refused {
  const alternatives =
    one.alternatives === other.alternatives
      ? one.alternatives
      : minimal(one.alternatives.flatMap((first) => other.alternatives.map((second) => both(first, second))));
  const nodes = [...new Set([...one.nodes, ...other.nodes])];
  const failure = one.failure && other.failure && (one.failure === other.failure ? one.failure : 'BROKEN');
  return { ...one, alternatives, nodes, failure };
}

function positionOf({ nodes }: Refused): number {
  return nodes[0]?.loc?.start ?? 0;
}
