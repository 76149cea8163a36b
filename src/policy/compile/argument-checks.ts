import {
  type GraphQLField,
  type GraphQLInputType,
  type GraphQLSchema,
  getNamedType,
  getNullableType,
  isInputObjectType,
  isInterfaceType,
  isLeafType,
  isListType,
  isObjectType,
} from 'graphql';
import { throwProblems } from './problems.js';

/**
 * Whether a value gives access to others, which a caller who may not delegate is denied. Called with the coerced arguments
 * for the coordinate of a field (undefined where they are invalid, so that the field is not resolved), and with the value,
 * enum values as clients write them, for that of an input field.
 */
export type Delegation<Context> = (value: unknown, context: Context) => boolean;

/**
 * The scopes that an input object grants by one of its fields, by their names in the enum; supplying the field requires them.
 * It sees the object as a whole, coerced, and is called only where all else is allowed. For `requiredScopes` the object is as
 * the document has it: a field whose value a variable gives is undefined, and nothing is held.
 */
export type DerivedGrant = (
  input: Readonly<Record<string, unknown>>,
  holds: (scope: string) => boolean,
) => Iterable<string>;

/** The coordinates at which values are checked when all of them are known. */
export interface CheckedCoordinates {
  /** Those of output fields and input fields. */
  readonly delegations: readonly string[];
  /** Those of input fields. */
  readonly derivedGrants: readonly string[];
}

/** What is checked of a field and its arguments. */
export interface ArgumentCheck {
  readonly delegates: boolean;
  readonly derives: boolean;
}

/** A field of an input object that is given. */
export interface GivenField {
  readonly coordinate: string;
  readonly type: GraphQLInputType;
  readonly value: unknown;
  /** The object that it is given in. */
  readonly input: Readonly<Record<string, unknown>>;
}

/** Which fields have arguments that are checked as a whole. */
export class ArgumentChecks {
  readonly #delegations: ReadonlySet<string>;
  readonly #derivedGrants: ReadonlySet<string>;
  readonly #reached = new Map<string, ArgumentCheck>();

  /** @throws {Error} naming each coordinate that the schema does not have. */
  constructor(schema: GraphQLSchema, { delegations, derivedGrants }: CheckedCoordinates) {
    this.#delegations = new Set(delegations);
    this.#derivedGrants = new Set(derivedGrants);
    throwProblems([
      ...delegations.flatMap((one) =>
        isInputField(schema, one) || isOutputField(schema, one)
          ? []
          : [`${one} has a delegation, but is neither a field nor an input field`],
      ),
      ...derivedGrants.flatMap((one) =>
        isInputField(schema, one) ? [] : [`${one} has a derived grant, but is no input field`],
      ),
    ]);
  }

  /** What is checked of a field; undefined: nothing. */
  of(typeName: string, field: GraphQLField<unknown, unknown>): ArgumentCheck | undefined {
    const coordinate = `${typeName}.${field.name}`;
    const known = this.#reached.get(coordinate) ?? this.#checkOf(coordinate, field);
    this.#reached.set(coordinate, known);
    return known.delegates || known.derives ? known : undefined;
  }

  #checkOf(coordinate: string, field: GraphQLField<unknown, unknown>): ArgumentCheck {
    const reached = new Set(field.args.map(({ type }) => getNamedType(type)));
    const coordinates = [coordinate];
    for (const type of reached) {
      if (!isInputObjectType(type)) continue;
      for (const inner of Object.values(type.getFields())) {
        coordinates.push(`${type.name}.${inner.name}`);
        reached.add(getNamedType(inner.type));
      }
    }
    return {
      delegates: coordinates.some((one) => this.#delegations.has(one)),
      derives: coordinates.slice(1).some((one) => this.#derivedGrants.has(one)),
    };
  }
}

/** The fields of input objects in the arguments of a field, coerced or as a document has them. */
export function givenFields(
  field: GraphQLField<unknown, unknown>,
  given: Readonly<Record<string, unknown>>,
): GivenField[] {
  const found: GivenField[] = [];
  // A stack, because a client may nest values deeper than calls can.
  const stack = field.args.map(({ name, type }): Given => ({ type, value: given[name] }));
  for (let next = stack.pop(); next; next = stack.pop()) {
    const type = getNullableType(next.type);
    const { value } = next;
    if (typeof value !== 'object' || value === null) continue;
    if (isListType(type)) {
      const items = Array.isArray(value) ? value : [value]; // a single value stands for a list of one
      for (const item of items) stack.push({ type: type.ofType, value: item });
    } else if (isInputObjectType(type)) {
      const input = value as Record<string, unknown>; // of an input object type
      for (const inner of Object.values(type.getFields())) {
        if (!Object.hasOwn(input, inner.name)) continue;
        const innerValue = input[inner.name];
        found.push({ coordinate: `${type.name}.${inner.name}`, type: inner.type, value: innerValue, input });
        stack.push({ type: inner.type, value: innerValue });
      }
    }
  }
  return found;
}

interface Given {
  readonly type: GraphQLInputType;
  readonly value: unknown;
}

/** A coerced value as clients write it, where it is no list or object. */
export function asWritten({ type, value }: Pick<GivenField, 'type' | 'value'>): unknown {
  const leaf = getNullableType(type);
  return isLeafType(leaf) && value !== null && value !== undefined ? leaf.serialize(value) : value;
}

function isInputField(schema: GraphQLSchema, coordinate: string): boolean {
  const [typeName = '', fieldName = ''] = coordinate.split('.');
  const type = schema.getType(typeName);
  return isInputObjectType(type) && type.getFields()[fieldName] !== undefined;
}

function isOutputField(schema: GraphQLSchema, coordinate: string): boolean {
  const [typeName = '', fieldName = ''] = coordinate.split('.');
  const type = schema.getType(typeName);
  return (isObjectType(type) || isInterfaceType(type)) && type.getFields()[fieldName] !== undefined;
}
