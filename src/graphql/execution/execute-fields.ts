/** Executes the fields of an object: resolves each, and completes its value (GraphQL specification, section 6.4). */
import { type GraphQLFieldResolver, getArgumentValues, TypeNameMetaFieldDef } from 'graphql';
import type { Context } from '../context.js';
import { countText, resolveCounted } from '../response-budget.js';
import { type FieldPlan, isPromise, type Path, type Run } from './run.js';

type Result = Record<string, unknown>;

/** Executes the fields of an object at the same time. A promise where one of them is awaited. */
export function executeFields(
  fields: readonly FieldPlan[],
  source: unknown,
  run: Run,
  path: Path | undefined,
): Result | Promise<Result> {
  const result: Result = {};
  const awaited: Promise<void>[] = [];
  try {
    for (const field of fields) {
      const value = executeField(field, source, run, path);
      result[field.key] = value; // keeps the order of the fields, also where it is awaited
      if (isPromise(value)) awaited.push(keep(result, field.key, value));
    }
  } catch (error) {
    if (awaited.length === 0) throw error;
    // As graphql-js does, it waits for the other fields, up to the first that rejects; what others reject with is handled.
    return Promise.all(awaited).then(
      () => Promise.reject(error),
      () => Promise.reject(error),
    );
  }
  return awaited.length === 0 ? result : Promise.all(awaited).then(() => result);
}

async function keep(result: Result, key: string, value: Promise<unknown>): Promise<void> {
  result[key] = await value;
}

/** Executes the fields of a mutation one after the other. */
export async function executeFieldsInTurn(fields: readonly FieldPlan[], source: unknown, run: Run): Promise<Result> {
  const result: Result = {};
  for (const field of fields) {
    const value = executeField(field, source, run, undefined);
    result[field.key] = isPromise(value) ? await value : value;
  }
  return result;
}

function executeField(field: FieldPlan, source: unknown, run: Run, prev: Path | undefined): unknown {
  const path: Path = { prev, key: field.key, typename: field.parentType.name };
  let value: unknown;
  try {
    value = resolve(field, source, run, path);
  } catch (error) {
    return run.fail(error, field, field, path);
  }
  return run.complete(value, field, field, path);
}

function resolve(field: FieldPlan, source: unknown, run: Run, path: Path): unknown {
  const { definition, nodes, parentType } = field;
  if (definition === TypeNameMetaFieldDef) return parentType.name;
  if (definition.resolve === undefined && definition.args.length === 0) {
    const value = propertyOf(source, definition.name);
    if (typeof value !== 'function') return countText(value, run.context);
  }
  const args = getArgumentValues(definition, nodes[0], run.info.variableValues);
  const resolveField: GraphQLFieldResolver<unknown, Context> = definition.resolve ?? resolveCounted;
  const { schema, fragments, rootValue, operation, variableValues } = run.info;
  return resolveField(source, args, run.context, {
    fieldName: definition.name,
    fieldNodes: nodes,
    returnType: definition.type,
    parentType,
    path,
    schema,
    fragments,
    rootValue,
    operation,
    variableValues,
  });
}

function propertyOf(source: unknown, name: string): unknown {
  if (typeof source !== 'object' || source === null) return undefined;
  return (source as Record<string, unknown>)[name]; // what a resolver returns may be any object
}
