import {
  GraphQLError,
  type GraphQLOutputType,
  type GraphQLResolveInfo,
  isNonNullType,
  type OperationDefinitionNode,
  responsePathAsArray,
} from 'graphql';
import { type Caller, type Denial, formatDenial } from './denial.js';
import type { Judge, Judgement } from './judge.js';
import { Notes } from './notes.js';
import type { Operations, Variables } from './operation.js';
import type { Answer, Question } from './question.js';

/** One run of an operation, as gate two sees it. */
export interface Execution<Context> {
  readonly judgement: Judgement;
  /** Whether gate two has nothing to ask: one flag, so that an allowed field costs a comparison. */
  readonly open: boolean;
  readonly context: Context;
  readonly operation: OperationDefinitionNode;
  readonly variables: Variables;
  /** BEGUN: a root field of a mutation was reached already. */
  progress: 'NEW' | 'BEGUN';
  /** The error of each refused selection, so that it is reported once however many items a list has. */
  readonly errors: Map<string, GraphQLError>;
  /** The questions that wait for the end of this turn, by look-up. */
  readonly turns: Map<string, { readonly questions: Question[]; readonly answers: Promise<readonly Answer[]> }>;
}

/**
 * Finds the execution that a resolver runs in. One that was not judged beforehand is judged when its first field
 * resolves, before any resolver runs: forgetting to call `judge` opens nothing.
 */
export class Executions<Context> {
  readonly #operations: Operations;
  readonly #judge: Judge<Context>;
  readonly #caller: (context: Context) => Caller;
  readonly #judged = new Notes<Judgement>();
  readonly #running = new Notes<Execution<Context>>();
  #last: Execution<Context> | undefined;

  constructor(operations: Operations, judge: Judge<Context>, caller: (context: Context) => Caller) {
    this.#operations = operations;
    this.#judge = judge;
    this.#caller = caller;
  }

  /** Keeps a judgement for the execution that follows it. Without an object for a context it is made anew. */
  expect(context: Context, judgement: Judgement): void {
    if (typeof context === 'object' && context !== null) this.#judged.set(context, judgement);
  }

  /** Coerced variables are made afresh for each run and so identify it; the rest guards against executors that differ. */
  of(context: Context, info: GraphQLResolveInfo): Execution<Context> {
    if (this.#last && isRun(this.#last, context, info)) return this.#last;
    const known = this.#running.get(info.variableValues);
    const execution = known && isRun(known, context, info) ? known : this.#begin(context, info);
    this.#running.set(info.variableValues, execution);
    this.#last = execution;
    return execution;
  }

  /** The execution after its caller was verified again: where they may do other things now, it is judged anew. */
  again(context: Context, info: GraphQLResolveInfo): Execution<Context> {
    const known = this.of(context, info);
    const caller = this.#caller(context);
    if (this.#isOf(caller, known.judgement)) return known;
    const execution = this.#make(this.#judgeNow(caller, context, info), context, info);
    execution.progress = known.progress;
    this.#running.set(info.variableValues, execution);
    this.#last = execution;
    return execution;
  }

  #begin(context: Context, info: GraphQLResolveInfo): Execution<Context> {
    const caller = this.#caller(context);
    const expected = typeof context === 'object' && context !== null ? this.#judged.get(context) : undefined;
    const isExpected = expected !== undefined && this.#isStillTrue(expected, caller, info);
    return this.#make(isExpected ? expected : this.#judgeNow(caller, context, info), context, info);
  }

  #make(judgement: Judgement, context: Context, info: GraphQLResolveInfo): Execution<Context> {
    return {
      judgement,
      open: judgement.open,
      context,
      operation: info.operation,
      variables: info.variableValues,
      progress: 'NEW',
      errors: new Map(),
      turns: new Map(),
    };
  }

  #judgeNow(caller: Caller, context: Context, info: GraphQLResolveInfo): Judgement {
    const operation = this.#operations.ofExecution(info);
    return this.#judge.judge({ operation, variables: info.variableValues, areCoerced: true, caller, context });
  }

  /** Whether a judgement was made for a caller who is the same user, and holds the same. */
  #isOf(caller: Caller, judgement: Judgement): boolean {
    return (
      judgement.held === this.#judge.heldBy(caller) &&
      (caller.kind !== 'USER' || (judgement.caller.kind === 'USER' && judgement.caller.userId === caller.userId))
    );
  }

  /** Whether a judgement was made for this operation, this caller as they are now, and these variables. */
  #isStillTrue(judgement: Judgement, caller: Caller, info: GraphQLResolveInfo): boolean {
    return (
      judgement.operation.isRunBy(info) &&
      this.#isOf(caller, judgement) &&
      judgement.plan === judgement.operation.plan(info.variableValues) &&
      (judgement.coerced === undefined || isSame(judgement.coerced, info.variableValues)) // of null, nothing is the same
    );
  }
}

/** Where in the result something is refused, and why. */
export interface Refusal {
  readonly info: GraphQLResolveInfo;
  /** The item's place in the field's list, and in the list within. */
  readonly indices?: readonly number[];
  readonly describe: () => Denial;
}

/**
 * What to put where something of the type is refused: the selection's error, with the path of this first place; later
 * null, or the same error again where null may not stand.
 */
export function standIn(
  { errors }: Execution<unknown>,
  type: GraphQLOutputType,
  { info, indices = [], describe }: Refusal,
): GraphQLError | null {
  const path = responsePathAsArray(info.path);
  const selection = [coordinateOf(info), ...path.filter((key) => typeof key === 'string')].join(' ');
  const known = errors.get(selection);
  if (known) return isNonNullType(type) ? known : null;
  const { message, extensions } = formatDenial(describe());
  const error = new GraphQLError(message, { nodes: info.fieldNodes, path: [...path, ...indices], extensions });
  errors.set(selection, error);
  return error;
}

/** The field that a resolver stands for. */
export function coordinateOf(info: GraphQLResolveInfo): string {
  return `${info.parentType.name}.${info.fieldName}`;
}

function isRun(execution: Execution<unknown>, context: unknown, info: GraphQLResolveInfo): boolean {
  return (
    execution.variables === info.variableValues &&
    execution.context === context &&
    execution.operation === info.operation
  );
}

/** Equality of coerced values; of objects with a class of their own, what they stand for. When in doubt, false. */
function isSame(one: unknown, other: unknown): boolean {
  if (Object.is(one, other)) return true;
  if (typeof one !== 'object' || typeof other !== 'object' || one === null || other === null) return false;
  if (one instanceof Date && other instanceof Date) return one.getTime() === other.getTime();
  if (!isPlain(one) || !isPlain(other)) return false;
  const keys = Object.keys(one);
  return (
    Array.isArray(one) === Array.isArray(other) &&
    keys.length === Object.keys(other).length &&
    keys.every((key) => Object.hasOwn(other, key) && isSame(one[key], other[key]))
  );
}

function isPlain(value: object): value is Record<string, unknown> {
  const prototype: unknown = Object.getPrototypeOf(value);
  return prototype === null || prototype === Object.prototype || prototype === Array.prototype;
}
