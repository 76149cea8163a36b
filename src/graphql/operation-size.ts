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
  isEnumType,
  isIntrospectionType,
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
  valueFromASTUntyped,
} from 'graphql';
import { ASSUMED_ITEMS, type createListArguments, type ListBound } from './list-bounds.js';
import { MAX_ITEMS } from './resolvers/connection.js';
import { rootFields } from './root-fields.js';

/** How large an operation is. What a fragment holds counts wherever it is spread. */
export interface OperationSize extends Share {
  /** The fields of the response's `data`, by their keys. */
  readonly rootFields: ReadonlyMap<string, FieldNode>;
  /** Whether other variables could give another size. */
  readonly dependsOnVariables: boolean;
}

/** What a selection set adds to the size of an operation. */
interface Share {
  /** Selection sets and fragments inside one another. */
  readonly nesting: number;
  /** Selection sets of fields inside one another; what lies below `__schema` and `__type` does not count. */
  readonly depth: number;
  readonly aliases: number;
  /** Those of `__schema`, `__type` and of fields below them. */
  readonly introspectionAliases: number;
  /** The length of the longest alias. */
  readonly longestAlias: number;
  /** Fields that hash or compare a password. */
  readonly passwords: number;
  /** The length of the longest list that is written out. */
  readonly listItems: number;
  /**
   * The largest number of fields that the response can hold, with every list as long as it can be; and what is done for
   * each item of a list in an argument, whether or not a result of it is selected.
   */
  readonly cost: number;
}

interface Request {
  readonly document: DocumentNode;
  readonly operation: OperationDefinitionNode;
  readonly variables: Readonly<Record<string, unknown>>;
}

interface MeasureOptions {
  readonly schema: GraphQLSchema;
  readonly boundOf: (typeName: string, fieldName: string) => ListBound | undefined;
  readonly listArgumentsOf: ReturnType<typeof createListArguments>;
}

export function measureOperation(request: Request, options: MeasureOptions): OperationSize {
  return new Measurement(request, options).result();
}

const NOTHING: Share = {
  nesting: 1,
  depth: 1,
  aliases: 0,
  introspectionAliases: 0,
  longestAlias: 0,
  passwords: 0,
  listItems: 0,
  cost: 0,
};

/** What an item of a list in an argument costs, in fields of a response: a change of points takes 46 µs. */
const COST_PER_ITEM = 5;

/** Fields that hash or compare a password: always, or only where their input has one. */
const PASSWORDS: ReadonlyMap<string, 'ALWAYS' | 'IF_GIVEN'> = new Map([
  ['Mutation.signUp', 'ALWAYS'],
  ['Mutation.logIn', 'ALWAYS'],
  ['Mutation.changePassword', 'ALWAYS'],
  ['Mutation.setPassword', 'ALWAYS'],
  ['Mutation.createUser', 'IF_GIVEN'],
]);

/** One pass over an operation. A fragment is measured once for each length of list that it is spread in, however often that is. */
class Measurement {
  readonly #request: Request;
  readonly #options: MeasureOptions;
  readonly #fragments: ReadonlyMap<string, FragmentDefinitionNode>;
  readonly #measured = new Map<string, Share>();
  #dependsOnVariables = false;

  constructor(request: Request, options: MeasureOptions) {
    this.#request = request;
    this.#options = options;
    const fragments = request.document.definitions.filter((node) => node.kind === Kind.FRAGMENT_DEFINITION);
    this.#fragments = new Map(fragments.map((fragment) => [fragment.name.value, fragment]));
  }

  result(): OperationSize {
    const { operation, selectionSet, variableDefinitions = [] } = this.#request.operation;
    const root = this.#options.schema.getRootType(operation);
    const share = root ? this.#selections(selectionSet, root, undefined) : NOTHING;
    const defaults = variableDefinitions.map(({ defaultValue }) => longestListIn(defaultValue));
    return {
      ...share,
      listItems: Math.max(share.listItems, ...defaults),
      rootFields: rootFields(this.#request.document, this.#request.operation),
      dependsOnVariables: this.#dependsOnVariables,
    };
  }

  /** `items`: how long the lists directly in this selection set are, where the field that led here says so. */
  #selections({ selections }: SelectionSetNode, type: GraphQLCompositeType, items: number | undefined): Share {
    let { nesting, depth, aliases, introspectionAliases, longestAlias, passwords, listItems, cost } = NOTHING;
    for (const selection of selections) {
      const share = this.#selection(selection, type, items);
      nesting = Math.max(nesting, 1 + share.nesting);
      depth = Math.max(depth, share.depth);
      aliases += share.aliases;
      introspectionAliases += share.introspectionAliases;
      longestAlias = Math.max(longestAlias, share.longestAlias);
      passwords += share.passwords;
      listItems = Math.max(listItems, share.listItems);
      cost += share.cost;
    }
    return { nesting, depth, aliases, introspectionAliases, longestAlias, passwords, listItems, cost };
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
    const longestAlias = node.alias?.value.length ?? 0;
    const passwords = this.#takesPassword(parent, node) ? 1 : 0;
    const listItems = Math.max(0, ...(node.arguments ?? []).map(({ value }) => longestListIn(value)));
    const leaf = { nesting: 0, depth: 1, aliases, introspectionAliases: 0, longestAlias, passwords, listItems };
    const field = fieldOf(parent, node.name.value);
    if (!field) return { ...leaf, cost: 1 };
    const type = getNamedType(field.type);
    const isList = isListType(getNullableType(field.type));
    const below = this.#itemsBelow(parent, field, node);
    const ownItems = isEnumType(type) ? type.getValues().length : (below ?? items ?? ASSUMED_ITEMS);
    const times = isList ? ownItems : 1;
    const isIntrospection = field === SchemaMetaFieldDef || field === TypeMetaFieldDef;
    const work = this.#itemsGiven(parent, node) * COST_PER_ITEM;
    const introspectionAliases = isIntrospection || isIntrospectionType(parent) ? aliases : 0;
    if (!isCompositeType(type) || !node.selectionSet) return { ...leaf, introspectionAliases, cost: times + work };
    const inner = this.#selections(node.selectionSet, type, below);
    return {
      nesting: inner.nesting,
      depth: isIntrospection ? 1 : 1 + inner.depth,
      aliases: aliases + inner.aliases,
      introspectionAliases: introspectionAliases + inner.introspectionAliases,
      longestAlias: Math.max(longestAlias, inner.longestAlias),
      passwords: passwords + inner.passwords,
      listItems: Math.max(listItems, inner.listItems),
      cost: times * (1 + inner.cost) + work,
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

  #takesPassword(parent: GraphQLCompositeType, node: FieldNode): boolean {
    const rule = PASSWORDS.get(`${parent.name}.${node.name.value}`);
    return rule === 'ALWAYS' || (rule === 'IF_GIVEN' && this.#argumentAt(node, ['input', 'password']) != null);
  }

  /** How long the lists are to which a field leads; undefined where it does not say. A bad length is for its resolver to refuse. */
  #itemsBelow(
    parent: GraphQLCompositeType,
    field: GraphQLField<unknown, unknown>,
    node: FieldNode,
  ): number | undefined {
    const bound = this.#options.boundOf(parent.name, field.name);
    if (bound === undefined || bound.kind === 'ITEMS') return bound?.items;
    const [name] = bound.path;
    const given =
      this.#argumentAt(node, bound.path) ?? field.args.find((argument) => argument.name === name)?.defaultValue;
    if (Array.isArray(given)) return given.length;
    if (bound.path.length > 1) return 1; // a single value stands for a list of one
    return typeof given === 'number' && given > 0 ? Math.min(given, MAX_ITEMS) : ASSUMED_ITEMS;
  }

  /** How many items the lists in the arguments of a field have. */
  #itemsGiven(parent: GraphQLCompositeType, node: FieldNode): number {
    let items = 0;
    for (const path of this.#options.listArgumentsOf(parent.name, node.name.value)) {
      const given = this.#argumentAt(node, path);
      if (Array.isArray(given)) items += given.length;
      else if (given != null) items++; // a single value stands for a list of one
    }
    return items;
  }

  /** What stands at a path of a field's arguments, in literals or in the values of variables. */
  #argumentAt(node: FieldNode, [name, ...path]: readonly string[]): unknown {
    const literal = node.arguments?.find((argument) => argument.name.value === name)?.value;
    return literal && this.#literalAt(literal, path);
  }

  #literalAt(literal: ValueNode, path: readonly string[]): unknown {
    if (literal.kind === Kind.VARIABLE) return valueAt(this.#variable(literal.name.value), path);
    const [segment, ...rest] = path;
    if (segment === undefined) return valueFromASTUntyped(literal);
    const inner =
      literal.kind === Kind.OBJECT ? literal.fields.find((field) => field.name.value === segment)?.value : undefined;
    return inner && this.#literalAt(inner, rest);
  }

  #variable(name: string): unknown {
    this.#dependsOnVariables = true;
    const { operation, variables } = this.#request;
    if (Object.hasOwn(variables, name)) return variables[name];
    const definition = operation.variableDefinitions?.find(({ variable }) => variable.name.value === name);
    return definition?.defaultValue && valueFromASTUntyped(definition.defaultValue);
  }

  #typeNamed(condition: NamedTypeNode | undefined): GraphQLCompositeType | undefined {
    const type = condition && this.#options.schema.getType(condition.name.value);
    return isCompositeType(type) ? type : undefined;
  }
}

function fieldOf(type: GraphQLCompositeType, name: string): GraphQLField<unknown, unknown> | undefined {
  if (name === SchemaMetaFieldDef.name) return SchemaMetaFieldDef;
  if (name === TypeMetaFieldDef.name) return TypeMetaFieldDef;
  return isUnionType(type) ? undefined : type.getFields()[name];
}

/** What a client sent may have any shape, and keys of any name. */
function valueAt(value: unknown, path: readonly string[]): unknown {
  let inner = value;
  for (const segment of path) {
    if (typeof inner !== 'object' || inner === null || !Object.hasOwn(inner, segment)) return undefined;
    inner = (inner as Record<string, unknown>)[segment];
  }
  return inner;
}

function longestListIn(value: ValueNode | undefined): number {
  if (value?.kind !== Kind.LIST && value?.kind !== Kind.OBJECT) return 0;
  const inner = value.kind === Kind.LIST ? value.values : value.fields.map((field) => field.value);
  const own = value.kind === Kind.LIST ? inner.length : 0;
  return inner.reduce((longest, one) => Math.max(longest, longestListIn(one)), own);
}
