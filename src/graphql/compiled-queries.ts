import { type DocumentNode, type GraphQLSchema, getVariableValues, type OperationDefinitionNode } from 'graphql';
import type { CompiledQuery } from 'graphql-jit';
import type { Context } from './context.js';

/** A query that may run. */
interface Query {
  readonly document: DocumentNode;
  readonly operation: OperationDefinitionNode;
  readonly variables: Readonly<Record<string, unknown>>;
  readonly context: Context;
}

type Data = Readonly<Record<string, unknown>>;

/** As often has a query come before it is compiled, which takes as long as some tens of runs. */
const RUNS_BEFORE = 50;

/** How many are kept compiled. */
const MOST_COMPILED = 100;

/**
 * Runs queries that come again and again as compiled code: 20 users with 5 posts each take a fifth of the time that the
 * interpreter needs for them. What comes back is the data, or undefined where the interpreter has to answer: for anything
 * that is new, rare or faulty. A query changes nothing, so that one which met an error can be run once more, and every
 * error is the interpreter's own.
 */
export function createCompiledQueries(schema: GraphQLSchema): (query: Query) => Promise<Data | undefined> {
  const runs = new WeakMap<OperationDefinitionNode, number>();
  const compiled = new Map<OperationDefinitionNode, CompiledQuery | undefined>();

  const find = ({ document, operation }: Query): CompiledQuery | undefined => {
    if (compiled.has(operation)) return compiled.get(operation);
    const count = (runs.get(operation) ?? 0) + 1;
    runs.set(operation, count);
    if (count <= RUNS_BEFORE) return undefined;
    runs.delete(operation);
    const [oldest] = compiled.size < MOST_COMPILED ? [] : compiled.keys();
    if (oldest !== undefined) compiled.delete(oldest);
    compiled.set(operation, undefined); // until then, and for good where it cannot be compiled
    void compile(schema, document, operation).then((query) => compiled.set(operation, query));
    return undefined;
  };

  return async (query) => {
    const found = find(query);
    if (found === undefined) return undefined;
    const { operation, variables, context } = query;
    // The compiled check of variables does not know `@oneOf`.
    if (getVariableValues(schema, operation.variableDefinitions ?? [], variables, { maxErrors: 1 }).errors)
      return undefined;
    const { data, errors } = await found.query(undefined, context, variables);
    if (errors === undefined) return data ?? undefined;
    compiled.delete(operation); // it counts anew, so that one that often fails is seldom run twice
    return undefined;
  };
}

/** Undefined for what cannot be compiled. The compiler is loaded by then: a start can do without its 50 ms and 4 MiB. */
async function compile(
  schema: GraphQLSchema,
  document: DocumentNode,
  operation: OperationDefinitionNode,
): Promise<CompiledQuery | undefined> {
  try {
    const { compileQuery, isCompiledQuery } = await import('graphql-jit');
    const query = compileQuery(schema, document, operation.name?.value);
    return isCompiledQuery(query) ? query : undefined;
  } catch {
    return undefined; // the interpreter says what is wrong, if anything is
  }
}
