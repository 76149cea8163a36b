import { type Caller, derivedOf, isDelegated, type Model } from './model.js';

/** A field with its arguments, or a field of an In with its value and the In. */
export interface Given {
  readonly coordinate: string;
  readonly value: unknown;
  readonly input?: Readonly<Record<string, unknown>>;
}

/** The fields of an In, and of those within. */
export function fieldsOf(supplied: unknown): Given[] {
  if (typeof supplied !== 'object' || supplied === null) return [];
  const input = supplied as Record<string, unknown>;
  const own = Object.entries(input).map(([key, value]) => ({ coordinate: `In.${key}`, value, input }));
  return [...own, ...fieldsOf(input['in'])];
}

/** The coordinates that give access to others, of a caller who may not. */
export function delegationsIn(given: readonly Given[], { model, caller }: Asked): string[] {
  if (caller.kind === 'ANONYMOUS' || caller.mayDelegate) return [];
  return given
    .filter(({ coordinate, value }) => model.delegations.includes(coordinate) && isDelegated(value))
    .map(({ coordinate }) => coordinate);
}

/** Whether the caller lacks a scope that some object grants by its `b`. */
export function lacksDerived(given: readonly Given[], { model, caller }: Asked): boolean {
  const holds = (scope: string) => caller.kind !== 'ANONYMOUS' && caller.scopes.includes(scope);
  return given.some(({ coordinate, value, input }) => {
    if (!model.isDerived || coordinate !== 'In.b' || value === null || input === undefined) return false;
    return !derivedOf(input, holds).every(holds);
  });
}

interface Asked {
  readonly model: Model;
  readonly caller: Caller;
}
