import {
  type DocumentNode,
  type FieldNode,
  type FragmentDefinitionNode,
  type GraphQLCompositeType,
  type GraphQLField,
  type GraphQLSchema,
  getNamedType,
  getNullableType,
  isCompositeType,
  isListType,
  isUnionType,
  Kind,
  type NamedTypeNode,
  type OperationDefinitionNode,
  SchemaMetaFieldDef,
  type SelectionNode,
  type SelectionSetNode,
  TypeMetaFieldDef,
  type ValueNode,
} from 'graphql';
import type { Config } from '../config.js';
import { MOST_ITEMS } from './connection.js';

/** How large an operation is. What a fragment holds counts wherever it is spread. */
interface Size {
  /** Selection sets inside one another; what lies below `__schema` and `__type` does not count. */
  readonly depth: number;
  readonly aliases: number;
  /** Different keys of the answer's `data`. */
  readonly rootFields: number;
  /** The most fields that the answer can hold: every list is taken to be as long as was asked for. */
  readonly cost: number;
}

type Values = Readonly<Record<string, unknown>>;

interface Operation {
  readonly document: DocumentNode;
  readonly operation: OperationDefinitionNode;
  readonly variables: Values;
}

/** A list of objects for which nobody says how long it is: of an introspection, above all. */
const ASSUMED_ITEMS = 6;

/** Says what of a valid operation is too large, in a sentence; undefined: nothing is. */
export type Limits = (request: Operation) => string | undefined;

/** Makes the judge of size. What it met before costs it a look-up, unless the lists are as long as variables say. */
export function createLimits(schema: GraphQLSchema, limits: Config['limits']): Limits {
  const known = new WeakMap<OperationDefinitionNode, Size>();
  return (request) => {
    let size = known.get(request.operation);
    if (size === undefined) {
      const measurement = new Measurement(schema, request);
      size = measurement.size;
      if (!measurement.dependsOnVariables) known.set(request.operation, size);
    }
    return excess(size, limits);
  };
}

function excess({ depth, aliases, rootFields, cost }: Size, limits: Config['limits']): string | undefined {
  if (depth > limits.depth)
    return `The operation is ${depth} selection sets deep; at most ${limits.depth} are allowed.`;
  if (aliases > limits.aliases) return `The operation has ${aliases} aliases; at most ${limits.aliases} are allowed.`;
  if (rootFields > limits.rootFields)
    return `The operation has ${rootFields} root fields; at most ${limits.rootFields} are allowed.`;
  if (cost > limits.cost)
    return `The operation has a cost of ${cost} fields, with its lists as long as they can be; at most ${limits.cost} are allowed. Ask for shorter lists.`;
  return undefined;
}

/** What a selection set adds to the size of an operation. */
interface Share {
  readonly depth: number;
  readonly aliases: number;
  readonly cost: number;
}

const NOTHING: Share = { depth: 1, aliases: 0, cost: 0 };

/** One pass over an operation. A fragment is measured once for each length of list that it is spread in, however often that is. */
class Measurement {
  readonly size: Size;
  /** Whether other variables could give another size. */
  dependsOnVariables = false;

  readonly #schema: GraphQLSchema;
  readonly #request: Operation;
  readonly #fragments: ReadonlyMap<string, FragmentDefinitionNode>;
  readonly #measured = new Map<string, Share>();

  constructor(schema: GraphQLSchema, request: Operation) {
    this.#schema = schema;
    this.#request = request;
    const fragments = request.document.definitions.filter((node) => node.kind === Kind.FRAGMENT_DEFINITION);
    this.#fragments = new Map(fragments.map((fragment) => [fragment.name.value, fragment]));
    const { operation, selectionSet } = request.operation;
    const root = schema.getRootType(operation);
    const share = root ? this.#selections(selectionSet, root, undefined) : NOTHING;
    this.size = { ...share, rootFields: this.#keys(selectionSet).size };
  }

  /** `items`: how long the lists directly in this selection set are, where the field that led here says so. */
  #selections({ selections }: SelectionSetNode, type: GraphQLCompositeType, items: number | undefined): Share {
    let { depth, aliases, cost } = NOTHING;
    for (const selection of selections) {
      const share = this.#selection(selection, type, items);
      depth = Math.max(depth, share.depth);
      aliases += share.aliases;
      cost += share.cost;
    }
    return { depth, aliases, cost };
  }

  #selection(selection: SelectionNode, type: GraphQLCompositeType, items: number | undefined): Share {
    switch (selection.kind) {
      case Kind.FIELD:
        return this.#field(selection, type, items);
      case Kind.INLINE_FRAGMENT:
        return this.#selections(selection.selectionSet, this.#typeNamed(selection.typeCondition) ?? type, items);
      case Kind.FRAGMENT_SPREAD:
        return this.#fragment(selection.name.value, items);
    }
  }

  #field(node: FieldNode, parent: GraphQLCompositeType, items: number | undefined): Share {
    const aliases = node.alias === undefined ? 0 : 1;
    const field = fieldOf(parent, node.name.value);
    const type = field && getNamedType(field.type);
    if (!field || !isCompositeType(type) || !node.selectionSet) return { depth: 1, aliases, cost: 1 };
    const first = this.#first(field, node);
    const inner = this.#selections(node.selectionSet, type, first);
    const isList = isListType(getNullableType(field.type));
    const isIntrospection = field === SchemaMetaFieldDef || field === TypeMetaFieldDef;
    return {
      depth: isIntrospection ? 1 : 1 + inner.depth,
      aliases: aliases + inner.aliases,
      cost: (isList ? (first ?? items ?? ASSUMED_ITEMS) : 1) * (1 + inner.cost),
    };
  }

  #fragment(name: string, items: number | undefined): Share {
    const key = `${name} ${items}`;
    const known = this.#measured.get(key);
    if (known !== undefined) return known;
    const fragment = this.#fragments.get(name);
    const type = this.#typeNamed(fragment?.typeCondition);
    const share = fragment && type ? this.#selections(fragment.selectionSet, type, items) : NOTHING;
    this.#measured.set(key, share);
    return share;
  }

  /** The page size that a field was asked for; undefined where it has none. A bad one is for its resolver to refuse. */
  #first({ args }: GraphQLField<unknown, unknown>, node: FieldNode): number | undefined {
    const argument = args.find(({ name }) => name === 'first');
    if (argument === undefined) return undefined;
    const value = node.arguments?.find(({ name }) => name.value === 'first')?.value;
    if (value?.kind === Kind.VARIABLE) this.dependsOnVariables = true;
    const given = value?.kind === Kind.VARIABLE ? this.#variable(value.name.value) : intOf(value);
    const length = given ?? argument.defaultValue;
    return typeof length === 'number' && length > 0 ? Math.min(length, MOST_ITEMS) : ASSUMED_ITEMS;
  }

  #variable(name: string): unknown {
    const { operation, variables } = this.#request;
    const definition = operation.variableDefinitions?.find(({ variable }) => variable.name.value === name);
    return variables[name] ?? intOf(definition?.defaultValue);
  }

  /** The keys that the selection set gives to the answer. */
  #keys({ selections }: SelectionSetNode, keys = new Set<string>(), spread = new Set<string>()): Set<string> {
    for (const selection of selections) {
      if (selection.kind === Kind.FIELD) keys.add((selection.alias ?? selection.name).value);
      else if (selection.kind === Kind.INLINE_FRAGMENT) this.#keys(selection.selectionSet, keys, spread);
      else if (!spread.has(selection.name.value)) {
        const fragment = this.#fragments.get(selection.name.value);
        if (fragment) this.#keys(fragment.selectionSet, keys, spread.add(selection.name.value));
      }
    }
    return keys;
  }

  #typeNamed(condition: NamedTypeNode | undefined): GraphQLCompositeType | undefined {
    const type = condition && this.#schema.getType(condition.name.value);
    return isCompositeType(type) ? type : undefined;
  }
}

function fieldOf(type: GraphQLCompositeType, name: string): GraphQLField<unknown, unknown> | undefined {
  if (name === SchemaMetaFieldDef.name) return SchemaMetaFieldDef;
  if (name === TypeMetaFieldDef.name) return TypeMetaFieldDef;
  return isUnionType(type) ? undefined : type.getFields()[name];
}

function intOf(node: ValueNode | undefined): number | undefined {
  return node?.kind === Kind.INT ? Number(node.value) : undefined;
}
