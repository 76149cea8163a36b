/**
 * Executes operations by their plans. What a plan does not cover graphql-js executes.
 */
import {
  type ExecutionResult,
  execute,
  type GraphQLSchema,
  getVariableValues,
  locatedError,
  type OperationDefinitionNode,
  OperationTypeNode,
} from 'graphql';
import type { Context } from '../context.js';
import type { ValidOperation } from '../known-documents.js';
import { resolveCounted } from '../response-budget.js';
import { executeFields, executeFieldsInTurn } from './execute-fields.js';
import { type OperationPlan, planOperation } from './plan-operation.js';
import { Run } from './run.js';

interface Execution {
  /** As the client sent them. */
  readonly variables: Readonly<Record<string, unknown>>;
  readonly context: Context;
}

/** Executes a valid query or mutation. Without `data` nothing ran: the variables do not fit their types. */
export type ExecuteOperation = (valid: ValidOperation, execution: Execution) => Promise<ExecutionResult>;

/** Plans are kept as long as their documents are. */
export function createExecuteOperation(schema: GraphQLSchema): ExecuteOperation {
  const plans = new WeakMap<OperationDefinitionNode, OperationPlan | 'NONE'>();
  return async (valid, { variables, context }) => {
    const { document, operation, operationName } = valid;
    const plan = plans.get(operation) ?? planOperation(schema, document, operation) ?? 'NONE';
    plans.set(operation, plan);
    if (plan !== 'NONE') return await executePlan(schema, plan, { variables, context });
    return await execute({
      schema,
      document,
      operationName,
      contextValue: context,
      variableValues: variables,
      fieldResolver: resolveCounted,
    });
  };
}

/** Of variables; as many as `execute` of graphql-js returns. */
const MAX_ERRORS = 50;

async function executePlan(
  schema: GraphQLSchema,
  { operation, fragments, fields }: OperationPlan,
  { variables, context }: Execution,
): Promise<ExecutionResult> {
  const { coerced, errors } = getVariableValues(schema, operation.variableDefinitions ?? [], variables, {
    maxErrors: MAX_ERRORS,
  });
  if (coerced === undefined) return { errors };
  const run = new Run({ schema, fragments, rootValue: undefined, operation, variableValues: coerced }, context);
  const isMutation = operation.operation === OperationTypeNode.MUTATION;
  let data: ExecutionResult['data'] = null;
  try {
    data = await (isMutation
      ? executeFieldsInTurn(fields, undefined, run)
      : executeFields(fields, undefined, run, undefined));
  } catch (error) {
    run.addError(locatedError(error, undefined), undefined);
  }
  return run.errors.length === 0 ? { data } : { errors: run.errors, data };
}
