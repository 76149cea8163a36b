import {
  type GraphQLField,
  type GraphQLInputType,
  type GraphQLInterfaceType,
  type GraphQLObjectType,
  type GraphQLSchema,
  getNullableType,
  isInputObjectType,
  isLeafType,
  isListType,
  isRequiredArgument,
} from 'graphql';
import { type RuleBook, refuseToBuild } from './rule.js';

/**
 * Answers for each value in turn: is it the caller's own? One call for all values of a coordinate in an operation, so
 * that one query is enough. `undefined` stands for a path that names nothing (absent or null): the usual answer is true,
 * for an absent owner is the caller. What does not exist is nobody's: false.
 */
export type OwnerLookup<Context> = (
  values: readonly unknown[],
  context: Context,
) => readonly boolean[] | Promise<readonly boolean[]>;

/** Where a field's owner is named: in its arguments, known before anything runs, or in a sibling field. */
export interface OwnerPath {
  readonly from: 'ARGUMENTS' | 'PARENT';
  readonly path: readonly [string, ...string[]];
  /** The key of the look-up that judges what stands there. */
  readonly lookup: string;
}

/**
 * Follows every owner path of the schema to its end.
 *
 * @param lookups the coordinates at which an owner can be looked up; the innermost one wins: an argument
 *   (`Subscription.pointsChanged(user:)`) or input field (`UpdatePostInput.id`) before its input type (`UserBy`).
 * @returns the paths by the coordinate of their field.
 * @throws {Error} naming each path that leads nowhere, and each look-up that no path leads to.
 */
export function resolveOwnerPaths(
  schema: GraphQLSchema,
  { rules }: RuleBook,
  lookups: readonly string[],
): ReadonlyMap<string, OwnerPath> {
  const paths = new Map<string, OwnerPath>();
  const problems: string[] = [];
  const roots = [schema.getQueryType(), schema.getMutationType(), schema.getSubscriptionType()];

  for (const [coordinate, rule] of rules) {
    if (rule.owner === undefined) continue;
    const [typeName = '', fieldName = ''] = coordinate.split('.');
    // A rule with an owner is only ever filed for a field of an object or interface type.
    const type = schema.getType(typeName) as GraphQLObjectType | GraphQLInterfaceType;
    const field = type.getFields()[fieldName];
    if (!field) continue;

    const from = roots.some((root) => root === type) ? 'ARGUMENTS' : 'PARENT';
    const path = rule.owner.split('.') as [string, ...string[]]; // split never answers an empty list
    try {
      const ends = from === 'ARGUMENTS' ? endsInArguments(coordinate, field, path) : endsInParent(type, path);
      const lookup = ends.find((end) => lookups.includes(end));
      if (lookup === undefined) throw new Error(`ends at ${ends.join(' or ')}, where no owner can be looked up`);
      paths.set(coordinate, { from, path, lookup });
    } catch (error) {
      problems.push(
        `${rule.place}${coordinate} has the owner path "${rule.owner}", which ${error instanceof Error ? error.message : error}`,
      );
    }
  }

  const used = new Set([...paths.values()].map(({ lookup }) => lookup));
  for (const key of lookups)
    if (!used.has(key)) problems.push(`no owner path ends at ${key}, for which there is a look-up`);
  refuseToBuild(problems);
  return paths;
}

/** What stands at the end of a path: through the coerced arguments, or undefined where it breaks off. */
export function valueAt(values: unknown, path: readonly string[]): unknown {
  let value = values;
  for (const segment of path) {
    if (value === null || value === undefined) return undefined;
    // Build time made sure that whatever stands on the way is an input object.
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
  if (isListType(type)) throw new Error('ends at a list, which names more than one thing');
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
