import { type GraphQLInputType, getNullableType, isInputObjectType, isListType } from 'graphql';
import type { InputRequirements } from '../compile/input-requirements.js';
import { NONE, type Permissions, union } from '../compile/permissions.js';
import type { VariableInput } from '../plan/plan.js';

/** A coordinate with the value that a variable gives it. */
interface Given {
  readonly coordinate: string;
  readonly needs: Permissions;
  readonly type: GraphQLInputType;
  readonly value: unknown;
}

/**
 * What the value of a variable needs, by coordinate. Distinct requirements only: a list adds one for each distinct item,
 * and an item that it repeats costs one look-up. A value of the wrong shape needs nothing; execution reports it.
 *
 * @param given.isCoerced whether enum values are the schema's internal ones, rather than as the client wrote them.
 */
export function needsOfVariable(
  { coordinate, needs, type }: VariableInput,
  given: { readonly value: unknown; readonly isCoerced: boolean },
  inputs: InputRequirements,
): ReadonlyMap<string, ReadonlySet<Permissions>> {
  const found = new Map<string, Set<Permissions>>();
  const granted = new Map<string, Set<unknown>>();
  // A stack, because a client may nest values deeper than calls can.
  const stack: Given[] = [{ coordinate, needs, type, value: given.value }];
  for (let next = stack.pop(); next; next = stack.pop()) {
    const { coordinate, value } = next;
    const type = getNullableType(next.type);
    let needs = next.needs;
    if (inputs.hasGrant(coordinate, type) && !granted.get(coordinate)?.has(value)) {
      addTo(granted, coordinate, value);
      needs = union([needs, inputs.granted({ coordinate, type, value, isCoerced: given.isCoerced })]);
    }
    if (needs !== NONE) addTo(found, coordinate, needs);
    for (const inner of partsOf({ coordinate, type, value }, inputs)) stack.push(inner);
  }
  return found;
}

/** The items of a list, and the fields of an input object. */
function partsOf(
  { coordinate, type, value }: Pick<Given, 'coordinate' | 'type' | 'value'>,
  inputs: InputRequirements,
): Iterable<Given> {
  if (value === null || value === undefined) return [];
  if (isListType(type)) {
    // A single value stands for a list of one.
    const items = typeof value === 'object' && Symbol.iterator in value ? (value as Iterable<unknown>) : [value];
    return Array.from(items, (item) => ({ coordinate, needs: NONE, type: type.ofType, value: item }));
  }
  if (!isInputObjectType(type) || typeof value !== 'object' || inputs.potentialOfFields(type) === NONE) return [];
  return Object.values(type.getFields()).flatMap((field) => {
    const inner = Object.hasOwn(value, field.name) ? (value as Record<string, unknown>)[field.name] : undefined;
    return inner === undefined ? [] : [{ ...inputs.field(type.name, field), type: field.type, value: inner }];
  });
}

function addTo<Key, Value>(sets: Map<Key, Set<Value>>, key: Key, value: Value): void {
  const set = sets.get(key);
  if (set) set.add(value);
  else sets.set(key, new Set([value]));
}
