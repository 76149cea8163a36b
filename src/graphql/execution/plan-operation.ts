/**
 * Plans an operation: which fields it selects, what they are in the schema, and how a value of each becomes part of the
 * response. graphql-js looks that up for each object of a list again.
 */
import {
  type DocumentNode,
  type FieldNode,
  type FragmentDefinitionNode,
  GraphQLIncludeDirective,
  type GraphQLObjectType,
  type GraphQLSchema,
  GraphQLSkipDirective,
  getDirectiveValues,
  getNamedType,
  isAbstractType,
  isNonNullType,
  isObjectType,
  Kind,
  type OperationDefinitionNode,
  type SelectionNode,
  type SelectionSetNode,
  TypeNameMetaFieldDef,
  visit,
} from 'graphql';
import { completionOf } from './complete-value.js';
import type { FieldPlan } from './run.js';

/** An operation whose fields are known. */
export interface OperationPlan {
  readonly operation: OperationDefinitionNode;
  readonly fragments: Readonly<Record<string, FragmentDefinitionNode>>;
  readonly fields: readonly FieldPlan[];
}

/**
 * Undefined where something else than the document decides which fields there are: variables in `@skip` or `@include`, the
 * type of a value, or a query for the schema itself; where an alias is `__proto__`, which is no property like others; and
 * where fragments are repeated so often that the plan would have more fields than the document has tokens.
 */
export function planOperation(
  schema: GraphQLSchema,
  document: DocumentNode,
  operation: OperationDefinitionNode,
): OperationPlan | undefined {
  const type = schema.getRootType(operation.operation);
  if (type == null || !isDecidedByDocument(schema, document)) return undefined;
  const fragments: Record<string, FragmentDefinitionNode> = Object.create(null);
  for (const definition of document.definitions) {
    if (definition.kind === Kind.FRAGMENT_DEFINITION) fragments[definition.name.value] = definition;
  }
  const planner = new Planner(fragments, document.tokenCount ?? 0);
  const fields = planner.plan(type, [operation.selectionSet]);
  return planner.isTooLarge ? undefined : { operation, fragments, fields };
}

function isDecidedByDocument(schema: GraphQLSchema, document: DocumentNode): boolean {
  const types = Object.values(schema.getTypeMap());
  if (types.some((type) => isAbstractType(type) || (isObjectType(type) && type.isTypeOf))) return false;
  let isDecided = true;
  visit(document, {
    Field: ({ name, alias }) => {
      if (name.value === '__schema' || name.value === '__type' || alias?.value === '__proto__') isDecided = false;
    },
    Directive: ({ arguments: given }) => {
      if (given?.some(({ value }) => value.kind === Kind.VARIABLE)) isDecided = false;
    },
  });
  return isDecided;
}

class Planner {
  readonly #fragments: OperationPlan['fragments'];
  readonly #maxFields: number;
  #fields = 0;

  constructor(fragments: OperationPlan['fragments'], maxFields: number) {
    this.#fragments = fragments;
    this.#maxFields = maxFields;
  }

  get isTooLarge(): boolean {
    return this.#fields > this.#maxFields;
  }

  /** The fields of an object, in the order of the response. */
  plan(type: GraphQLObjectType, selectionSets: readonly SelectionSetNode[]): readonly FieldPlan[] {
    const nodes = new Map<string, [FieldNode, ...FieldNode[]]>();
    const spread = new Set<string>();
    for (const { selections } of selectionSets) this.#collect(type, selections, nodes, spread);
    this.#fields += nodes.size;
    if (this.isTooLarge) return [];
    return [...nodes].map(([key, selected]) => this.#field(type, key, selected));
  }

  #collect(
    type: GraphQLObjectType,
    selections: readonly SelectionNode[],
    nodes: Map<string, [FieldNode, ...FieldNode[]]>,
    spread: Set<string>,
  ): void {
    for (const selection of selections) {
      if (!isIncluded(selection)) continue;
      if (selection.kind === Kind.FIELD) {
        const key = (selection.alias ?? selection.name).value;
        const same = nodes.get(key);
        if (same === undefined) nodes.set(key, [selection]);
        else same.push(selection);
        continue;
      }
      const fragment = selection.kind === Kind.INLINE_FRAGMENT ? selection : this.#fragments[selection.name.value];
      if (selection.kind === Kind.FRAGMENT_SPREAD) {
        if (spread.has(selection.name.value)) continue;
        spread.add(selection.name.value);
      }
      if (fragment === undefined) continue;
      const condition = fragment.typeCondition?.name.value ?? type.name;
      if (condition === type.name) this.#collect(type, fragment.selectionSet.selections, nodes, spread);
    }
  }

  #field(parentType: GraphQLObjectType, key: string, nodes: FieldPlan['nodes']): FieldPlan {
    const name = nodes[0].name.value;
    const definition = name === TypeNameMetaFieldDef.name ? TypeNameMetaFieldDef : parentType.getFields()[name];
    if (definition === undefined) throw new Error(`${parentType.name} has no field ${name}.`); // validation refuses it
    const type = getNamedType(definition.type);
    const fields = isObjectType(type)
      ? this.plan(
          type,
          nodes.flatMap(({ selectionSet }) => selectionSet ?? []),
        )
      : [];
    const complete = completionOf(definition.type, fields);
    return { key, parentType, definition, nodes, complete, isNonNull: isNonNullType(definition.type) };
  }
}

/** Whether `@skip` and `@include` let it be. */
function isIncluded(selection: SelectionNode): boolean {
  return (
    getDirectiveValues(GraphQLSkipDirective, selection)?.['if'] !== true &&
    getDirectiveValues(GraphQLIncludeDirective, selection)?.['if'] !== false
  );
}
