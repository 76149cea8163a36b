import { MapperKind, mapSchema } from '@graphql-tools/utils';
import { type GraphQLSchema, isNonNullType, Kind, type OperationDefinitionNode, OperationTypeNode } from 'graphql';

/** The schema for servers that take HTTP Basic on `logIn` instead of its input, which may then be left out. */
export function withoutLogInInput(schema: GraphQLSchema): GraphQLSchema {
  return mapSchema(schema, {
    [MapperKind.MUTATION_ROOT_FIELD]: (field, name) => {
      const input = field.args?.['input'];
      if (name !== 'logIn' || !isNonNullType(input?.type)) return undefined; // undefined keeps the field as it is
      return { ...field, args: { ...field.args, input: { ...input, type: input.type.ofType } } };
    },
  });
}

/** Whether an operation is the field `logIn` and nothing else, without an input: all that HTTP Basic is taken for. */
export function isLogInWithoutInput({ operation, selectionSet }: OperationDefinitionNode): boolean {
  const [selection, ...others] = selectionSet.selections;
  return (
    operation === OperationTypeNode.MUTATION &&
    others.length === 0 &&
    selection?.kind === Kind.FIELD &&
    selection.name.value === 'logIn' &&
    (selection.arguments ?? []).length === 0
  );
}
