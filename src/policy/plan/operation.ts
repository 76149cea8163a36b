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
import type { CompiledSchema } from '../compile/compile-schema.js';
import { BoundedMap } from './bounded-map.js';
import type { Plan } from './plan.js';
import { planOperation } from './planner.js';

/** Values by name, as a client sends them or as execution has coerced them. */
export type Variables = Readonly<Record<string, unknown>>;

/**
 * The plans kept for one operation: enough for all combinations of three conditions. A document with many conditions
 * must not fill the memory: 100 plans take ten times the memory of their document.
 */
const MAX_PLANS = 10;

type Fragments = ReadonlyMap<string, FragmentDefinitionNode>;

/** One operation of a document, with a plan for each combination of its `@skip` and `@include`. */
export class Operation {
  readonly node: OperationDefinitionNode;
  readonly #fragments: Fragments;
  readonly #compiled: CompiledSchema;
  readonly #defaults: ReadonlyMap<string, unknown>;
  readonly #conditions: readonly string[];
  readonly #plans = new BoundedMap<string, Plan>(MAX_PLANS);

  constructor(node: OperationDefinitionNode, fragments: Fragments, compiled: CompiledSchema) {
    this.node = node;
    this.#fragments = fragments;
    this.#compiled = compiled;
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
    return this.#plans.getOrCreate(key, () => this.#makePlan((name) => this.#condition(name, variables)));
  }

  /** The plan that includes every selection whose `@skip` or `@include` depends on a variable. */
  widestPlan(): Plan {
    return this.#makePlan(() => undefined);
  }

  /** The value of a variable, null and defaults included; undefined where it has none. */
  valueOfVariable(name: string, variables: Variables): { readonly value: unknown } | undefined {
    if (Object.hasOwn(variables, name)) return { value: variables[name] };
    return this.#defaults.has(name) ? { value: this.#defaults.get(name) } : undefined;
  }

  /** Whether an execution runs this operation, with these fragments. */
  isRunBy({ operation, fragments }: GraphQLResolveInfo): boolean {
    if (operation !== this.node) return false;
    for (const [name, fragment] of this.#fragments) if (fragments[name] !== fragment) return false;
    return true;
  }

  /** Only a boolean decides. Execution reports any other value. */
  #condition(name: string, variables: Variables): boolean | undefined {
    const value = this.valueOfVariable(name, variables)?.value;
    return typeof value === 'boolean' ? value : undefined;
  }

  #makePlan(condition: (name: string) => boolean | undefined): Plan {
    return planOperation(this.#compiled, { operation: this.node, fragments: this.#fragments, condition });
  }
}

/** The operations seen so far. Each is kept for as long as its syntax tree is. */
export class Operations {
  readonly #compiled: CompiledSchema;
  readonly #operations = new WeakMap<OperationDefinitionNode, Operation>();
  readonly #documents = new WeakMap<DocumentNode, Map<string, Operation>>();

  constructor(compiled: CompiledSchema) {
    this.#compiled = compiled;
  }

  /** The operation that a request names; undefined where the document has none, which execution reports. */
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
    const operation = new Operation(node, named, this.#compiled);
    this.#operations.set(node, operation);
    return operation;
  }
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
