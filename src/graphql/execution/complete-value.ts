/** Makes the part of a response from the value of a field, after the GraphQL specification, section 6.4.3. */
import {
  GraphQLError,
  type GraphQLLeafType,
  type GraphQLOutputType,
  isLeafType,
  isListType,
  isNonNullType,
} from 'graphql';
import { executeFields } from './execute-fields.js';
import { type Complete, type FieldPlan, isPromise, type Path, type Target } from './run.js';

/** @param fields of an object type. */
export function completionOf(type: GraphQLOutputType, fields: readonly FieldPlan[]): Complete {
  if (isNonNullType(type)) return completionOfNonNull(completionOf(type.ofType, fields));
  const complete = completionOfPresent(type, fields);
  return (value, run, field, path) => {
    if (value instanceof Error) throw value;
    return value === null || value === undefined ? null : complete(value, run, field, path);
  };
}

function completionOfNonNull(complete: Complete): Complete {
  return (value, run, field, path) => {
    const completed = complete(value, run, field, path);
    if (completed === null) throw new Error(`Cannot return null for non-nullable field ${coordinateOf(field)}.`);
    return completed;
  };
}

/** Of a value that is not null. */
function completionOfPresent(type: GraphQLOutputType, fields: readonly FieldPlan[]): Complete {
  if (isListType(type)) return completionOfList(type.ofType, fields);
  if (isLeafType(type)) return (value) => serialize(type, value);
  return (value, run, _field, path) => executeFields(fields, value, run, path);
}

function completionOfList(itemType: GraphQLOutputType, fields: readonly FieldPlan[]): Complete {
  const target: Target = { complete: completionOf(itemType, fields), isNonNull: isNonNullType(itemType) };
  return (value, run, field, path) => {
    if (!isIterable(value)) {
      throw new GraphQLError(`Expected Iterable, but did not find one for field "${coordinateOf(field)}".`);
    }
    const items: unknown[] = [];
    const awaited: Promise<unknown>[] = [];
    try {
      for (const item of value) {
        const itemPath: Path = { prev: path, key: items.length, typename: undefined };
        const completed = run.complete(item, target, field, itemPath);
        items.push(completed);
        if (isPromise(completed)) awaited.push(completed);
      }
    } catch (error) {
      for (const promise of awaited) promise.then(undefined, () => {}); // nothing waits for the other items any more
      throw error;
    }
    return awaited.length === 0 ? items : Promise.all(items);
  };
}

function serialize(type: GraphQLLeafType, value: unknown): unknown {
  const serialized = type.serialize(value);
  if (serialized === null || serialized === undefined) {
    throw new Error(`A value of ${type.name} was serialized as nothing.`);
  }
  return serialized;
}

function isIterable(value: unknown): value is Iterable<unknown> {
  return typeof value === 'object' && value !== null && Symbol.iterator in value;
}

function coordinateOf({ parentType, definition }: FieldPlan): string {
  return `${parentType.name}.${definition.name}`;
}
