import {
  type ArgumentNode,
  type DirectiveNode,
  type FieldNode,
  type FragmentDefinitionNode,
  type GraphQLField,
  type GraphQLNamedType,
  type GraphQLObjectType,
  getNamedType,
  isAbstractType,
  Kind,
  type OperationDefinitionNode,
  type SelectionNode,
  type SelectionSetNode,
} from 'graphql';
import type { CompiledSchema } from '../compile/compile-schema.js';
import { NONE, type Permissions, union } from '../compile/permissions.js';
import { minimal, permissionsOf, type Requirement } from '../compile/requirement.js';
import { inputsOf } from './argument-inputs.js';
import type { AtNode, CheckedField, Plan, Usage, UsageNode, VariableInput } from './plan.js';
import { type TypeSet, TypeSets } from './type-sets.js';

/** An operation as it is to run: with its fragments, and with the value of each `@skip` and `@include`. */
export interface SelectedOperation {
  readonly operation: OperationDefinitionNode;
  readonly fragments: ReadonlyMap<string, FragmentDefinitionNode>;
  /** The value of a variable in an `if:`. What is no boolean selects. */
  readonly condition: (variable: string) => unknown;
}

/** Plans an operation. Linear in the document, however often a fragment is spread. */
export function planOperation(compiled: CompiledSchema, selected: SelectedOperation): Plan {
  const planner = new Planner(compiled, selected);
  const root = compiled.schema.getRootType(selected.operation.operation);
  if (root) planner.visitRoot(root);
  return planner.plan();
}

/** An object type that the selected value may have, and the selected field of it. */
interface Candidate {
  readonly owner: GraphQLObjectType;
  readonly field: GraphQLField<unknown, unknown>;
}

/** A selection set at one position of the operation. */
interface Block {
  /** The types that the selected value may have. */
  readonly possible: TypeSet;
  /** Those that remain inside the fragments around. */
  readonly remaining: TypeSet;
  /** The type as the document sees it. */
  readonly type: GraphQLNamedType;
  /** Whether every result leads to the value. */
  readonly isCertain: boolean;
}

class Planner {
  readonly #compiled: CompiledSchema;
  readonly #selected: SelectedOperation;
  readonly #typeSets: TypeSets;
  readonly #usages = new Map<string, Usage & { readonly nodes: Set<UsageNode> }>();
  readonly #variableInputs = new Map<string, VariableInput & { readonly nodes: Set<UsageNode> }>();
  readonly #checkedFields = new Map<string, CheckedField & { readonly nodes: Set<FieldNode> }>();
  readonly #visited = new Map<SelectionSetNode, Set<string>>();
  #deferred: Permissions = NONE;

  constructor(compiled: CompiledSchema, selected: SelectedOperation) {
    this.#compiled = compiled;
    this.#selected = selected;
    this.#typeSets = new TypeSets(compiled.schema);
  }

  plan(): Plan {
    return {
      usages: [...this.#usages.values()],
      variableInputs: [...this.#variableInputs.values()],
      checkedFields: [...this.#checkedFields.values()],
      deferred: this.#deferred,
    };
  }

  visitRoot(root: GraphQLObjectType): void {
    const types = this.#typeSets.of([root]);
    const block = { possible: types, remaining: types, type: root, isCertain: true };
    this.#visit(this.#selected.operation.selectionSet, block);
  }

  #visit(selectionSet: SelectionSetNode, block: Block): void {
    const visited = this.#visited.get(selectionSet) ?? new Set();
    this.#visited.set(selectionSet, visited);
    const key = `${block.possible.id} ${block.remaining.id} ${block.type.name} ${block.isCertain}`;
    if (visited.has(key)) return;
    visited.add(key);

    for (const selection of selectionSet.selections) {
      if (!this.#isSelected(selection)) continue;
      if (selection.kind === Kind.FIELD) this.#visitField(selection, block);
      else this.#visitFragment(selection, block);
    }
  }

  #visitFragment(selection: Exclude<SelectionNode, FieldNode>, block: Block): void {
    const fragment =
      selection.kind === Kind.INLINE_FRAGMENT ? selection : this.#selected.fragments.get(selection.name.value);
    if (!fragment) return;
    const condition = fragment.typeCondition;
    const type = condition && this.#compiled.schema.getType(condition.name.value);
    const remaining = type ? this.#typeSets.narrow(block.remaining, type) : block.remaining;
    this.#visit(fragment.selectionSet, { ...block, remaining, type: type ?? block.type });
  }

  #visitField(node: FieldNode, { possible, remaining, type, isCertain: isBlockCertain }: Block): void {
    const name = node.name.value;
    if (name.startsWith('__')) return; // introspection is exempt; the rules of an object's type guard its __typename
    const candidates = remaining.types.flatMap((owner) => {
      const field = owner.getFields()[name];
      return field ? [{ owner, field }] : [];
    });
    const [first] = candidates;
    if (!first) return;

    const isCertain = isBlockCertain && possible === remaining;
    const isOneType = remaining.types.length === 1;
    const coordinate = `${isOneType ? first.owner.name : type.name}.${name}`;
    const alternatives = minimal(candidates.flatMap((candidate) => this.#alternatives(candidate)));
    const usage = { coordinate, alternatives, node, isCertain, ...(isOneType && { field: first.field }) };
    this.#addUsage(usage, `${remaining.id}`);
    for (const candidate of candidates) {
      this.#defer(candidate, isCertain && isOneType);
      for (const argument of node.arguments ?? []) this.#visitArgument(candidate, argument, coordinate);
      this.#addCheckedField(candidate, node);
    }

    if (!node.selectionSet) return;
    const declared = 'getFields' in type ? type.getFields()[name] : undefined;
    const returned = getNamedType(declared && 'args' in declared ? declared.type : first.field.type);
    const below = this.#typeSets.of(candidates.map(({ field }) => getNamedType(field.type)));
    this.#visit(node.selectionSet, { possible: below, remaining: below, type: returned, isCertain });
  }

  /** What a field needs: where it returns an abstract type, once for each type that the result may turn out to be. */
  #alternatives({ owner, field }: Candidate): readonly Requirement[] {
    const { requirements } = this.#compiled;
    const { needs, ownerRules } = requirements.field(owner, field);
    const possible = this.#possibleTypes(field);
    if (possible.length === 0) return [{ needs, ownerRules }];
    return possible.map((type) => ({ needs: union([needs, requirements.type(type)]), ownerRules }));
  }

  /** Records what the field guards may ask for: where the type is uncertain everything, else what depends on the result. */
  #defer({ owner, field }: Candidate, isTypeCertain: boolean): void {
    const { requirements, ownerPaths } = this.#compiled;
    const requirement = requirements.field(owner, field);
    const byResult = requirement.ownerRules.filter(({ coordinate }) => ownerPaths.get(coordinate)?.from === 'PARENT');
    this.#deferred = union([
      this.#deferred,
      isTypeCertain ? NONE : permissionsOf(requirement),
      ...byResult.map(({ needs }) => needs),
      ...this.#possibleTypes(field).map((type) => requirements.type(type)),
    ]);
  }

  /** An argument counts even where the field itself is uncertain: it is known before anything runs. */
  #visitArgument({ owner, field }: Candidate, argument: ArgumentNode, coordinate: string): void {
    const { requirements, inputs } = this.#compiled;
    const needs = requirements.argument(owner, field, argument.name.value);
    const { usages, variableInputs } = inputsOf(field, argument, { coordinate, needs, inputs });
    for (const usage of usages) this.#addUsage(usage, `${usage.alternatives.map((one) => one.needs)}`);
    for (const input of variableInputs) this.#addVariableInput(input);
  }

  /** Adds a usage. The same coordinate with the same requirement is one usage, which has each node once. */
  #addUsage({ node, ...usage }: AtNode<Usage>, requirementKey: string): void {
    const key = `${usage.coordinate} ${requirementKey} ${usage.isCertain}`;
    const known = this.#usages.get(key);
    if (known) known.nodes.add(node);
    else this.#usages.set(key, { ...usage, nodes: new Set([node]) });
  }

  #addVariableInput({ node, ...input }: AtNode<VariableInput>): void {
    const key = `${input.variable} ${input.coordinate} ${input.needs} ${input.type}`;
    const known = this.#variableInputs.get(key);
    if (known) known.nodes.add(node);
    else this.#variableInputs.set(key, { ...input, nodes: new Set([node]) });
  }

  /** What an argument gives counts even where the field is uncertain, as in `#visitArgument`. */
  #addCheckedField({ owner, field }: Candidate, node: FieldNode): void {
    const { argumentChecks, requirements } = this.#compiled;
    const coordinate = `${owner.name}.${field.name}`;
    const known = this.#checkedFields.get(coordinate);
    if (known) known.nodes.add(node);
    const found = known ? undefined : argumentChecks.of(owner.name, field);
    if (!found) return;
    const needs = requirements.field(owner, field);
    this.#checkedFields.set(coordinate, { ...found, coordinate, field, needs, nodes: new Set([node]) });
  }

  #isSelected({ directives }: SelectionNode): boolean {
    return this.#condition(directives, 'skip') !== true && this.#condition(directives, 'include') !== false;
  }

  #condition(directives: readonly DirectiveNode[] | undefined, name: 'skip' | 'include'): unknown {
    const directive = directives?.find((candidate) => candidate.name.value === name);
    const value = directive?.arguments?.find((argument) => argument.name.value === 'if')?.value;
    if (value?.kind === Kind.VARIABLE) return this.#selected.condition(value.name.value);
    return value?.kind === Kind.BOOLEAN ? value.value : undefined;
  }

  #possibleTypes(field: GraphQLField<unknown, unknown>): readonly GraphQLObjectType[] {
    const returned = getNamedType(field.type);
    return isAbstractType(returned) ? this.#compiled.schema.getPossibleTypes(returned) : [];
  }
}
