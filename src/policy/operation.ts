import {
  type DocumentNode,
  type FragmentDefinitionNode,
  type GraphQLResolveInfo,
  getOperationAST,
  Kind,
  type OperationDefinitionNode,
  valueFromASTUntyped,
  visit,
} from 'graphql';
import { type Ground, type Plan, planOperation } from './plan.js';

/** Values by name, as a client sends them or as execution has coerced them. */
export type Variables = Readonly<Record<string, unknown>>;

/**
 * How many plans are kept for one operation: all combinations of three conditions. More would let the sender of one
 * document with many conditions fill the memory: 100 plans take ten times the memory of their document.
 */
const MAX_PLANS = 10;

type Fragments = ReadonlyMap<string, FragmentDefinitionNode>;

/** One operation of a document and, for each combination of what its `@skip` and `@include` say, its plan. */
export class Operation {
  readonly node: OperationDefinitionNode;
  readonly #fragments: Fragments;
  readonly #ground: Ground;
  readonly #defaults: ReadonlyMap<string, unknown>;
  readonly #conditions: readonly string[];
  readonly #plans = new Map<string, Plan>();

  constructor(node: OperationDefinitionNode, fragments: Fragments, ground: Ground) {
    this.node = node;
    this.#fragments = fragments;
    this.#ground = ground;
    const definitions = node.variableDefinitions ?? [];
    this.#defaults = new Map(
      definitions.flatMap(({ variable, defaultValue }) =>
        defaultValue ? [[variable.name.value, valueFromASTUntyped(defaultValue)]] : [],
      ),
    );
    const declared = new Set(definitions.map(({ variable }) => variable.name.value));
    this.#conditions = conditionsOf([node, ...fragments.values()]).filter((name) => declared.has(name));
  }

  /** The plan under these variables. */
  plan(variables: Variables): Plan {
    const key = this.#conditions.map((name) => String(this.#condition(name, variables))).join();
    return (
      this.#plans.get(key) ??
      remember(this.#plans, {
        key,
        bound: MAX_PLANS,
        value: this.#make((name) => this.#condition(name, variables)),
      })
    );
  }

  /** The plan as if every condition on a variable let its selection through. */
  widestPlan(): Plan {
    return this.#make(() => undefined);
  }

  /** Whether the variable has a value, null included, and which. A default counts, a variable left out does not. */
  supplied(name: string, variables: Variables): { readonly value: unknown } | undefined {
    if (Object.hasOwn(variables, name)) return { value: variables[name] };
    return this.#defaults.has(name) ? { value: this.#defaults.get(name) } : undefined;
  }

  /** Whether an execution runs this very operation with these very fragments. */
  isRunBy({ operation, fragments }: GraphQLResolveInfo): boolean {
    if (operation !== this.node) return false;
    for (const [name, fragment] of this.#fragments) if (fragments[name] !== fragment) return false;
    return true;
  }

  /** Only booleans decide; everything else selects, and execution will report it. */
  #condition(name: string, variables: Variables): boolean | undefined {
    const value = this.supplied(name, variables)?.value;
    return typeof value === 'boolean' ? value : undefined;
  }

  #make(condition: (name: string) => boolean | undefined): Plan {
    return planOperation(this.#ground, { operation: this.node, fragments: this.#fragments, condition });
  }
}

/** Every operation that was met, for as long as its syntax tree lives. */
export class Operations {
  readonly #ground: Ground;
  readonly #operations = new WeakMap<OperationDefinitionNode, Operation>();
  readonly #documents = new WeakMap<DocumentNode, Map<string, Operation>>();

  constructor(ground: Ground) {
    this.#ground = ground;
  }

  /** The operation that a request means; undefined where execution will say that there is none. */
  ofDocument(document: DocumentNode, operationName: string | null | undefined): Operation | undefined {
    const operations = this.#documents.get(document) ?? new Map<string, Operation>();
    this.#documents.set(document, operations);
    const name = operationName ?? '';
    const known = operations.get(name);
    if (known) return known;

    const node = getOperationAST(document, operationName);
    if (!node) return undefined;
    const fragments = document.definitions.filter((definition) => definition.kind === Kind.FRAGMENT_DEFINITION);
    const operation = this.#add(node, fragments);
    operations.set(name, operation);
    return operation;
  }

  /** The operation that an execution runs. */
  ofExecution(info: GraphQLResolveInfo): Operation {
    const known = this.#operations.get(info.operation);
    return known?.isRunBy(info) ? known : this.#add(info.operation, Object.values(info.fragments));
  }

  #add(node: OperationDefinitionNode, fragments: readonly FragmentDefinitionNode[]): Operation {
    const named = new Map(fragments.map((fragment) => [fragment.name.value, fragment]));
    const operation = new Operation(node, named, this.#ground);
    this.#operations.set(node, operation);
    return operation;
  }
}

/** Adds to a map that forgets its oldest entry once it is full. */
export function remember<Key, Value>(
  map: Map<Key, Value>,
  { key, value, bound }: { readonly key: Key; readonly value: Value; readonly bound: number },
): Value {
  const [oldest] = map.size >= bound ? map.keys() : [];
  if (oldest !== undefined) map.delete(oldest);
  map.set(key, value);
  return value;
}

/** The variables on which a `@skip` or `@include` depends. */
function conditionsOf(nodes: readonly (OperationDefinitionNode | FragmentDefinitionNode)[]): string[] {
  const names = new Set<string>();
  for (const node of nodes) {
    visit(node, {
      Directive: ({ name, arguments: given }) => {
        if (name.value !== 'skip' && name.value !== 'include') return;
        for (const { value } of given ?? []) if (value.kind === Kind.VARIABLE) names.add(value.name.value);
      },
    });
  }
  return [...names];
}
