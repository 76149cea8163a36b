import {
  coerceInputValue,
  type GraphQLSchema,
  isInputType,
  isNonNullType,
  type OperationDefinitionNode,
  typeFromAST,
  valueFromAST,
} from 'graphql';
import type { Variables } from './operation.js';

/**
 * The values that execution will see; undefined where it will refuse them. As graphql's getVariableValues, which quotes a
 * value that it refuses, however large: the policy tells no errors of variables, and stops at the first.
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
      if (Object.hasOwn(variables, name)) coerced[name] = coerceInputValue(variables[name], type, refuse);
      else if (defaultValue) coerced[name] = valueFromAST(defaultValue, type);
      else if (isNonNullType(type)) return undefined;
    }
  } catch (error) {
    if (error !== REFUSED) throw error;
    return undefined;
  }
  return { ...coerced };
}

const REFUSED = new Error('A variable has a value that its type does not take.');

function refuse(): never {
  throw REFUSED;
}
