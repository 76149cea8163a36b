import {
  type ArgumentNode,
  type DirectiveNode,
  type FieldNode,
  type FragmentDefinitionNode,
  type GraphQLField,
  type GraphQLNamedType,
  type GraphQLObjectType,
  type GraphQLSchema,
  getNamedType,
  isAbstractType,
  isObjectType,
  Kind,
  type ObjectFieldNode,
  type OperationDefinitionNode,
  type SelectionNode,
  type SelectionSetNode,
} from 'graphql';
import type { OwnerPath } from './owner.js';
import { bitsOf, minimal, type Requirement, type Requirements } from './requirement.js';
import type { Probe, SuppliedInputs } from './supplied.js';

/** One coordinate that an operation selects or supplies, and what that takes. */
export interface Site {
  readonly coordinate: string;
  /** One of them met is enough. There are several only where the result may be of several types. */
  readonly alternatives: readonly Requirement[];
  readonly nodes: ReadonlySet<SiteNode>;
  /** Whether every result leads here. Otherwise only the result tells, and gate two judges. */
  readonly certain: boolean;
  /** The field, where its one concrete type is known. */
  readonly field?: GraphQLField<unknown, unknown>;
}

export type SiteNode = FieldNode | ArgumentNode | ObjectFieldNode;

/** A variable at one coordinate, wherever the operation uses it there: its value is walked once for all of them. */
export interface VariableSite extends Omit<Probe, 'node'> {
  readonly nodes: ReadonlySet<SiteNode>;
}

/** All that the policy has to say about one operation, whoever asks. */
export interface Plan {
  readonly sites: readonly Site[];
  readonly probes: readonly VariableSite[];
  /** Every bit that gate two may ask for: who holds them all is never asked. */
  readonly later: bigint;
}

/** What planning needs to know of the schema and its policy. */
export interface Ground {
  readonly schema: GraphQLSchema;
  readonly requirements: Requirements;
  readonly owners: ReadonlyMap<string, OwnerPath>;
  readonly supplied: SuppliedInputs;
}

/** An operation as it is to run: its fragments, and which `@skip` and `@include` hold. */
export interface Selected {
  readonly operation: OperationDefinitionNode;
  readonly fragments: ReadonlyMap<string, FragmentDefinitionNode>;
  /** The value of a variable that stands in an `if:`; what is no boolean selects. */
  readonly condition: (variable: string) => unknown;
}

/** Lists what an operation selects and supplies. Linear in the document, however often a fragment is spread. */
export function planOperation(ground: Ground, selected: Selected): Plan {
  const planner = new Planner(ground, selected);
  const root = ground.schema.getRootType(selected.operation.operation);
  if (root) planner.start(root);
  return planner.plan();
}

/** The concrete types that a value may have. Equal sets are the same object. */
interface TypeSet {
  readonly id: number;
  readonly types: readonly GraphQLObjectType[];
}

class Planner {
  #later = 0n;
  readonly #ground: Ground;
  readonly #selected: Selected;
  readonly #sites = new Map<string, Site & { readonly nodes: Set<SiteNode> }>();
  readonly #probes = new Map<string, VariableSite & { readonly nodes: Set<SiteNode> }>();
  readonly #sets = new Map<string, TypeSet>();
  readonly #visited = new Map<SelectionSetNode, Set<string>>();

  constructor(ground: Ground, selected: Selected) {
    this.#ground = ground;
    this.#selected = selected;
  }

  plan(): Plan {
    return { sites: [...this.#sites.values()], probes: [...this.#probes.values()], later: this.#later };
  }

  start(root: GraphQLObjectType): void {
    const within = this.#setOf([root]);
    this.#visit(this.#selected.operation.selectionSet, { within, here: within, type: root, certain: true });
  }

  #visit(selectionSet: SelectionSetNode, scope: Scope): void {
    const visited = this.#visited.get(selectionSet) ?? new Set();
    this.#visited.set(selectionSet, visited);
    const key = `${scope.within.id} ${scope.here.id} ${scope.type.name} ${scope.certain}`;
    if (visited.has(key)) return;
    visited.add(key);

    for (const selection of selectionSet.selections) {
      if (!this.#isSelected(selection)) continue;
      if (selection.kind === Kind.FIELD) {
        this.#field(selection, scope);
        continue;
      }
      const fragment =
        selection.kind === Kind.INLINE_FRAGMENT ? selection : this.#selected.fragments.get(selection.name.value);
      if (!fragment) continue;
      const type = fragment.typeCondition && this.#ground.schema.getType(fragment.typeCondition.name.value);
      this.#visit(fragment.selectionSet, type ? { ...scope, type, here: this.#narrow(scope.here, type) } : scope);
    }
  }

  #field(node: FieldNode, { within, here, type, certain }: Scope): void {
    const name = node.name.value;
    if (name.startsWith('__')) return; // introspection is exempt; a __typename is gated by what led to its object
    const places = here.types.flatMap((owner) => {
      const field = owner.getFields()[name];
      return field ? [{ owner, field }] : [];
    });
    const [first] = places;
    if (!first) return;

    const sure = certain && within === here;
    const alone = here.types.length === 1;
    const coordinate = `${alone ? first.owner.name : type.name}.${name}`;
    this.#add(`${here.id}`, {
      coordinate,
      alternatives: minimal(places.flatMap((place) => this.#alternatives(place))),
      node,
      certain: sure,
      ...(alone && { field: first.field }),
    });
    for (const place of places) {
      this.#defer(place, sure && alone);
      for (const argument of node.arguments ?? []) this.#supply(place, argument, coordinate);
    }

    if (!node.selectionSet) return;
    const declared = 'getFields' in type ? type.getFields()[name] : undefined;
    const below = this.#setOf(places.map(({ field }) => getNamedType(field.type)));
    const returned = getNamedType(declared && 'args' in declared ? declared.type : first.field.type);
    this.#visit(node.selectionSet, { within: below, here: below, type: returned, certain: sure });
  }

  /** What a field takes: where it returns an abstract type, once for each type that the result may turn out to be. */
  #alternatives({ owner, field }: Place): readonly Requirement[] {
    const { needs, owned } = this.#ground.requirements.field(owner, field);
    const possible = this.#possibleTypes(field);
    if (possible.length === 0) return [{ needs, owned }];
    return possible.map((type) => ({ needs: needs | this.#ground.requirements.type(type), owned }));
  }

  /** Notes what gate two may ask for: everything where the type is uncertain, else only what the result must tell. */
  #defer({ owner, field }: Place, settled: boolean): void {
    const { requirements, owners } = this.#ground;
    const requirement = requirements.field(owner, field);
    if (!settled) this.#later |= bitsOf(requirement);
    for (const { needs, rule } of requirement.owned) {
      if (owners.get(rule)?.from === 'PARENT') this.#later |= needs;
    }
    for (const type of this.#possibleTypes(field)) this.#later |= requirements.type(type);
  }

  /** What an argument supplies counts wherever the field stands, for it is known before anything runs. */
  #supply({ owner, field }: Place, argument: ArgumentNode, coordinate: string): void {
    const needs = this.#ground.requirements.argument(owner, field, argument.name.value);
    const usage = { coordinate, needs };
    this.#ground.supplied.ofArgument(field, argument, usage, {
      supply: ({ coordinate, needs, node }) =>
        this.#add(`${needs}`, { coordinate, alternatives: [{ needs, owned: [] }], node, certain: true }),
      probe: (probe) => this.#addProbe(probe),
    });
  }

  /** Files a site. The same coordinate with the same demands is one site, and a node is noted once in it. */
  #add(demands: string, { node, ...site }: Omit<Site, 'nodes'> & { readonly node: SiteNode }): void {
    const key = `${site.coordinate} ${demands} ${site.certain}`;
    const known = this.#sites.get(key);
    if (known) known.nodes.add(node);
    else this.#sites.set(key, { ...site, nodes: new Set([node]) });
  }

  #addProbe({ node, ...probe }: Probe): void {
    const key = `${probe.variable} ${probe.coordinate} ${probe.needs} ${probe.type}`;
    const known = this.#probes.get(key);
    if (known) known.nodes.add(node);
    else this.#probes.set(key, { ...probe, nodes: new Set([node]) });
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
    return isAbstractType(returned) ? this.#ground.schema.getPossibleTypes(returned) : [];
  }

  #setOf(named: readonly GraphQLNamedType[]): TypeSet {
    const { schema } = this.#ground;
    const all = named.flatMap((type) =>
      isAbstractType(type) ? schema.getPossibleTypes(type) : isObjectType(type) ? [type] : [],
    );
    return this.#intern([...new Set(all)]);
  }

  #narrow(set: TypeSet, condition: GraphQLNamedType): TypeSet {
    const { schema } = this.#ground;
    return this.#intern(
      set.types.filter(
        (type) => type === condition || (isAbstractType(condition) && schema.isSubType(condition, type)),
      ),
    );
  }

  #intern(types: readonly GraphQLObjectType[]): TypeSet {
    const key = types.map(({ name }) => name).join();
    const set = this.#sets.get(key) ?? { id: this.#sets.size + 1, types };
    this.#sets.set(key, set);
    return set;
  }
}

/** An object type and a field of it. */
interface Place {
  readonly owner: GraphQLObjectType;
  readonly field: GraphQLField<unknown, unknown>;
}

/** Where a selection set stands. */
interface Scope {
  /** The types that the selected value may have; of these, the ones that the fragments around leave over. */
  readonly within: TypeSet;
  readonly here: TypeSet;
  /** The type as the document sees it. */
  readonly type: GraphQLNamedType;
  /** Whether every result leads to the value. */
  readonly certain: boolean;
}
