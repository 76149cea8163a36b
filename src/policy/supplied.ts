import {
  type ArgumentNode,
  type GraphQLField,
  type GraphQLInputField,
  type GraphQLInputType,
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
 * What a value hands out: nobody gives more than they hold, so whoever supplies it needs these scopes, by their names in
 * the enum. Called for each value that is no list, as clients write it.
 */
export type Grant = (value: unknown) => Iterable<string>;

/** A protected argument or input field for which the operation gives a value, null included. */
export interface Supplied {
  readonly coordinate: string;
  readonly needs: bigint;
  readonly node: ArgumentNode | ObjectFieldNode;
}

/** A place filled by a variable: what is supplied there shows only in its value. */
export interface Probe extends Supplied {
  readonly variable: string;
  readonly type: GraphQLInputType;
  /** Every bit that some value could need. */
  readonly potential: bigint;
}

/** A place in the document into which a value goes: an argument, an input field, or an item of its list. */
interface Place extends Supplied {
  readonly type: GraphQLInputType;
}

/** Such a place with the value that a variable gives it. */
interface Filled {
  readonly coordinate: string;
  readonly needs: bigint;
  readonly type: GraphQLInputType;
  readonly value: unknown;
}

/** Finds the protected arguments and input fields that are supplied, in literals and in the values of variables. */
export class SuppliedInputs {
  readonly #requirements: Requirements;
  readonly #grants: ReadonlyMap<string, Grant>;
  readonly #within = new Map<string, bigint>();

  /** @throws {Error} naming each grant for no input field of the schema, or for one whose default hands something out. */
  constructor(schema: GraphQLSchema, requirements: Requirements, grants: Readonly<Record<string, Grant>>) {
    this.#requirements = requirements;
    this.#grants = new Map(Object.entries(grants));
    const problems = Object.keys(grants).flatMap((coordinate) => {
      const [typeName = '', fieldName = ''] = coordinate.split('.');
      const type = schema.getType(typeName);
      const field = isInputObjectType(type) ? type.getFields()[fieldName] : undefined;
      if (!field) return [`${coordinate} has a grant, but is no input field`];
      const given = this.#handedOut(coordinate, field.type, { value: field.defaultValue, isCoerced: true });
      return given === 0n ? [] : [`${coordinate} hands out by default what the caller may not hold`];
    });
    refuseToBuild(problems);
  }

  /**
   * All that one argument of a field supplies.
   *
   * @param place the coordinate of the field as the document sees it, and what the argument needs there.
   */
  ofArgument(
    field: GraphQLField<unknown, unknown>,
    node: ArgumentNode,
    place: { readonly coordinate: string; readonly needs: bigint },
  ): readonly (Supplied | Probe)[] {
    const argument = field.args.find(({ name }) => name === node.name.value);
    if (!argument) return [];
    const coordinate = `${place.coordinate}(${argument.name}:)`;
    return this.#literal(node.value, { coordinate, needs: place.needs, node, type: argument.type });
  }

  /**
   * All that the value of a variable supplies, as coordinates and their bits; a badly shaped value supplies nothing.
   *
   * @param isCoerced whether enum values are the schema's own, rather than as the client wrote them.
   */
  ofVariable(
    { coordinate, needs, type }: Probe,
    root: unknown,
    isCoerced: boolean,
  ): readonly (readonly [coordinate: string, needs: bigint])[] {
    const found: [string, bigint][] = [];
    // A stack, for a client may nest values deeper than calls can go.
    const stack: Filled[] = [{ coordinate, needs, type, value: root }];
    for (let next = stack.pop(); next; next = stack.pop()) {
      const { coordinate, value } = next;
      const type = getNullableType(next.type);
      found.push([coordinate, next.needs | this.#handedOut(coordinate, type, { value, isCoerced })]);
      if (value === null || value === undefined) continue;
      if (isListType(type)) {
        // A single value stands for a list of one.
        const items = typeof value === 'object' && Symbol.iterator in value ? (value as Iterable<unknown>) : [value];
        for (const item of items) stack.push({ coordinate, needs: 0n, type: type.ofType, value: item });
      } else if (isInputObjectType(type) && this.#potential(type) !== 0n) {
        for (const field of Object.values(type.getFields())) {
          const inner = (value as Record<string, unknown>)[field.name];
          const [place, own] = this.#field(type.name, field);
          if (inner !== undefined) stack.push({ coordinate: place, needs: own, type: field.type, value: inner });
        }
      }
    }
    return found;
  }

  #literal(value: ValueNode, place: Place): readonly (Supplied | Probe)[] {
    const { coordinate, needs, node } = place;
    const type = getNullableType(place.type);
    if (value.kind === Kind.VARIABLE) {
      const potential = needs | this.#potential(type) | (this.#grants.has(coordinate) ? this.#requirements.every : 0n);
      return potential === 0n ? [] : [{ ...place, variable: value.name.value, potential }];
    }
    const bits = needs | this.#handedOut(coordinate, type, { value: valueFromASTUntyped(value), isCoerced: false });
    return [...(bits === 0n ? [] : [{ coordinate, needs: bits, node }]), ...this.#inside(value, { ...place, type })];
  }

  #inside(value: ValueNode, { coordinate, node, type }: Place): readonly (Supplied | Probe)[] {
    if (isListType(type)) {
      const items = value.kind === Kind.LIST ? value.values : [value];
      return items.flatMap((item) => this.#literal(item, { coordinate, needs: 0n, node, type: type.ofType }));
    }
    if (!isInputObjectType(type) || value.kind !== Kind.OBJECT) return [];
    return value.fields.flatMap((inner) => {
      const field = type.getFields()[inner.name.value];
      if (!field) return [];
      const [coordinate, needs] = this.#field(type.name, field);
      return this.#literal(inner.value, { coordinate, needs, node: inner, type: field.type });
    });
  }

  #field(typeName: string, field: GraphQLInputField): [coordinate: string, needs: bigint] {
    return [`${typeName}.${field.name}`, this.#requirements.inputField(typeName, field)];
  }

  /** What a value of an enum or scalar hands out at its place; a list is for its items to say. */
  #handedOut(
    coordinate: string,
    type: GraphQLInputType,
    { value, isCoerced }: { readonly value: unknown; readonly isCoerced: boolean },
  ): bigint {
    const grant = this.#grants.get(coordinate);
    const leaf = getNullableType(type);
    if (!grant || !isLeafType(leaf) || value === null || value === undefined) return 0n;
    const scopes = [...grant(isCoerced ? leaf.serialize(value) : value)];
    return scopes.reduce((bits, scope) => bits | CREDENTIAL | this.#requirements.bit(scope), 0n);
  }

  /** Every bit that the fields of a value could need, however deep they lie. */
  #potential(type: GraphQLInputType): bigint {
    const root = getNamedType(type);
    if (!isInputObjectType(root)) return 0n;
    const known = this.#within.get(root.name);
    if (known !== undefined) return known;

    let bits = 0n;
    const reached = new Set([root]);
    for (const input of reached) {
      for (const field of Object.values(input.getFields())) {
        const [coordinate, needs] = this.#field(input.name, field);
        bits |= needs | (this.#grants.has(coordinate) ? this.#requirements.every : 0n);
        const next = getNamedType(field.type);
        if (isInputObjectType(next)) reached.add(next);
      }
    }
    this.#within.set(root.name, bits);
    return bits;
  }
}
