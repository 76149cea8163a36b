import type { FieldNode } from 'graphql';
import type { CompiledSchema } from '../compile/compile-schema.js';
import {
  CREDENTIAL,
  holds,
  kindPermission,
  NONE,
  type Permissions,
  SESSION,
  union,
  withChoices,
} from '../compile/permissions.js';
import { requirementOf } from '../compile/requirement.js';
import { BoundedMap } from '../plan/bounded-map.js';
import type { Operation, Variables } from '../plan/operation.js';
import type { CheckedField, Plan, Usage, VariableInput } from '../plan/plan.js';
import { type CheckedOwners, checkArgumentOwners } from './argument-owners.js';
import { type Caller, mayDelegate } from './caller.js';
import { type Checks, checkDerivedGrants, findDelegations } from './check-arguments.js';
import { coerceVariables } from './coerce-variables.js';
import { createDecision, type Decision } from './decision.js';
import type { UnmetRequirement } from './denial.js';
import type { OwnerLookups } from './owner-lookups.js';
import { needsOfVariable } from './variable-inputs.js';

/** An operation that a caller wants to run. */
export interface DecisionRequest<Context> {
  readonly operation: Operation;
  readonly context: Context;
  readonly caller: Caller;
  /** As the client sent them, or as execution coerced them. */
  readonly variables: Variables;
  readonly areCoerced: boolean;
}

/** An operation with the decision on it, and what the field guards need to know of it. */
export interface DecidedOperation {
  readonly operation: Operation;
  readonly plan: Plan;
  readonly caller: Caller;
  readonly held: Permissions;
  readonly decision: Decision | Promise<Decision>;
  /** Whether the field guards have nothing to ask of this caller. */
  readonly isFinal: boolean;
  /** The selections whose owner, named in arguments, is the caller. Complete once the decision is settled. */
  readonly owned: ReadonlySet<FieldNode>;
  readonly basis: Basis;
}

/** What the decision depends on, beside the operation and the caller. */
export type Basis =
  /** The variables of `@skip` and `@include`, which have chosen the plan. */
  | { readonly kind: 'PLAN' }
  | { readonly kind: 'VARIABLES'; readonly coerced: Variables }
  | { readonly kind: 'INVALID_VARIABLES' };

export interface DeciderOptions<Context> extends OwnerLookups<Context>, Checks<Context> {
  readonly compiled: CompiledSchema;
  readonly scopeLabel: (name: string) => string;
  /** How many decisions are kept for one plan. */
  readonly cacheSize: number;
}

/** What a plan means for the holder of certain permissions. Computed once for both. */
interface PlanDecision {
  /** What is denied whatever the variables are, and the decision that follows from it alone. */
  readonly unmet: readonly Usage[];
  readonly decision: Decision;
  /** Denied unless the caller is the owner whom the arguments name. */
  readonly forOwners: readonly Usage[];
  /** Variables whose value could need what the caller lacks. */
  readonly variableInputs: readonly VariableInput[];
  /** Fields whose arguments could need, as a whole, what the caller lacks. */
  readonly deriving: readonly CheckedField[];
  readonly isFinal: boolean;
}

const NO_SELECTIONS: ReadonlySet<FieldNode> = new Set();
const NO_FIELDS: readonly CheckedField[] = [];
const BY_PLAN: Basis = { kind: 'PLAN' };

/** Decides on whole operations, before anything runs. */
export class Decider<Context> {
  readonly #options: DeciderOptions<Context>;
  readonly #permissions: ReadonlyMap<string, Permissions>;
  readonly #planDecisions = new WeakMap<Plan, BoundedMap<Permissions, PlanDecision>>();

  constructor(options: DeciderOptions<Context>) {
    this.#options = options;
    const { requirements } = options.compiled;
    const labelled = requirements.scopes.map(
      (name) => [options.scopeLabel(name), requirements.permission(name)] as const,
    );
    this.#permissions = new Map(labelled);
  }

  /** The permissions that a caller holds. Unknown scopes are ignored. */
  permissionsOf(caller: Caller): Permissions {
    if (caller.kind === 'ANONYMOUS') return NONE;
    const held = [CREDENTIAL, kindPermission(caller.kind)];
    for (const scope of caller.scopes) held.push(this.#permissions.get(scope) ?? NONE);
    return withChoices(union(held), this.#options.compiled.requirements.choices);
  }

  /** The decision is a promise only where an owner must be looked up asynchronously. */
  decide({ operation, variables, areCoerced, caller, context }: DecisionRequest<Context>): DecidedOperation {
    const { compiled } = this.#options;
    const held = this.permissionsOf(caller);
    const plan = operation.plan(variables);
    const { unmet, decision, forOwners, variableInputs, deriving, isFinal } = this.#decidePlan(plan, held);
    const delegating = mayDelegate(caller) ? NO_FIELDS : plan.checkedFields.filter(({ delegates }) => delegates);
    const createDecided = (
      decision: DecidedOperation['decision'],
      basis: Basis,
      owned = NO_SELECTIONS,
    ): DecidedOperation => ({ operation, plan, caller, held, isFinal, decision, owned, basis });
    if ([forOwners, variableInputs, delegating, deriving].every(({ length }) => length === 0)) {
      return createDecided(decision, BY_PLAN);
    }
    const coerced = areCoerced ? variables : coerceVariables(compiled.schema, operation.node, variables);
    const delegations = findDelegations(delegating, { coerced, context }, this.#options);
    // Execution reports invalid variables and runs nothing. What is denied in any case stays denied.
    if (!coerced) {
      const known = { unmet: [...unmet, ...delegations], given: NONE, held };
      return createDecided(createDecision(plan, known, compiled.requirements), { kind: 'INVALID_VARIABLES' });
    }

    const checks = { derivedGrants: this.#options.derivedGrants, requirements: compiled.requirements };
    const given = this.#checkVariables(variableInputs, { operation, variables, areCoerced, held });
    const owned = new Set<FieldNode>();
    const conclude = (owners: CheckedOwners) => {
      for (const node of owners.owned) owned.add(node);
      const direct = [...unmet, ...given.unmet, ...delegations, ...owners.unmet];
      // Costly, and so only for those who are allowed everything else.
      const derived = checkDerivedGrants(direct.length > 0 ? NO_FIELDS : deriving, { coerced, held }, checks);
      const all = { unmet: [...direct, ...derived.unmet], given: union([given.needs, derived.needs]), held };
      return createDecision(plan, all, compiled.requirements);
    };
    const owners = checkArgumentOwners(forOwners, { held, coerced, context }, this.#options);
    const concluded = owners instanceof Promise ? owners.then(conclude) : conclude(owners);
    return createDecided(concluded, { kind: 'VARIABLES', coerced }, owned);
  }

  #decidePlan(plan: Plan, held: Permissions): PlanDecision {
    const { requirements } = this.#options.compiled;
    const known = this.#planDecisions.get(plan) ?? new BoundedMap(this.#options.cacheSize);
    this.#planDecisions.set(plan, known);
    return known.getOrCreate(held, () => {
      const certain = plan.usages.filter(({ isCertain }) => isCertain);
      const outcomes = new Map(certain.map((usage) => [usage, this.#outcomeOf(usage, held)]));
      const unmet = certain.filter((usage) => outcomes.get(usage) === 'DENIED');
      return {
        unmet,
        decision: createDecision(plan, { unmet, given: NONE, held }, requirements),
        forOwners: certain.filter((usage) => outcomes.get(usage) === 'OWNER_ONLY'),
        variableInputs: plan.variableInputs.filter(({ potential }) => !holds(held, potential)),
        deriving: plan.checkedFields.filter(({ derives }) => derives && !holds(held, requirements.all)),
        isFinal: holds(held, plan.deferred),
      };
    });
  }

  #outcomeOf({ alternatives, field }: Usage, held: Permissions): Outcome {
    let outcome: Outcome = 'DENIED';
    for (const { needs, ownerRules } of alternatives) {
      if (!holds(held, needs)) continue;
      const unmet = ownerRules.filter((rule) => !holds(held, rule.needs));
      if (unmet.length > 0 && !holds(held, SESSION)) continue;
      const { ownerPaths } = this.#options.compiled;
      const isInArguments = unmet.some(({ coordinate }) => ownerPaths.get(coordinate)?.from === 'ARGUMENTS');
      // Where only the result shows the owner or the type, the field guards decide.
      if (!field || !isInArguments) return 'ALLOWED';
      outcome = 'OWNER_ONLY';
    }
    return outcome;
  }

  /** What the variables need, and what of it the caller lacks. */
  #checkVariables(
    variableInputs: readonly VariableInput[],
    request: Pick<DecisionRequest<Context>, 'operation' | 'variables' | 'areCoerced'> & { held: Permissions },
  ): { readonly needs: Permissions; readonly unmet: readonly UnmetRequirement[] } {
    const { operation, variables, areCoerced, held } = request;
    const unmet: UnmetRequirement[] = [];
    const all: Permissions[] = [];
    for (const input of variableInputs) {
      const given = operation.valueOfVariable(input.variable, variables);
      if (!given) continue;
      const { inputs } = this.#options.compiled;
      const found = needsOfVariable(input, { value: given.value, isCoerced: areCoerced }, inputs);
      for (const [coordinate, distinct] of found) {
        for (const needs of distinct) {
          all.push(needs);
          if (!holds(held, needs)) unmet.push({ coordinate, alternatives: [requirementOf(needs)], nodes: input.nodes });
        }
      }
    }
    return { needs: union(all), unmet };
  }
}

/** What a usage is to a caller. OWNER_ONLY: allowed if the caller is the owner whom the arguments name. */
type Outcome = 'ALLOWED' | 'OWNER_ONLY' | 'DENIED';
