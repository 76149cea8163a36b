import {
  type GraphQLField,
  type GraphQLInputType,
  type GraphQLInterfaceType,
  type GraphQLObjectType,
  type GraphQLSchema,
  getNullableType,
  isInputObjectType,
  isInterfaceType,
  isLeafType,
  isListType,
  isObjectType,
  isRequiredArgument,
} from 'graphql';
import { messageOfError, throwProblems } from './problems.js';
import type { Rules } from './rule.js';

/**
 * Returns for each value, in order, whether it is the caller's own. Called once for all values of a coordinate in an
 * operation, so that one query is enough. `undefined` stands for an argument that is absent or null; usually the caller
 * is the owner then: true. For a value that does not exist: false.
 */
export type OwnerLookup<Context> = (
  values: readonly unknown[],
  context: Context,
) => readonly boolean[] | Promise<readonly boolean[]>;

/** Where a field's owner is named: in its arguments, known before anything runs, or in a sibling field. */
export interface OwnerPath {
  readonly from: 'ARGUMENTS' | 'PARENT';
  readonly path: readonly [string, ...string[]];
  /** The coordinate whose look-up decides on the value at the end of the path. */
  readonly lookup: string;
}

/** The owner paths of a schema, by the coordinate of their field. */
export type OwnerPaths = ReadonlyMap<string, OwnerPath>;

/**
 * Follows every owner path of the schema to its end.
 *
 * @param lookups the coordinates at which an owner can be looked up; the innermost one wins: an argument
 *   (`Subscription.pointsChanged(user:)`) or input field (`UpdatePostInput.id`) before its input type (`UserBy`).
 * @throws {Error} naming each path that leads nowhere, and each look-up that no path leads to.
 */
export function resolveOwnerPaths(schema: GraphQLSchema, rules: Rules, lookups: readonly string[]): OwnerPaths {
  const paths = new Map<string, OwnerPath>();
  const problems: string[] = [];
  for (const [coordinate, { owner, position }] of rules.byCoordinate) {
    if (owner === undefined) continue;
    try {
      paths.set(coordinate, resolveOwnerPath(schema, { coordinate, owner, lookups }));
    } catch (error) {
      problems.push(`${position}${coordinate} has the owner path "${owner}", which ${messageOfError(error)}`);
    }
  }
  const used = new Set([...paths.values()].map(({ lookup }) => lookup));
  const unused = lookups.filter((key) => !used.has(key));
  problems.push(...unused.map((key) => `no owner path ends at ${key}, for which there is a look-up`));
  throwProblems(problems);
  return paths;
}

function resolveOwnerPath(
  schema: GraphQLSchema,
  rule: { readonly coordinate: string; readonly owner: string; readonly lookups: readonly string[] },
): OwnerPath {
  const { coordinate, owner, lookups } = rule;
  const [typeName = '', fieldName = ''] = coordinate.split('.');
  const type = schema.getType(typeName);
  if (!isObjectType(type) && !isInterfaceType(type)) throw new Error('belongs to no output field');
  const field = type.getFields()[fieldName];
  if (!field) throw new Error('belongs to no output field');

  const roots = [schema.getQueryType(), schema.getMutationType(), schema.getSubscriptionType()];
  const isRoot = roots.some((root) => root === type);
  const path = owner.split('.') as [string, ...string[]]; // split returns at least one item
  const ends = isRoot ? endsInArguments(coordinate, field, path) : endsInParent(type, path);
  const lookup = ends.find((end) => lookups.includes(end));
  if (lookup === undefined) throw new Error(`ends at ${ends.join(' or ')}, where no owner can be looked up`);
  return { from: isRoot ? 'ARGUMENTS' : 'PARENT', path, lookup };
}

/** The value at the end of a path through coerced arguments; undefined where the path breaks off. */
export function valueAt(values: unknown, path: readonly string[]): unknown {
  let value = values;
  for (const segment of path) {
    if (value === null || value === undefined) return undefined;
    // resolveOwnerPaths made sure that all but the last are input objects.
    value = (value as Record<string, unknown>)[segment];
  }
  return value ?? undefined;
}

function endsInArguments(
  coordinate: string,
  field: GraphQLField<unknown, unknown>,
  [name, ...rest]: readonly [string, ...string[]],
): string[] {
  const argument = field.args.find((candidate) => candidate.name === name);
  if (!argument) throw new Error(`starts at an argument that ${coordinate} does not have`);

  let type: GraphQLInputType = getNullableType(argument.type);
  let end = `${coordinate}(${name}:)`;
  for (const segment of rest) {
    const next = isInputObjectType(type) ? type.getFields()[segment] : undefined;
    if (!isInputObjectType(type) || !next) throw new Error(`breaks off at "${segment}"`);
    end = `${type.name}.${segment}`;
    type = getNullableType(next.type);
  }
  if (isListType(type)) throw new Error('ends at a list, which names more than one owner');
  return isInputObjectType(type) ? [end, type.name] : [end];
}

function endsInParent(type: GraphQLObjectType | GraphQLInterfaceType, path: readonly [string, ...string[]]): string[] {
  const field = path.length === 1 ? type.getFields()[path[0]] : undefined;
  if (!field) throw new Error(`is no field of ${type.name}`);
  if (!isLeafType(getNullableType(field.type)) || field.args.some(isRequiredArgument)) {
    throw new Error(`is no plain value of ${type.name}`);
  }
  return [`${type.name}.${field.name}`];
}
