import {
  type GraphQLArgument,
  type GraphQLInputField,
  type GraphQLNamedInputType,
  type GraphQLSchema,
  getNamedType,
  getNullableType,
  isInputObjectType,
  isInterfaceType,
  isIntrospectionType,
  isListType,
  isObjectType,
} from 'graphql';
import { METADATA_ITEMS } from '../points/limits.js';
import { MAX_DOCUMENTS, MAX_NETWORKS } from '../tokens/limits.js';
import { MAX_EXTERNAL_IDS } from '../users/external-ref.js';

/** The names of an argument and of the fields of its input that lead to a list, or to the length of one. */
type ListPath = readonly [string, ...string[]];

/** How many items the lists directly below a field have at most. */
export type ListBound =
  /** As many as the list, or the number, that stands at this path of the field's arguments. */
  { readonly kind: 'ARGUMENT'; readonly path: ListPath } | { readonly kind: 'ITEMS'; readonly items: number };

/**
 * For lists of which nothing is known: those of an introspection. It cannot grow with data, and how deep it nests is
 * bounded by graphql's own MaxIntrospectionDepthRule; this is about the average length of its lists.
 */
export const ASSUMED_ITEMS = 6;

const FIRST: ListBound = { kind: 'ARGUMENT', path: ['first'] };

/**
 * The bound of each field that leads to lists, by coordinate. A field with an argument `first` needs no entry: its lists,
 * and the `nodes` and `edges` of its connection, are as long as that says. A list of an enum has each value once.
 */
export function createListBounds(
  schema: GraphQLSchema,
): (typeName: string, fieldName: string) => ListBound | undefined {
  const bounds = new Map<string, ListBound>([
    // One result for each operation.
    ['Mutation.applyPoints', { kind: 'ARGUMENT', path: ['input', 'operations'] }],
    ['User.externalIds', { kind: 'ITEMS', items: MAX_EXTERNAL_IDS }],
    ['Token.networks', { kind: 'ITEMS', items: MAX_NETWORKS }],
    ['Token.documents', { kind: 'ITEMS', items: MAX_DOCUMENTS }],
    ['PointsHold.metadata', { kind: 'ITEMS', items: METADATA_ITEMS.max }],
    ['PointsEntry.metadata', { kind: 'ITEMS', items: METADATA_ITEMS.max }],
    // Each coordinate of the schema once, however large the document.
    ['Query.requiredScopes', { kind: 'ITEMS', items: countCoordinates(schema) }],
  ]);
  for (const type of Object.values(schema.getTypeMap())) {
    if (!isObjectType(type) && !isInterfaceType(type)) continue;
    for (const field of Object.values(type.getFields())) {
      if (field.args.some(({ name }) => name === 'first')) bounds.set(`${type.name}.${field.name}`, FIRST);
    }
  }
  return (typeName, fieldName) => bounds.get(`${typeName}.${fieldName}`);
}

/** Where in its arguments a field takes lists, each of whose items is work, selected or not: paths, by coordinate. */
export function createListArguments(
  schema: GraphQLSchema,
): (typeName: string, fieldName: string) => readonly ListPath[] {
  const lists = new Map<string, readonly ListPath[]>();
  for (const type of Object.values(schema.getTypeMap())) {
    if ((!isObjectType(type) && !isInterfaceType(type)) || isIntrospectionType(type)) continue;
    for (const field of Object.values(type.getFields())) {
      const paths = field.args.flatMap((argument) => listsIn(argument, new Set()));
      if (paths.length > 0) lists.set(`${type.name}.${field.name}`, paths);
    }
  }
  return (typeName, fieldName) => lists.get(`${typeName}.${fieldName}`) ?? [];
}

/** @param outer the input types around, since they can contain themselves. */
function listsIn(
  { name, type }: GraphQLArgument | GraphQLInputField,
  outer: ReadonlySet<GraphQLNamedInputType>,
): ListPath[] {
  if (isListType(getNullableType(type))) return [[name]];
  const input = getNamedType(type);
  if (!isInputObjectType(input) || outer.has(input)) return [];
  const fields = Object.values(input.getFields());
  return fields.flatMap((field) => listsIn(field, new Set([...outer, input]))).map((path) => [name, ...path]);
}

/** Fields, arguments and input fields: all that the policy can name. */
function countCoordinates(schema: GraphQLSchema): number {
  let count = 0;
  for (const type of Object.values(schema.getTypeMap())) {
    if (isIntrospectionType(type)) continue;
    if (isInputObjectType(type)) count += Object.keys(type.getFields()).length;
    if (isObjectType(type) || isInterfaceType(type))
      for (const field of Object.values(type.getFields())) count += 1 + field.args.length;
  }
  return count;
}
