import type { GraphQLError, GraphQLResolveInfo, OperationDefinitionNode } from 'graphql';
import { type Caller, mayDelegate } from '../decide/caller.js';
import type { DecidedOperation, Decider } from '../decide/decider.js';
import type { OwnerQuery, Ownership } from '../decide/owner-lookups.js';
import type { Operations, Variables } from '../plan/operation.js';
import { isSameValue } from './same-value.js';

/** The part of a context that belongs to the policy. */
export interface AuthorizedContext {
  /** Written by `decide`, or else by the first field that is resolved. An object without it has to be extensible. */
  authorization?: Authorization | undefined;
}

/** What the policy knows of the request that runs with a context. */
export class Authorization {
  readonly context: AuthorizedContext;
  /** The operation decided on last, before its execution. */
  decided: DecidedOperation | undefined;
  /** By the coerced variables, which are made afresh for each run of an operation and so identify it. */
  readonly executions = new WeakMap<Variables, Execution>();

  constructor(context: AuthorizedContext) {
    this.context = context;
  }
}

/** One run of an operation, as the field guards see it. */
export interface Execution {
  readonly decided: DecidedOperation;
  readonly operation: OperationDefinitionNode;
  /** BEGUN: a root field of a mutation was reached already. */
  progress: 'NEW' | 'BEGUN';
  /** The error of each denied selection, so that it is reported once, however many items a list has. */
  readonly errors: Map<string, GraphQLError>;
  /** The owner queries that wait for the end of this tick, by look-up. */
  readonly batches: Map<string, OwnerBatch>;
}

/** Owner queries that run together. */
export interface OwnerBatch {
  readonly queries: OwnerQuery[];
  readonly results: Promise<readonly Ownership[]>;
}

/**
 * Finds the execution that a resolver runs in. One without a decision is decided on when its first field resolves,
 * before any resolver runs: an operation is guarded although the caller of the policy never called `decide`.
 */
export class Authorizer<Context extends AuthorizedContext> {
  readonly #operations: Operations;
  readonly #decider: Decider<Context>;
  readonly #caller: (context: Context) => Caller;

  constructor(operations: Operations, decider: Decider<Context>, caller: (context: Context) => Caller) {
    this.#operations = operations;
    this.#decider = decider;
    this.#caller = caller;
  }

  /** Keeps a decision for the execution that follows. */
  expect(context: Context, decided: DecidedOperation): void {
    authorizationOf(context).decided = decided;
  }

  executionOf(context: Context, info: GraphQLResolveInfo): Execution {
    const { executions, decided } = authorizationOf(context);
    const known = executions.get(info.variableValues);
    if (known?.operation === info.operation) return known;
    const caller = this.#caller(context);
    const isValid = decided !== undefined && this.#isFor(decided, caller, info);
    const execution = createExecution(isValid ? decided : this.#decide(caller, context, info), info);
    executions.set(info.variableValues, execution);
    return execution;
  }

  /** Decides anew on an execution whose caller was verified again, if they hold other permissions now. */
  refresh(context: Context, info: GraphQLResolveInfo): void {
    const known = this.executionOf(context, info);
    const caller = this.#caller(context);
    if (this.#isSameCaller(caller, known.decided)) return;
    const execution = { ...createExecution(this.#decide(caller, context, info), info), progress: known.progress };
    authorizationOf(context).executions.set(info.variableValues, execution);
  }

  #decide(caller: Caller, context: Context, info: GraphQLResolveInfo): DecidedOperation {
    const operation = this.#operations.ofExecution(info);
    return this.#decider.decide({ operation, variables: info.variableValues, areCoerced: true, caller, context });
  }

  /** Whether an operation was decided on for the same user, with the same permissions. */
  #isSameCaller(caller: Caller, { held, caller: known }: DecidedOperation): boolean {
    return (
      held === this.#decider.permissionsOf(caller) &&
      mayDelegate(caller) === mayDelegate(known) &&
      (caller.kind !== 'USER' || (known.kind === 'USER' && known.userId === caller.userId))
    );
  }

  /** Whether a decision was made for this operation, this caller as they are now, and these variables. */
  #isFor(decided: DecidedOperation, caller: Caller, info: GraphQLResolveInfo): boolean {
    const { operation, plan, basis } = decided;
    return (
      operation.isRunBy(info) &&
      this.#isSameCaller(caller, decided) &&
      plan === operation.plan(info.variableValues) &&
      (basis.kind === 'PLAN' || (basis.kind === 'VARIABLES' && isSameValue(basis.coerced, info.variableValues)))
    );
  }
}

/** The authorization of this context: not one that was copied or inherited from another. */
function authorizationOf(context: AuthorizedContext): Authorization {
  const known = context.authorization;
  if (known?.context === context) return known;
  const authorization = new Authorization(context);
  context.authorization = authorization;
  return authorization;
}

function createExecution(decided: DecidedOperation, { operation }: GraphQLResolveInfo): Execution {
  return { decided, operation, progress: 'NEW', errors: new Map(), batches: new Map() };
}
