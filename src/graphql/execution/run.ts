/** What an execution knows: the fields of its plan, and the errors so far. */
import {
  type FieldNode,
  type GraphQLError,
  type GraphQLField,
  type GraphQLObjectType,
  type GraphQLResolveInfo,
  locatedError,
  responsePathAsArray,
} from 'graphql';
import type { Context } from '../context.js';

/** A position in the response. */
export type Path = GraphQLResolveInfo['path'];

/** What a value is completed for: a field, or an item of its list. */
export interface Target {
  readonly complete: Complete;
  /** Whether an error in it becomes one of what it belongs to. */
  readonly isNonNull: boolean;
}

/** A field that is selected, by all nodes that select it under one key of the response. */
export interface FieldPlan extends Target {
  readonly key: string;
  readonly parentType: GraphQLObjectType;
  readonly definition: GraphQLField<unknown, unknown>;
  readonly nodes: readonly [FieldNode, ...FieldNode[]];
}

/**
 * Completes a value of a field, or an item of its list, at a path of the response. A promise where parts of it are awaited.
 *
 * @throws what the value, or a part of it that must not be null, failed with.
 */
export type Complete = (value: unknown, run: Run, field: FieldPlan, path: Path) => unknown;

/** One execution of an operation. */
export class Run {
  readonly info: Pick<GraphQLResolveInfo, 'schema' | 'fragments' | 'rootValue' | 'operation' | 'variableValues'>;
  readonly context: Context;
  readonly errors: GraphQLError[] = [];
  /** The positions that are null because of an error; undefined: the whole response. */
  readonly #nulled = new Set<Path | undefined>();

  constructor(info: Run['info'], context: Context) {
    this.info = info;
    this.context = context;
  }

  /** Completes a value, or what it is a promise of. An error makes it null, unless it must not be null. */
  complete(value: unknown, target: Target, field: FieldPlan, path: Path): unknown {
    try {
      const completed = isPromise(value)
        ? value.then((resolved) => target.complete(resolved, this, field, path))
        : target.complete(value, this, field, path);
      if (!isPromise(completed)) return completed;
      return completed.then(undefined, (error: unknown) => this.fail(error, target, field, path));
    } catch (error) {
      return this.fail(error, target, field, path);
    }
  }

  /** @throws the error, with its position, where the value must not be null. */
  fail(error: unknown, { isNonNull }: Target, { nodes }: FieldPlan, path: Path): null {
    const located = locatedError(error, nodes, responsePathAsArray(path));
    if (isNonNull) throw located;
    this.addError(located, path);
    return null;
  }

  /** Adds an error, unless a position above it is null already because of another one. */
  addError(error: GraphQLError, path: Path | undefined): void {
    for (let above = path; above !== undefined; above = above.prev) if (this.#nulled.has(above)) return;
    if (this.#nulled.has(undefined)) return;
    this.#nulled.add(path);
    this.errors.push(error);
  }
}

export function isPromise(value: unknown): value is Promise<unknown> {
  return typeof value === 'object' && value !== null && 'then' in value && typeof value.then === 'function';
}
