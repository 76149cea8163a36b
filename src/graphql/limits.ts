import type { DocumentNode, GraphQLSchema, OperationDefinitionNode } from 'graphql';
import type { Config } from '../config.js';
import { MAX_NESTING } from './document-text.js';
import { createListArguments, createListBounds } from './list-bounds.js';
import { measureOperation, type OperationSize } from './operation-size.js';
import { excessOfVariables } from './variable-size.js';

interface Request {
  readonly document: DocumentNode;
  readonly operation: OperationDefinitionNode;
  /** As the client sent them. */
  readonly variables: Readonly<Record<string, unknown>>;
}

/** Says what of a valid operation is too large, in a sentence; undefined: nothing is. */
export type Limits = (request: Request) => string | undefined;

/** Characters of an alias. It stands in the response as often as its field, and in each error below it. */
const MAX_ALIAS_LENGTH = 128;

/**
 * Aliases in the introspection of one operation. No tool needs one, and each can repeat lists that are longer than their
 * cost assumes: 40 times all types with their fields and arguments took 50 ms for 2 KB.
 */
const MAX_INTROSPECTION_ALIASES = 10;

/** Fields of one operation that hash or compare a password, each 30 ms of a core. */
const MAX_PASSWORDS = 5;

/** Query fields that an operation may select once: each of them takes as long as validating a document of its own. */
const ONCE: readonly string[] = ['requiredScopes'];

/**
 * Creates the check of size. The size of a known operation is looked up, unless it depends on variables; the lists in its
 * variables are measured each time.
 */
export function createLimits(schema: GraphQLSchema, limits: Config['limits']): Limits {
  const known = new WeakMap<OperationDefinitionNode, OperationSize>();
  const boundOf = createListBounds(schema);
  const listArgumentsOf = createListArguments(schema);
  return (request) => {
    const { operation, variables } = request;
    const excess = excessOfVariables(operation.variableDefinitions ?? [], variables, limits);
    if (excess !== undefined) return excess;
    let size = known.get(operation);
    if (size === undefined) {
      size = measureOperation(request, { schema, boundOf, listArgumentsOf });
      if (!size.dependsOnVariables) known.set(operation, size);
    }
    return excessOf(size, limits);
  };
}

function excessOf(size: OperationSize, limits: Config['limits']): string | undefined {
  const { nesting, depth, aliases, introspectionAliases, longestAlias, passwords, rootFields, listItems, cost } = size;
  if (nesting > MAX_NESTING)
    return `The operation has ${nesting} selection sets and fragments inside one another; at most ${MAX_NESTING} are allowed.`;
  if (depth > limits.depth)
    return `The operation is ${depth} selection sets deep; at most ${limits.depth} are allowed.`;
  if (aliases > limits.aliases) return `The operation has ${aliases} aliases; at most ${limits.aliases} are allowed.`;
  if (introspectionAliases > MAX_INTROSPECTION_ALIASES)
    return `The operation has ${introspectionAliases} aliases in its introspection; at most ${MAX_INTROSPECTION_ALIASES} are allowed.`;
  if (longestAlias > MAX_ALIAS_LENGTH)
    return `The operation has an alias of ${longestAlias} characters; at most ${MAX_ALIAS_LENGTH} are allowed.`;
  if (passwords > MAX_PASSWORDS)
    return `The operation has ${passwords} fields that take a password; at most ${MAX_PASSWORDS} are allowed.`;
  if (rootFields.size > limits.rootFields)
    return `The operation has ${rootFields.size} root fields; at most ${limits.rootFields} are allowed.`;
  for (const name of ONCE) {
    const times = [...rootFields.values()].filter((field) => field.name.value === name).length;
    if (times > 1) return `The operation selects \`${name}\` ${times} times; it is allowed once per operation.`;
  }
  if (listItems > limits.listItems)
    return `The operation has a list of ${listItems} items; at most ${limits.listItems} are allowed.`;
  if (cost > limits.cost)
    return `The operation has a cost of ${cost} fields, with its lists as long as they can be; at most ${limits.cost} are allowed. Ask for shorter lists.`;
  return undefined;
}
