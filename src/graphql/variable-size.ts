import type { VariableDefinitionNode } from 'graphql';
import type { Config } from '../config.js';
import { MAX_NESTING } from './document-text.js';

/**
 * Says in a sentence which variable holds a list that is too long, or nests too deep; undefined: none does. One pass over
 * the variables that the operation declares, as the client sent them; nothing looks into any other.
 */
export function excessOfVariables(
  definitions: readonly VariableDefinitionNode[],
  variables: Readonly<Record<string, unknown>>,
  { listItems }: Pick<Config['limits'], 'listItems'>,
): string | undefined {
  for (const { variable } of definitions) {
    const name = variable.name.value;
    const excess = Object.hasOwn(variables, name) ? excessOf(variables[name], listItems) : undefined;
    if (excess !== undefined) return `The variable "$${name}" ${excess}`;
  }
  return undefined;
}

/** Level by level, since calls cannot go as deep as JSON can. */
function excessOf(value: unknown, listItems: number): string | undefined {
  let level = [value].filter(isObject);
  for (let depth = 1; level.length > 0; depth++) {
    if (depth > MAX_NESTING) return `has values inside one another; at most ${MAX_NESTING} levels are allowed.`;
    const below: object[] = [];
    for (const object of level) {
      if (Array.isArray(object) && object.length > listItems)
        return `has a list of ${object.length} items; at most ${listItems} are allowed.`;
      for (const inner of Object.values(object)) if (isObject(inner)) below.push(inner);
    }
    level = below;
  }
  return undefined;
}

function isObject(value: unknown): value is object {
  return typeof value === 'object' && value !== null;
}
