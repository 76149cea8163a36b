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

/** An argument, an input field or an item of its list that a variable fills: what is supplied shows only in its value. */
export interface Probe extends Supplied {
  readonly variable: string;
  readonly type: GraphQLInputType;
  /** Every bit that some value could need. */
  readonly potential: bigint;
}

/** An argument, an input field or an item of its list in the document. */
interface Usage extends Supplied {
  readonly type: GraphQLInputType;
}

/** Takes what the literals of an argument supply, and the variables in it. */
interface Collector {
  readonly supply: (supplied: Supplied) => void;
  readonly probe: (probe: Probe) => void;
}

/** Distinct requirements by coordinate: a list adds to them once per distinct item, whatever its length. */
export type SuppliedBits = ReadonlyMap<string, ReadonlySet<bigint>>;

/** A coordinate with the value that a variable gives it. */
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
      const grant = this.#grantAt(coordinate, field.type);
      const given = grant
        ? this.#handedOut(grant, { value: field.defaultValue, type: field.type, isCoerced: true })
        : 0n;
      return given === 0n ? [] : [`${coordinate} hands out by default what the caller may not hold`];
    });
    refuseToBuild(problems);
  }

  /**
   * Finds all that one argument of a field supplies: linear in the argument.
   *
   * @param usage the coordinate of the field as the document sees it, and what the argument needs there.
   */
  ofArgument(
    field: GraphQLField<unknown, unknown>,
    node: ArgumentNode,
    usage: { readonly coordinate: string; readonly needs: bigint },
    collector: Collector,
  ): void {
    const argument = field.args.find(({ name }) => name === node.name.value);
    if (!argument) return;
    const coordinate = `${usage.coordinate}(${argument.name}:)`;
    this.#literal(node.value, { coordinate, needs: usage.needs, node, type: argument.type }, collector);
  }

  /**
   * All that the value of a variable supplies; a badly shaped value supplies nothing. One pass over the value, in which an
   * item that a list repeats costs one look-up.
   *
   * @param isCoerced whether enum values are the schema's own, rather than as the client wrote them.
   */
  ofVariable({ coordinate, needs, type }: Omit<Probe, 'node'>, root: unknown, isCoerced: boolean): SuppliedBits {
    const found = new Map<string, Set<bigint>>();
    const known = new Map<string, Set<unknown>>();
    // A stack, for a client may nest values deeper than calls can go.
    const stack: Filled[] = [{ coordinate, needs, type, value: root }];
    for (let next = stack.pop(); next; next = stack.pop()) {
      const { coordinate, value } = next;
      const type = getNullableType(next.type);
      const grant = this.#grantAt(coordinate, type);
      let bits = next.needs;
      if (grant && !known.get(coordinate)?.has(value)) {
        addTo(known, coordinate, value);
        bits |= this.#handedOut(grant, { value, type, isCoerced });
      }
      if (bits !== 0n) addTo(found, coordinate, bits);
      if (value === null || value === undefined) continue;
      if (isListType(type)) {
        // A single value stands for a list of one.
        const items = typeof value === 'object' && Symbol.iterator in value ? (value as Iterable<unknown>) : [value];
        for (const item of items) stack.push({ coordinate, needs: 0n, type: type.ofType, value: item });
      } else if (isInputObjectType(type) && typeof value === 'object' && this.#potential(type) !== 0n) {
        for (const field of Object.values(type.getFields())) {
          const inner = Object.hasOwn(value, field.name) ? (value as Record<string, unknown>)[field.name] : undefined;
          const [own, needs] = this.#field(type.name, field);
          if (inner !== undefined) stack.push({ coordinate: own, needs, type: field.type, value: inner });
        }
      }
    }
    return found;
  }

  #literal(value: ValueNode, usage: Usage, collector: Collector): void {
    const { coordinate, needs, node } = usage;
    const type = getNullableType(usage.type);
    const grant = this.#grantAt(coordinate, type);
    if (value.kind === Kind.VARIABLE) {
      const potential = needs | this.#potential(type) | (this.#grants.has(coordinate) ? this.#requirements.every : 0n);
      if (potential !== 0n) collector.probe({ ...usage, variable: value.name.value, potential });
      return;
    }
    const bits =
      needs | (grant ? this.#handedOut(grant, { value: valueFromASTUntyped(value), type, isCoerced: false }) : 0n);
    if (bits !== 0n) collector.supply({ coordinate, needs: bits, node });
    if (isListType(type)) {
      const items = value.kind === Kind.LIST ? value.values : [value];
      for (const item of items) this.#literal(item, { coordinate, needs: 0n, node, type: type.ofType }, collector);
    } else if (isInputObjectType(type) && value.kind === Kind.OBJECT) {
      for (const inner of value.fields) {
        const field = type.getFields()[inner.name.value];
        if (!field) continue;
        const [coordinate, needs] = this.#field(type.name, field);
        this.#literal(inner.value, { coordinate, needs, node: inner, type: field.type }, collector);
      }
    }
  }

  #field(typeName: string, field: GraphQLInputField): [coordinate: string, needs: bigint] {
    return [`${typeName}.${field.name}`, this.#requirements.inputField(typeName, field)];
  }

  /** The grant for a value of an enum or scalar; a list leaves it to its items. */
  #grantAt(coordinate: string, type: GraphQLInputType): Grant | undefined {
    return isLeafType(getNullableType(type)) ? this.#grants.get(coordinate) : undefined;
  }

  #handedOut(
    grant: Grant,
    {
      value,
      type,
      isCoerced,
    }: { readonly value: unknown; readonly type: GraphQLInputType; readonly isCoerced: boolean },
  ): bigint {
    const leaf = getNullableType(type);
    if (!isLeafType(leaf) || value === null || value === undefined) return 0n;
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

function addTo<Key, Value>(sets: Map<Key, Set<Value>>, key: Key, value: Value): void {
  const set = sets.get(key);
  if (set) set.add(value);
  else sets.set(key, new Set([value]));
}
