import { type GraphQLSchema, isInputObjectType, isInterfaceType, isIntrospectionType, isObjectType } from 'graphql';

/** How many items the lists directly below a field have at most. */
export type ListBound =
  /** As many as the list, or the number, that stands at this path of the field's arguments. */
  | { readonly kind: 'ARGUMENT'; readonly path: readonly [string, ...string[]] }
  | { readonly kind: 'ITEMS'; readonly items: number };

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
