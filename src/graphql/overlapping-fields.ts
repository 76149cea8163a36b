/**
 * Whether fields of one response name can be merged (GraphQL, September 2025, section 5.3.2). graphql compares every pair
 * of such fields: 440 times the same field took it 100 ms. What has to be equal is an equivalence, so that it suffices here
 * to compare each field with the first one. Their selection sets are then merged, and each set of fields is looked at
 * once, however many ways lead to it. It is the algorithm that XING published for Sangria, which graphql-java took over.
 */
import {
  type DocumentNode,
  type FieldNode,
  type FragmentDefinitionNode,
  type GraphQLCompositeType,
  GraphQLError,
  type GraphQLField,
  type GraphQLObjectType,
  type GraphQLSchema,
  type GraphQLType,
  getNamedType,
  isCompositeType,
  isListType,
  isNonNullType,
  isObjectType,
  isUnionType,
  Kind,
  type NamedTypeNode,
  print,
  SchemaMetaFieldDef,
  type SelectionSetNode,
  TypeMetaFieldDef,
  TypeNameMetaFieldDef,
  type ValueNode,
} from 'graphql';

/**
 * What was found: fields that cannot be merged, or that the document leads to so many sets of fields that the search was
 * given up.
 */
type Overlap = { readonly kind: 'CONFLICT'; readonly error: GraphQLError } | { readonly kind: 'TOO_MANY' };

interface OverlapOptions {
  readonly schema: GraphQLSchema;
  /** Selections that are looked at, those of a fragment wherever it is spread. */
  readonly maxSelections: number;
}

/**
 * Finds the first fields of a document that cannot be merged; undefined: all can.
 *
 * @param document one that is valid but for that.
 */
export function findOverlap(document: DocumentNode, options: OverlapOptions): Overlap | undefined {
  return new Search(document, options).run();
}

/** A field, and the type on which it is selected. */
interface Selected {
  readonly node: FieldNode;
  readonly parent: GraphQLCompositeType;
  readonly definition: GraphQLField<unknown, unknown>;
}

/** Selection sets whose fields end up in one object of the response, or at one position of it. */
interface MergedSets {
  readonly sets: readonly { readonly selectionSet: SelectionSetNode; readonly type: GraphQLCompositeType }[];
  /** Whether one result can have them all. Where not, they only have to agree on the shape of the response. */
  readonly isOneResult: boolean;
}

class Search {
  readonly #document: DocumentNode;
  readonly #schema: GraphQLSchema;
  readonly #fragments: ReadonlyMap<string, FragmentDefinitionNode>;
  readonly #ids = new Map<FieldNode, number>();
  readonly #calls = new Map<FieldNode, string>();
  /** The sets of fields that were looked at. */
  readonly #known = new Set<string>();
  readonly #pending: MergedSets[] = [];
  #selectionsLeft: number;

  constructor(document: DocumentNode, { schema, maxSelections }: OverlapOptions) {
    this.#document = document;
    this.#schema = schema;
    this.#selectionsLeft = maxSelections;
    const fragments = document.definitions.filter((node) => node.kind === Kind.FRAGMENT_DEFINITION);
    this.#fragments = new Map(fragments.map((fragment) => [fragment.name.value, fragment]));
  }

  run(): Overlap | undefined {
    for (const node of this.#document.definitions) {
      const type = node.kind === Kind.OPERATION_DEFINITION ? this.#schema.getRootType(node.operation) : undefined;
      if (node.kind !== Kind.OPERATION_DEFINITION || !type) continue;
      this.#pending.push({ sets: [{ selectionSet: node.selectionSet, type }], isOneResult: true });
    }
    for (let position = this.#pending.pop(); position !== undefined; position = this.#pending.pop()) {
      const error = this.#look(position);
      if (error !== undefined) return { kind: 'CONFLICT', error };
      if (this.#selectionsLeft < 0) return { kind: 'TOO_MANY' };
    }
    return undefined;
  }

  #look({ sets, isOneResult }: MergedSets): GraphQLError | undefined {
    const fields: Selected[] = [];
    const spread = new Set<string>();
    for (const { selectionSet, type } of sets) this.#collect(selectionSet, type, { fields, spread });
    if (this.#isKnown(fields, isOneResult)) return undefined;
    for (const [responseName, named] of byResponseName(fields)) {
      const error = this.#compare(responseName, named, isOneResult);
      if (error !== undefined) return error;
    }
    return undefined;
  }

  #collect(
    { selections }: SelectionSetNode,
    type: GraphQLCompositeType,
    found: { readonly fields: Selected[]; readonly spread: Set<string> },
  ): void {
    for (const selection of selections) {
      if (--this.#selectionsLeft < 0) return;
      if (selection.kind === Kind.FIELD) {
        const definition = definitionOf(type, selection.name.value);
        if (definition) found.fields.push({ node: selection, parent: type, definition });
      } else if (selection.kind === Kind.INLINE_FRAGMENT) {
        this.#collect(selection.selectionSet, this.#typeNamed(selection.typeCondition) ?? type, found);
      } else if (!found.spread.has(selection.name.value)) {
        found.spread.add(selection.name.value);
        const fragment = this.#fragments.get(selection.name.value);
        const condition = this.#typeNamed(fragment?.typeCondition);
        if (fragment && condition) this.#collect(fragment.selectionSet, condition, found);
      }
    }
  }

  #isKnown(fields: readonly Selected[], isOneResult: boolean): boolean {
    const ids = fields.map(({ node }) => this.#idOf(node)).sort((a, b) => a - b);
    const key = `${isOneResult} ${ids.join()}`;
    if (this.#known.has(key)) return true;
    this.#known.add(key);
    return false;
  }

  #compare(responseName: string, fields: readonly Selected[], isOneResult: boolean): GraphQLError | undefined {
    const groups = isOneResult ? possibleResults(fields) : [];
    const reason =
      firstReason(groups, (field, first) => this.#differenceOfCalls(field, first)) ??
      firstReason([fields], differenceOfShapes);
    if (reason !== undefined) {
      const advice = 'Use different aliases on the fields to fetch both if this was intentional.';
      return new GraphQLError(`Fields "${responseName}" conflict because ${reason.text}. ${advice}`, reason);
    }
    for (const group of groups) this.#enter(group, true);
    if (groups.length !== 1) this.#enter(fields, false);
    return undefined;
  }

  #enter(fields: readonly Selected[], isOneResult: boolean): void {
    const sets = fields.flatMap(({ node: { selectionSet }, definition }) => {
      const type = getNamedType(definition.type);
      return selectionSet && isCompositeType(type) ? [{ selectionSet, type }] : [];
    });
    if (sets.length > 0) this.#pending.push({ sets, isOneResult });
  }

  #differenceOfCalls({ node }: Selected, { node: first }: Selected): string | undefined {
    if (node.name.value !== first.name.value)
      return `"${first.name.value}" and "${node.name.value}" are different fields`;
    return this.#callOf(node) === this.#callOf(first) ? undefined : 'they have differing arguments';
  }

  /** The arguments in a form that can be compared. */
  #callOf(node: FieldNode): string {
    const known = this.#calls.get(node);
    if (known !== undefined) return known;
    const call = printFields(node.arguments ?? []);
    this.#calls.set(node, call);
    return call;
  }

  #idOf(node: FieldNode): number {
    const id = this.#ids.get(node) ?? this.#ids.size;
    this.#ids.set(node, id);
    return id;
  }

  #typeNamed(condition: NamedTypeNode | undefined): GraphQLCompositeType | undefined {
    const type = condition && this.#schema.getType(condition.name.value);
    return isCompositeType(type) ? type : undefined;
  }
}

function byResponseName(fields: readonly Selected[]): ReadonlyMap<string, Selected[]> {
  const named = new Map<string, Selected[]>();
  for (const field of fields) append(named, (field.node.alias ?? field.node.name).value, field);
  return named;
}

function append<Key>(lists: Map<Key, Selected[]>, key: Key, field: Selected): void {
  const known = lists.get(key);
  if (known === undefined) lists.set(key, [field]);
  else known.push(field);
}

/** The fields that one result can have: those of its own type, and those of interfaces. */
function possibleResults(fields: readonly Selected[]): readonly (readonly Selected[])[] {
  const byType = new Map<GraphQLObjectType, Selected[]>();
  const shared: Selected[] = [];
  for (const field of fields) {
    if (!isObjectType(field.parent)) shared.push(field);
    else append(byType, field.parent, field);
  }
  return byType.size < 2 ? [fields] : [...byType.values()].map((own) => [...own, ...shared]);
}

interface Reason {
  readonly text: string;
  readonly nodes: readonly FieldNode[];
}

/** How the first field differs that is not as the first of its group. */
function firstReason(
  groups: readonly (readonly Selected[])[],
  differenceOf: (field: Selected, first: Selected) => string | undefined,
): Reason | undefined {
  for (const [first, ...others] of groups) {
    if (first === undefined) continue;
    for (const field of others) {
      const text = differenceOf(field, first);
      if (text !== undefined) return { text, nodes: [first.node, field.node] };
    }
  }
  return undefined;
}

function differenceOfShapes({ definition }: Selected, { definition: first }: Selected): string | undefined {
  if (definition === first || shapeOf(definition.type) === shapeOf(first.type)) return undefined;
  return `they return conflicting types "${first.type}" and "${definition.type}"`;
}

/** What the response looks like: lists and nulls, and which values are in it. Objects are compared by their fields. */
function shapeOf(type: GraphQLType): string {
  if (isNonNullType(type)) return `${shapeOf(type.ofType)}!`;
  if (isListType(type)) return `[${shapeOf(type.ofType)}]`;
  return isCompositeType(type) ? '{}' : type.name;
}

function definitionOf(type: GraphQLCompositeType, name: string): GraphQLField<unknown, unknown> | undefined {
  const meta = [TypeNameMetaFieldDef, SchemaMetaFieldDef, TypeMetaFieldDef].find((field) => field.name === name);
  return meta ?? (isUnionType(type) ? undefined : type.getFields()[name]);
}

/** Arguments, or the fields of an input object, whose order means nothing. */
function printFields(
  fields: readonly { readonly name: { readonly value: string }; readonly value: ValueNode }[],
): string {
  const printed = fields.map(({ name, value }) => `${name.value}:${printValue(value)}`);
  return printed.sort().join();
}

function printValue(value: ValueNode): string {
  if (value.kind === Kind.OBJECT) return `{${printFields(value.fields)}}`;
  return value.kind === Kind.LIST ? `[${value.values.map(printValue).join()}]` : print(value);
}
