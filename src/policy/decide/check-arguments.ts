import {
  asWritten,
  type Delegation,
  type DerivedGrant,
  type GivenField,
  givenFields,
} from '../compile/argument-checks.js';
import { CREDENTIAL, holds, NONE, type Permissions, union } from '../compile/permissions.js';
import { type Requirements, requirementOf } from '../compile/requirement.js';
import type { Variables } from '../plan/operation.js';
import type { CheckedField } from '../plan/plan.js';
import { argumentsOf } from './argument-owners.js';
import type { UnmetRequirement } from './denial.js';

/** The functions that check arguments as a whole, by coordinate. */
export interface Checks<Context> {
  readonly delegations: Readonly<Record<string, Delegation<Context>>>;
  readonly derivedGrants: Readonly<Record<string, DerivedGrant>>;
}

/** The values of one request. */
interface Values<Context> {
  /** Undefined: execution will reject them. */
  readonly coerced: Variables | undefined;
  readonly context: Context;
}

/** What of these fields gives access to others, all of which is denied. */
export function findDelegations<Context>(
  fields: readonly CheckedField[],
  { coerced, context }: Values<Context>,
  { delegations }: Pick<Checks<Context>, 'delegations'>,
): UnmetRequirement[] {
  return fields.flatMap(({ coordinate, field, needs, nodes }) =>
    [...nodes].flatMap((node): UnmetRequirement[] => {
      const given = coerced && argumentsOf(field, node, coerced);
      const denied = { nodes: [node], isDelegation: true };
      const inputs = given === undefined ? [] : givenFields(field, given);
      const delegating = inputs.filter((one) => delegations[one.coordinate]?.(asWritten(one), context));
      return [
        ...(delegations[coordinate]?.(given, context) ? [{ ...denied, coordinate, alternatives: [needs] }] : []),
        ...delegating.map((one) => ({
          ...denied,
          coordinate: one.coordinate,
          alternatives: [requirementOf(CREDENTIAL)],
        })),
      ];
    }),
  );
}

/** What input objects need as a whole, and what of it the caller lacks. */
export function checkDerivedGrants(
  fields: readonly CheckedField[],
  { coerced, held }: { readonly coerced: Variables; readonly held: Permissions },
  { derivedGrants, requirements }: Pick<Checks<unknown>, 'derivedGrants'> & { readonly requirements: Requirements },
): { readonly needs: Permissions; readonly unmet: readonly UnmetRequirement[] } {
  const isHeld = (scope: string) => holds(held, requirements.permission(scope));
  const unmet: UnmetRequirement[] = [];
  let all = NONE;
  for (const { field, nodes } of fields) {
    for (const node of nodes) {
      const given = argumentsOf(field, node, coerced);
      for (const input of given === undefined ? [] : givenFields(field, given)) {
        const needs = derivedNeeds(input, isHeld, { derivedGrants, requirements });
        all = union([all, needs]);
        if (holds(held, needs)) continue;
        unmet.push({ coordinate: input.coordinate, alternatives: [requirementOf(needs)], nodes: [node] });
      }
    }
  }
  return { needs: all, unmet };
}

/** The permissions that an input object grants by one of its fields. */
export function derivedNeeds(
  { coordinate, value, input }: Pick<GivenField, 'coordinate' | 'value' | 'input'>,
  isHeld: (scope: string) => boolean,
  { derivedGrants, requirements }: Pick<Checks<unknown>, 'derivedGrants'> & { readonly requirements: Requirements },
): Permissions {
  const grant = value === null || value === undefined ? undefined : derivedGrants[coordinate];
  const scopes = [...(grant?.(input, isHeld) ?? [])];
  return union(scopes.flatMap((scope) => [CREDENTIAL, requirements.permission(scope)]));
}
