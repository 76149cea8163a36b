import {
  type GraphQLField,
  type GraphQLInputField,
  type GraphQLInterfaceType,
  type GraphQLNamedType,
  type GraphQLObjectType,
  getNamedType,
  isInterfaceType,
  isLeafType,
  isObjectType,
} from 'graphql';
import {
  CREDENTIAL,
  holds,
  kindPermission,
  NONE,
  type Permissions,
  type ScopeChoice,
  scopePermission,
  union,
  withChoices,
} from './permissions.js';
import type { Rules } from './rule.js';

/** What a coordinate needs in total, after all its rules are added up. */
export interface Requirement {
  /** Needed by every caller. */
  readonly needs: Permissions;
  /** Needed by every caller but the owner. */
  readonly ownerRules: readonly OwnerRule[];
}

/** Permissions that the owner does not need. */
export interface OwnerRule {
  readonly needs: Permissions;
  /** The coordinate of the field whose `@auth` names the owner. */
  readonly coordinate: string;
}

/** The requirement that has no owner. */
export function requirementOf(needs: Permissions): Requirement {
  return { needs, ownerRules: [] };
}

/** All that a caller needs who owns nothing. */
export function permissionsOf({ needs, ownerRules }: Requirement): Permissions {
  return union([needs, ...ownerRules.map((rule) => rule.needs)]);
}

/** The requirement that is met by meeting both. */
export function combine(one: Requirement, other: Requirement): Requirement {
  const more = other.ownerRules.filter(({ coordinate }) => !one.ownerRules.some((it) => it.coordinate === coordinate));
  return { needs: union([one.needs, other.needs]), ownerRules: [...one.ownerRules, ...more] };
}

/** The alternatives without those that another one makes redundant: whatever meets any of them meets one of these. */
export function minimal(alternatives: readonly Requirement[]): readonly Requirement[] {
  const distinct: Requirement[] = [];
  for (const one of alternatives) {
    if (distinct.some((other) => isWithin(other, one))) continue;
    distinct.splice(0, distinct.length, ...distinct.filter((other) => !isWithin(one, other)), one);
  }
  return distinct;
}

function isWithin(small: Requirement, large: Requirement): boolean {
  return (
    holds(large.needs, small.needs) &&
    small.ownerRules.every(({ coordinate }) => large.ownerRules.some((rule) => rule.coordinate === coordinate))
  );
}

/** The alternative with the least cost. Without any alternative: a credential. */
export function cheapest(alternatives: readonly Requirement[], cost: (one: Requirement) => number): Requirement {
  const [first = requirementOf(CREDENTIAL)] = alternatives;
  return alternatives.reduce((best, one) => (cost(one) < cost(best) ? one : best), first);
}

type OutputType = GraphQLObjectType | GraphQLInterfaceType;

/** The rules of a schema added up, coordinate by coordinate. */
export class Requirements {
  /** The names of the enum `Scope`, in its order. */
  readonly scopes: readonly string[];
  /** What rules with `anyScope` need, each choice once. */
  readonly choices: readonly ScopeChoice[];
  readonly #rules: Rules['byCoordinate'];
  readonly #permissions: ReadonlyMap<string, Permissions>;
  readonly #choices: ReadonlyMap<string, Permissions>;
  readonly #types = new Map<string, Permissions>();
  readonly #fields = new Map<string, Requirement>();

  constructor({ scopes, byCoordinate }: Rules) {
    this.scopes = scopes;
    this.#rules = byCoordinate;
    this.#permissions = new Map(scopes.map((scope, index) => [scope, scopePermission(index)]));
    const wanted = [...byCoordinate.values()].flatMap(({ anyScopes }) => (anyScopes.length > 0 ? [anyScopes] : []));
    const distinct = new Map(wanted.map((some) => [this.#keyOf(some), this.#inOrder(some)]));
    this.choices = [...distinct.values()].map((some, index) => ({
      scopes: some,
      permission: scopePermission(scopes.length + index),
      members: union(some.map((scope) => this.permission(scope))),
    }));
    this.#choices = new Map(this.choices.map((choice) => [this.#keyOf(choice.scopes), choice.permission]));
  }

  /** A credential with every scope. */
  get all(): Permissions {
    return withChoices(union([CREDENTIAL, ...this.#permissions.values()]), this.choices);
  }

  /** The permission of a scope; none for an unknown one. */
  permission(scope: string): Permissions {
    return this.#permissions.get(scope) ?? NONE;
  }

  /** The scopes among the permissions, in the enum's order. */
  scopesIn(permissions: Permissions): string[] {
    return this.scopes.filter((scope) => holds(permissions, this.permission(scope)));
  }

  /**
   * The choices among the permissions, each as the scopes of which one is needed. Those that another permission among them
   * meets in any case are left out: a scope, or a choice of fewer scopes.
   */
  anyScopesIn(permissions: Permissions): (readonly string[])[] {
    const unmet = this.choices.filter(
      ({ permission, members }) => holds(permissions, permission) && (permissions & members) === NONE,
    );
    const isImplied = ({ members }: ScopeChoice) =>
      unmet.some((other) => other.members !== members && holds(members, other.members));
    return unmet.filter((choice) => !isImplied(choice)).map(({ scopes }) => scopes);
  }

  /** Scopes that suffice for the permissions, in the enum's order: of each choice the first, unless another one meets it. */
  sufficientScopes(permissions: Permissions): string[] {
    const scopes = new Set(this.scopesIn(permissions));
    for (const some of this.anyScopesIn(permissions)) {
      const [first = ''] = some;
      if (!some.some((scope) => scopes.has(scope))) scopes.add(first);
    }
    return [...this.#inOrder([...scopes])];
  }

  /** The number of scopes that the permissions take. */
  scopeCount(permissions: Permissions): number {
    return this.scopesIn(permissions).length + this.anyScopesIn(permissions).length;
  }

  /** Of alternatives, the one that takes the fewest scopes of a caller who owns nothing. */
  leastDemanding(alternatives: readonly Requirement[]): Requirement {
    return cheapest(alternatives, (one) => this.scopeCount(permissionsOf(one)));
  }

  /** A field: its own rule, its type's, those of the interfaces and of their field, and of the type that it returns. */
  field(type: OutputType, field: GraphQLField<unknown, unknown>): Requirement {
    const coordinate = `${type.name}.${field.name}`;
    const known = this.#fields.get(coordinate);
    if (known) return known;

    const sources = [type, ...type.getInterfaces()].map(({ name }) => `${name}.${field.name}`);
    const withOwner = sources.filter((source) => this.#rules.get(source)?.owner !== undefined);
    const withoutOwner = sources.filter((source) => !withOwner.includes(source));
    const requirement = {
      needs: union([this.#sum(withoutOwner), this.type(type), this.type(getNamedType(field.type))]),
      ownerRules: withOwner.map((source) => ({ needs: this.#sum([source]), coordinate: source })),
    };
    this.#fields.set(coordinate, requirement);
    return requirement;
  }

  /** A type by itself: its own rule and those of the interfaces that it implements. */
  type(type: GraphQLNamedType): Permissions {
    const known = this.#types.get(type.name);
    if (known !== undefined) return known;
    const interfaces = isObjectType(type) || isInterfaceType(type) ? type.getInterfaces() : [];
    const needs = this.#sum([type, ...interfaces].map(({ name }) => name));
    this.#types.set(type.name, needs);
    return needs;
  }

  /** An argument that is given: its own rule, also where an interface declares it, and that of its enum or scalar. */
  argument(type: OutputType, field: GraphQLField<unknown, unknown>, name: string): Permissions {
    const own = this.#sum([type, ...type.getInterfaces()].map((source) => `${source.name}.${field.name}(${name}:)`));
    const argument = field.args.find((candidate) => candidate.name === name);
    return argument ? union([own, this.#leaf(getNamedType(argument.type))]) : own;
  }

  /** A field of an input object that is given: its own rule and that of its enum or scalar. */
  inputField(typeName: string, field: GraphQLInputField): Permissions {
    return union([this.#sum([`${typeName}.${field.name}`]), this.#leaf(getNamedType(field.type))]);
  }

  #leaf(type: GraphQLNamedType): Permissions {
    return isLeafType(type) ? this.type(type) : NONE;
  }

  #sum(coordinates: readonly string[]): Permissions {
    return union(
      coordinates.flatMap((coordinate) => {
        const rule = this.#rules.get(coordinate);
        if (rule === undefined) return [];
        const choice = this.#choices.get(this.#keyOf(rule.anyScopes)) ?? NONE;
        return [CREDENTIAL, kindPermission(rule.kind), choice, ...rule.scopes.map((name) => this.permission(name))];
      }),
    );
  }

  #inOrder(some: readonly string[]): readonly string[] {
    return this.scopes.filter((scope) => some.includes(scope));
  }

  #keyOf(some: readonly string[]): string {
    return this.#inOrder(some).join();
  }
}
