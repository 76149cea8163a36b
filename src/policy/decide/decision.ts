import type { ASTNode } from 'graphql';
import { type Permissions, union } from '../compile/permissions.js';
import { combine, minimal, permissionsOf, type Requirements } from '../compile/requirement.js';
import type { Plan } from '../plan/plan.js';
import { createDenial, type Denial, type UnmetRequirement } from './denial.js';

/** The decision on an operation as a whole. */
export type Decision =
  | { readonly kind: 'ALLOWED' }
  | {
      readonly kind: 'DENIED';
      /** One for each denied coordinate, in the order of the document; at most 20. */
      readonly denials: readonly Denial[];
      /** Scopes that the operation requires, and of a choice the first, as names in the enum's order. */
      readonly requiredScopes: readonly string[];
    };

const ALLOWED: Decision = { kind: 'ALLOWED' };
const MAX_DENIALS = 20;

/**
 * The decision on an operation, for every caller who holds these permissions.
 *
 * @param input.unmet the coordinates that the caller may not use.
 * @param input.given what the values of arguments need, which the plan does not know.
 */
export function createDecision(
  plan: Plan,
  input: { readonly unmet: readonly UnmetRequirement[]; readonly given: Permissions; readonly held: Permissions },
  requirements: Requirements,
): Decision {
  const { unmet, given, held } = input;
  if (unmet.length === 0) return ALLOWED;
  const denials = mergeByCoordinate(unmet)
    .sort((one, other) => startOf(one) - startOf(other))
    .slice(0, MAX_DENIALS)
    .map((one) => createDenial(one, held, requirements));
  const required = plan.usages.map(({ alternatives }) => permissionsOf(requirements.leastDemanding(alternatives)));
  return { kind: 'DENIED', denials, requiredScopes: requirements.sufficientScopes(union([given, ...required])) };
}

/** A coordinate with all nodes at which its requirement is not met. */
interface Merged extends UnmetRequirement {
  readonly nodes: readonly ASTNode[];
}

/** Linear: the nodes of a coordinate are collected once, however often it is not met. */
function mergeByCoordinate(unmet: readonly UnmetRequirement[]): Merged[] {
  const groups = new Map<string, [UnmetRequirement, ...UnmetRequirement[]]>();
  for (const one of unmet) {
    const group = groups.get(one.coordinate);
    if (group) group.push(one);
    else groups.set(one.coordinate, [one]);
  }
  return [...groups.values()].map(merge);
}

/** All requirements of a coordinate in one: what meets it meets an alternative of each. */
function merge(group: readonly [UnmetRequirement, ...UnmetRequirement[]]): Merged {
  const nodes = new Set<ASTNode>();
  for (const one of group) for (const node of one.nodes) nodes.add(node);
  const distinct = [...new Set(group.map(({ alternatives }) => alternatives))];
  const alternatives = distinct.reduce((merged, more) =>
    minimal(merged.flatMap((one) => more.map((other) => combine(one, other)))),
  );
  // Only where a look-up failed for all of them is it unknown whether the coordinate would have been allowed.
  const failure = group
    .map((one) => one.failure)
    .reduce((one, other) => one && other && (one === other ? one : 'BROKEN'));
  const isDelegation = group.some((one) => one.isDelegation); // whatever else is missing, nothing helps this caller
  return { coordinate: group[0].coordinate, alternatives, nodes: [...nodes], failure, isDelegation };
}

function startOf({ nodes }: Merged): number {
  return nodes[0]?.loc?.start ?? 0;
}
