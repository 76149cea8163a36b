import { type FieldNode, Kind, valueFromASTUntyped } from 'graphql';
import { type DerivedGrant, givenFields } from '../compile/argument-checks.js';
import { type CredentialKind, kindOf, NONE, union } from '../compile/permissions.js';
import { combine, permissionsOf, type Requirement, type Requirements, requirementOf } from '../compile/requirement.js';
import { derivedNeeds } from '../decide/check-arguments.js';
import type { CheckedField, Plan } from '../plan/plan.js';

/** What one coordinate requires. Scopes are names of the enum `Scope`, in its order. */
export interface FieldRequirement {
  readonly coordinate: string;
  readonly scopes: readonly string[];
  /** Of each of these lists it requires one. */
  readonly anyScopes: readonly (readonly string[])[];
  /** Whether a logged-in user needs fewer scopes for what is their own. */
  readonly ownerAllowed: boolean;
  /** Whether no credential is needed. */
  readonly public: boolean;
  /** The only kind of credential that passes; absent: any. */
  readonly kind?: CredentialKind;
}

/** What an operation requires. */
export interface RequiredScopes {
  /** All that an app token needs, in the enum's order. */
  readonly scopes: readonly string[];
  /** Of each of these lists an app token needs one; lists that `scopes` meets are left out. */
  readonly anyScopes: readonly (readonly string[])[];
  /** Each selected field and each argument or input field that is named, in the order of the document. */
  readonly fields: readonly FieldRequirement[];
}

/**
 * What the operation of a plan requires of its caller. Where a result may be of several types, the least demanding one
 * counts. The input fields that the value of a variable gives are unknown until it is sent, and do not count.
 */
export function requiredScopesOf(
  plan: Plan,
  requirements: Requirements,
  derivedGrants: Readonly<Record<string, DerivedGrant>>,
): RequiredScopes {
  const total = new Map<string, Requirement>();
  const add = (coordinate: string, requirement: Requirement) =>
    total.set(coordinate, combine(total.get(coordinate) ?? requirement, requirement));
  for (const { coordinate, alternatives } of plan.usages) add(coordinate, requirements.leastDemanding(alternatives));
  for (const { coordinate, needs } of plan.variableInputs) if (needs !== NONE) add(coordinate, requirementOf(needs));
  for (const { coordinate, needs } of derivedOf(plan.checkedFields, { requirements, derivedGrants })) {
    if (needs !== NONE) add(coordinate, requirementOf(needs));
  }
  const all = union([...total.values()].map(permissionsOf));
  return {
    scopes: requirements.scopesIn(all),
    anyScopes: requirements.anyScopesIn(all),
    fields: [...total].map(([coordinate, requirement]) => fieldRequirement(coordinate, requirement, requirements)),
  };
}

/** What input objects need as a whole, as far as the document has them. */
function derivedOf(fields: readonly CheckedField[], checks: Parameters<typeof derivedNeeds>[2]) {
  return fields
    .filter(({ derives }) => derives)
    .flatMap(({ field, nodes }) => [...nodes].flatMap((node) => givenFields(field, literalsOf(node))))
    .map((given) => ({ coordinate: given.coordinate, needs: derivedNeeds(given, () => false, checks) }));
}

/** The arguments as the document has them: what a variable gives is undefined. */
function literalsOf({ arguments: given = [] }: FieldNode): Record<string, unknown> {
  const literals = given.filter(({ value }) => value.kind !== Kind.VARIABLE);
  return Object.fromEntries(literals.map(({ name, value }) => [name.value, valueFromASTUntyped(value)]));
}

function fieldRequirement(coordinate: string, requirement: Requirement, requirements: Requirements): FieldRequirement {
  const permissions = permissionsOf(requirement);
  const kind = kindOf(permissions);
  return {
    coordinate,
    scopes: requirements.scopesIn(permissions),
    anyScopes: requirements.anyScopesIn(permissions),
    ownerAllowed: requirement.ownerRules.length > 0,
    public: permissions === NONE,
    ...(kind && { kind }),
  };
}
