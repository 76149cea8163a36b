import type { ASTNode } from 'graphql';
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
    .sort((one, other) => startOf(one) - startOf(other))
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

/** A coordinate that was refused, with all its nodes. */
interface Merged extends Refused {
  readonly nodes: readonly ASTNode[];
}

/** One refusal for each coordinate. Linear: the nodes of a coordinate are gathered once, however often it was refused. */
function mergeByCoordinate(refused: readonly Refused[]): Merged[] {
  const groups = new Map<string, [Refused, ...Refused[]]>();
  for (const one of refused) {
    const group = groups.get(one.coordinate);
    if (group) group.push(one);
    else groups.set(one.coordinate, [one]);
  }
  return [...groups.values()].map(merge);
}

/** All demands of a coordinate in one: what meets it meets an alternative of each. */
function merge(group: readonly [Refused, ...Refused[]]): Merged {
  const [first] = group;
  const nodes = new Set<ASTNode>();
  for (const one of group) for (const node of one.nodes) nodes.add(node);
  const demands = [...new Set(group.map(({ alternatives }) => alternatives))];
  const alternatives = demands.reduce((met, more) =>
    minimal(met.flatMap((one) => more.map((other) => both(one, other)))),
  );
  const failure = group
    .map((one) => one.failure)
    .reduce((one, other) => one && other && (one === other ? one : 'BROKEN'));
  return { ...first, alternatives, nodes: [...nodes], failure };
}

function startOf({ nodes }: Merged): number {
  return nodes[0]?.loc?.start ?? 0;
}
