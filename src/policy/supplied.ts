import {
  type ArgumentNode,
  type GraphQLField,
  type GraphQLInputType,
  type GraphQLInterfaceType,
  type GraphQLObjectType,
  type GraphQLSchema,
  getNamedType,
  getNullableType,
  isInputObjectType,
  isLeafType,
  isListType,
  Kind,
  type ObjectFieldNode,
  type ValueNode,
  valueFromASTUntyped,
} from 'graphql';
import { CREDENTIAL, type Requirements } from './requirement.js';
import { refuseToBuild } from './rule.js';

/**
 * What a value hands out: nobody gives more than they hold, so that whoever supplies it needs these scopes, by their
 * names in the enum. Called for each value that is no list, as clients write it.
 */
export type Grant = (value: unknown) => Iterable<string>;

/** A protected argument or input field for which the operation gives a value, null included. */
export interface Supplied {
  readonly coordinate: string;
  readonly needs: bigint;
  readonly node: ArgumentNode | ObjectFieldNode;
}

/** A place filled by a variable: what is supplied there shows only in the variables. */
export interface Probe {
  readonly variable: string;
  readonly type: GraphQLInputType;
  readonly node: ArgumentNode | ObjectFieldNode;
  /** The place itself; it needs nothing where only what lies within is protected. */
  readonly coordinate: string;
  readonly needs: bigint;
  /** Every bit that some value of the variable could need. */
  readonly potential: bigint;
  /** The coordinate whose grant judges the value. */
  readonly grant: string | undefined;
}

/** Finds the protected arguments and input fields that are supplied, in literals and in the values of variables. */
export class SuppliedInputs {
  readonly #requirements: Requirements;
  readonly #grants: ReadonlyMap<string, Grant>;
  readonly #within = new Map<string, bigint>();

  /** @throws {Error} naming each grant whose coordinate is no input field of the schema. */
  constructor(schema: GraphQLSchema, requirements: Requirements, grants: Readonly<Record<string, Grant>>) {
    this.#requirements = requirements;
    this.#grants = new Map(Object.entries(grants));
    const isField = (coordinate: string) => {
      const [typeName = '', fieldName = ''] = coordinate.split('.');
      const type = schema.getType(typeName);
      return isInputObjectType(type) && Object.hasOwn(type.getFields(), fieldName);
    };
    const unknown = Object.keys(grants).filter((coordinate) => !isField(coordinate));
    refuseToBuild(unknown.map((coordinate) => `${coordinate} has a grant, but is no input field`));
  }

  /** All that one argument of a field supplies. */
  *ofArgument(
    type: GraphQLObjectType | GraphQLInterfaceType,
    field: GraphQLField<unknown, unknown>,
    node: ArgumentNode,
  ): Generator<Supplied | Probe> {
    const argument = field.args.find(({ name }) => name === node.name.value);
    if (!argument) return;
    const needs = this.#requirements.argument(type, field, argument.name);
    yield* this.#place(`${type.name}.${field.name}(${argument.name}:)`, needs, argument.type, node);
  }

  /**
   * All that a variable's value supplies by its fields, as coordinates and their bits. Badly shaped values hold none.
   *
   * @param areCoerced whether enum values are the schema's own, rather than as the client wrote them.
   */
  *ofValue(
    value: unknown,
    type: GraphQLInputType,
    areCoerced: boolean,
  ): Generator<readonly [coordinate: string, needs: bigint]> {
    const nullable = getNullableType(type);
    if (typeof value !== 'object' || value === null || this.#potential(nullable) === 0n) return;
    if (isListType(nullable)) {
      // A single value stands for a list of one.
      for (const item of Symbol.iterator in value ? (value as Iterable<unknown>) : [value]) {
        yield* this.ofValue(item, nullable.ofType, areCoerced);
      }
    } else if (isInputObjectType(nullable)) {
      for (const field of Object.values(nullable.getFields())) {
        const given = (value as Record<string, unknown>)[field.name];
        if (given === undefined) continue;
        const coordinate = `${nullable.name}.${field.name}`;
        const needs =
          this.#requirements.inputField(nullable.name, field) | this.granted(coordinate, given, field.type, areCoerced);
        if (needs !== 0n) yield [coordinate, needs];
        yield* this.ofValue(given, field.type, areCoerced);
      }
    }
  }

  /** What the value of an input field hands out. */
  granted(coordinate: string | undefined, value: unknown, type: GraphQLInputType, areCoerced: boolean): bigint {
    const grant = coordinate === undefined ? undefined : this.#grants.get(coordinate);
    const leaf = getNamedType(type);
    if (grant === undefined || !isLeafType(leaf)) return 0n;
    let bits = 0n;
    for (const item of [value].flat(Number.POSITIVE_INFINITY)) {
      if (item === null || item === undefined) continue;
      for (const scope of grant(areCoerced ? leaf.serialize(item) : item)) {
        bits |= CREDENTIAL | this.#requirements.bit(scope);
      }
    }
    return bits;
  }

  *#place(
    coordinate: string,
    needs: bigint,
    type: GraphQLInputType,
    node: ArgumentNode | ObjectFieldNode,
  ): Generator<Supplied | Probe> {
    const grant = this.#grants.has(coordinate) ? coordinate : undefined;
    if (node.value.kind === Kind.VARIABLE) {
      const potential = needs | this.#potential(type) | (grant === undefined ? 0n : this.#requirements.every);
      if (potential !== 0n) yield { variable: node.value.name.value, type, node, coordinate, needs, potential, grant };
      return;
    }
    // Variables in a list are undefined here: each is a place of its own.
    const supplied = needs | this.granted(grant, valueFromASTUntyped(node.value), type, false);
    if (supplied !== 0n) yield { coordinate, needs: supplied, node };
    yield* this.#literal(node.value, type, { coordinate, node, grant });
  }

  *#literal(
    value: ValueNode,
    type: GraphQLInputType,
    place: {
      readonly coordinate: string;
      readonly node: ArgumentNode | ObjectFieldNode;
      readonly grant: string | undefined;
    },
  ): Generator<Supplied | Probe> {
    const nullable = getNullableType(type);
    if (value.kind === Kind.VARIABLE) {
      // An item of a list literal: a place without a coordinate of its own.
      const potential = this.#potential(nullable) | (place.grant === undefined ? 0n : this.#requirements.every);
      if (potential !== 0n) yield { variable: value.name.value, type, ...place, needs: 0n, potential };
    } else if (isListType(nullable)) {
      const items = value.kind === Kind.LIST ? value.values : [value];
      for (const item of items) yield* this.#literal(item, nullable.ofType, place);
    } else if (isInputObjectType(nullable) && value.kind === Kind.OBJECT) {
      for (const node of value.fields) {
        const field = nullable.getFields()[node.name.value];
        if (!field) continue;
        const needs = this.#requirements.inputField(nullable.name, field);
        yield* this.#place(`${nullable.name}.${field.name}`, needs, field.type, node);
      }
    }
  }

  /** Every bit that a value of the type could need: those of all input fields within reach. */
  #potential(type: GraphQLInputType): bigint {
    const root = getNamedType(type);
    if (!isInputObjectType(root)) return 0n;
    const known = this.#within.get(root.name);
    if (known !== undefined) return known;

    let bits = 0n;
    const reached = new Set([root]);
    for (const input of reached) {
      for (const field of Object.values(input.getFields())) {
        bits |= this.#requirements.inputField(input.name, field);
        if (this.#grants.has(`${input.name}.${field.name}`)) bits |= this.#requirements.every;
        const next = getNamedType(field.type);
        if (isInputObjectType(next)) reached.add(next);
      }
    }
    this.#within.set(root.name, bits);
    return bits;
  }
}
