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
import type { RuleBook } from './rule.js';

/**
 * What a coordinate needs once all rules have added up: every bit of `needs`, and of each item of `owned` either every
 * bit or ownership. A set of bits is a bigint, so that any number of scopes fits; the lowest three stand for the
 * credential itself.
 */
export interface Requirement {
  readonly needs: bigint;
  readonly owned: readonly Owned[];
}

/** Scopes that a user may lack for what is their own. */
export interface Owned {
  readonly needs: bigint;
  /** The coordinate of the field whose `@auth` names the owner. */
  readonly rule: string;
}

/** Any valid credential; an app token; a session. */
export const CREDENTIAL = 1n;
export const APP = 2n;
export const USER = 4n;
const KINDS = 3n;

/** Whether a holder of `held` has every bit of `needs`. */
export function holds(held: bigint, needs: bigint): boolean {
  return (needs & held) === needs;
}

/** Every bit that a requirement speaks of. */
export function bitsOf({ needs, owned }: Requirement): bigint {
  return owned.reduce((bits, { needs }) => bits | needs, needs);
}

/** What meets the one requirement and the other. */
export function both(one: Requirement, other: Requirement): Requirement {
  const more = other.owned.filter(({ rule }) => !one.owned.some((known) => known.rule === rule));
  return { needs: one.needs | other.needs, owned: [...one.owned, ...more] };
}

/** The alternatives that no other one makes superfluous: who meets any of them meets one of these. */
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
    holds(large.needs, small.needs) && small.owned.every(({ rule }) => large.owned.some((item) => item.rule === rule))
  );
}

type OutputType = GraphQLObjectType | GraphQLInterfaceType;

/** The rules of a schema added up, coordinate by coordinate. */
export class Requirements {
  readonly scopes: readonly string[];
  readonly #rules: RuleBook['rules'];
  readonly #bits: ReadonlyMap<string, bigint>;
  readonly #types = new Map<string, bigint>();
  readonly #fields = new Map<string, Requirement>();

  constructor({ scopes, rules }: RuleBook) {
    this.scopes = scopes;
    this.#rules = rules;
    this.#bits = new Map(scopes.map((scope, index) => [scope, 1n << (BigInt(index) + KINDS)]));
  }

  /** A credential with every scope. */
  get every(): bigint {
    return this.scopes.reduce((bits, scope) => bits | this.bit(scope), CREDENTIAL);
  }

  /** The bit of a scope; none for an unknown one. */
  bit(scope: string): bigint {
    return this.#bits.get(scope) ?? 0n;
  }

  /** The scopes among the bits, in the enum's order. */
  names(bits: bigint): string[] {
    return this.scopes.filter((scope) => (this.bit(scope) & bits) !== 0n);
  }

  /** A field: its own rule, its type's, those of the interfaces and of their field, and of the type that it returns. */
  field(type: OutputType, field: GraphQLField<unknown, unknown>): Requirement {
    const coordinate = `${type.name}.${field.name}`;
    const known = this.#fields.get(coordinate);
    if (known) return known;

    const sources = [type, ...type.getInterfaces()].map(({ name }) => `${name}.${field.name}`);
    const spared = sources.filter((source) => this.#rules.get(source)?.owner !== undefined);
    const plain = sources.filter((source) => !spared.includes(source));
    const requirement = {
      needs: this.#sum(plain) | this.type(type) | this.type(getNamedType(field.type)),
      owned: spared.map((rule) => ({ needs: this.#sum([rule]), rule })),
    };
    this.#fields.set(coordinate, requirement);
    return requirement;
  }

  /** A type by itself: its own rule and those of the interfaces that it implements. */
  type(type: GraphQLNamedType): bigint {
    const known = this.#types.get(type.name);
    if (known !== undefined) return known;
    const above = isObjectType(type) || isInterfaceType(type) ? type.getInterfaces() : [];
    const needs = this.#sum([type, ...above].map(({ name }) => name));
    this.#types.set(type.name, needs);
    return needs;
  }

  /** An argument that is supplied: its own rule, also where an interface declares it, and that of its enum or scalar. */
  argument(type: OutputType, field: GraphQLField<unknown, unknown>, name: string): bigint {
    const own = this.#sum([type, ...type.getInterfaces()].map((source) => `${source.name}.${field.name}(${name}:)`));
    const argument = field.args.find((candidate) => candidate.name === name);
    return argument ? own | this.#leaf(getNamedType(argument.type)) : own;
  }

  /** A field of an input object that is supplied: its own rule and that of its enum or scalar. */
  inputField(typeName: string, field: GraphQLInputField): bigint {
    return this.#sum([`${typeName}.${field.name}`]) | this.#leaf(getNamedType(field.type));
  }

  #leaf(type: GraphQLNamedType): bigint {
    return isLeafType(type) ? this.type(type) : 0n;
  }

  #sum(coordinates: readonly string[]): bigint {
    let bits = 0n;
    for (const coordinate of coordinates) {
      const rule = this.#rules.get(coordinate);
      if (!rule) continue;
      bits |= CREDENTIAL | (rule.kind === 'APP' ? APP : rule.kind === 'USER' ? USER : 0n);
      for (const scope of rule.scopes) bits |= this.bit(scope);
    }
    return bits;
  }
}
