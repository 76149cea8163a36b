import { type FieldNode, type GraphQLField, getArgumentValues, Kind } from 'graphql';
import type { CompiledSchema } from '../compile/compile-schema.js';
import { valueAt } from '../compile/owner-path.js';
import { holds, type Permissions } from '../compile/permissions.js';
import type { Variables } from '../plan/operation.js';
import type { Usage } from '../plan/plan.js';
import type { UnmetRequirement } from './denial.js';
import { lookUpOwners, type OwnerLookups, type OwnerQuery, type Ownership, ownershipOfAll } from './owner-lookups.js';

/** The caller and the variables of one request. */
export interface OwnerCheck<Context> {
  readonly held: Permissions;
  readonly coerced: Variables;
  readonly context: Context;
}

/** The selections whose owner, named in arguments, is the caller, and those where the caller is not. */
export interface CheckedOwners {
  readonly owned: ReadonlySet<FieldNode>;
  readonly unmet: readonly UnmetRequirement[];
}

/** Looks up the owners that arguments name, for usages that only their owner may use. */
export function checkArgumentOwners<Context>(
  usages: readonly Usage[],
  check: OwnerCheck<Context>,
  { compiled, ...lookups }: OwnerLookups<Context> & { readonly compiled: CompiledSchema },
): CheckedOwners | Promise<CheckedOwners> {
  const selections = usages.flatMap((usage) =>
    [...usage.nodes].flatMap((node) =>
      node.kind === Kind.FIELD ? [{ usage, node, queries: queriesOf(usage, node, check, compiled) }] : [],
    ),
  );
  const conclude = (results: readonly Ownership[]): CheckedOwners => {
    const owned = new Set<FieldNode>();
    const unmet: UnmetRequirement[] = [];
    let next = 0;
    for (const { usage, node, queries } of selections) {
      const own = results.slice(next, next + (queries?.length ?? 0));
      next += own.length;
      const ownership = queries === undefined ? 'NOT_OWNER' : ownershipOfAll(own);
      const failure = ownership === 'BROKEN' || ownership === 'UNAVAILABLE' ? ownership : undefined;
      if (ownership === 'OWNER') owned.add(node);
      else unmet.push({ coordinate: usage.coordinate, alternatives: usage.alternatives, nodes: [node], failure });
    }
    return { owned, unmet };
  };
  const queries = selections.flatMap((selection) => selection.queries ?? []);
  const results = lookUpOwners(queries, lookups, check.context);
  return results instanceof Promise ? results.then(conclude) : conclude(results);
}

/** What must be true for the caller to own the selection; undefined where its arguments are invalid. */
function queriesOf(
  { coordinate, alternatives, field }: Usage,
  node: FieldNode,
  { held, coerced }: Pick<OwnerCheck<unknown>, 'held' | 'coerced'>,
  { ownerPaths }: CompiledSchema,
): readonly OwnerQuery[] | undefined {
  const given = field && argumentsOf(field, node, coerced);
  if (!given) return undefined;
  // The usage has one field: its alternatives differ in the type returned, not in the owner rules.
  const ownerRules = alternatives[0]?.ownerRules.filter(({ needs }) => !holds(held, needs)) ?? [];
  return ownerRules.flatMap((rule) => {
    const path = ownerPaths.get(rule.coordinate);
    if (path?.from !== 'ARGUMENTS') return [];
    return [{ coordinate, lookup: path.lookup, value: valueAt(given, path.path) }];
  });
}

/** The coerced arguments of a selection; undefined where they are invalid: execution reports that, and does not resolve it. */
export function argumentsOf(
  field: GraphQLField<unknown, unknown>,
  node: FieldNode,
  variables: Variables,
): Record<string, unknown> | undefined {
  try {
    return getArgumentValues(field, node, variables);
  } catch {
    return undefined;
  }
}
