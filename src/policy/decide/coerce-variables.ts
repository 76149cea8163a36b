import {
  coerceInputValue,
  type GraphQLSchema,
  isInputType,
  isNonNullType,
  type OperationDefinitionNode,
  typeFromAST,
  valueFromAST,
} from 'graphql';
import type { Variables } from '../plan/operation.js';

/**
 * The values that execution will see; undefined where it will reject them. Not graphql's getVariableValues, which copies
 * each rejected value into an error, however large: the policy needs no errors, and stops at the first.
 */
export function coerceVariables(
  schema: GraphQLSchema,
  { variableDefinitions = [] }: OperationDefinitionNode,
  variables: Variables,
): Variables | undefined {
  const coerced: Record<string, unknown> = Object.create(null);
  try {
    for (const { variable, type: typeNode, defaultValue } of variableDefinitions) {
      const name = variable.name.value;
      const type = typeFromAST(schema, typeNode);
      if (!isInputType(type)) return undefined;
      if (Object.hasOwn(variables, name)) coerced[name] = coerceInputValue(variables[name], type, reject);
      else if (defaultValue) coerced[name] = valueFromAST(defaultValue, type);
      else if (isNonNullType(type)) return undefined;
    }
  } catch (error) {
    if (error !== REJECTED) throw error;
    return undefined;
  }
  return { ...coerced };
}

const REJECTED = new Error('A variable has a value that its type does not take.');

function reject(): never {
  throw REJECTED;
}
