import {
  coerceInputValue,
  GraphQLError,
  type GraphQLSchema,
  isInputType,
  type OperationDefinitionNode,
  typeFromAST,
} from 'graphql';

const MAX_ERRORS = 50;

/**
 * What is wrong with the values of variables, in graphql's words but without the values. It goes ahead of execution, which
 * quotes the whole of an object for each field that the object should not have: 80,000 such fields took it 4 s. Variables
 * that are missing or null are left to execution, which has nothing to quote then.
 */
export function checkVariables(
  schema: GraphQLSchema,
  { variableDefinitions = [] }: OperationDefinitionNode,
  variables: Readonly<Record<string, unknown>>,
): readonly GraphQLError[] {
  const errors: GraphQLError[] = [];
  try {
    for (const node of variableDefinitions) {
      const name = node.variable.name.value;
      const type = typeFromAST(schema, node.type);
      if (!Object.hasOwn(variables, name) || variables[name] === null || !isInputType(type)) continue;
      coerceInputValue(variables[name], type, (path, _value, originalError) => {
        if (errors.length === MAX_ERRORS) throw TOO_MANY;
        const at = path.length > 0 ? ` at "${name}${path.map(printKey).join('')}"` : '';
        const message = `Variable "$${name}" got invalid value${at}; ${originalError.message}`;
        errors.push(new GraphQLError(message, { nodes: node, originalError }));
      });
    }
  } catch (error) {
    if (error !== TOO_MANY) throw error;
    errors.push(TOO_MANY);
  }
  return errors;
}

const TOO_MANY = new GraphQLError('Too many errors processing variables, error limit reached. Execution aborted.');

function printKey(key: string | number): string {
  return typeof key === 'number' ? `[${key}]` : `.${key}`;
}
