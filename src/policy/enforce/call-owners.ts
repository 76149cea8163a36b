import { isPromise } from '@graphql-tools/utils';
import { defaultFieldResolver, type GraphQLResolveInfo, isObjectType } from 'graphql';
import type { CompiledSchema } from '../compile/compile-schema.js';
import { type OwnerPath, valueAt } from '../compile/owner-path.js';
import { holds, SESSION } from '../compile/permissions.js';
import type { Requirement } from '../compile/requirement.js';
import {
  lookUpOwners,
  type OwnerLookups,
  type Ownership,
  ownershipOfAll,
  reportFailure,
} from '../decide/owner-lookups.js';
import type { Execution } from './authorization.js';
import { coordinateOf } from './denial-error.js';

/** One call of a resolver. */
export interface Call<Context> {
  readonly execution: Execution;
  readonly source: unknown;
  readonly args: Record<string, unknown>;
  readonly context: Context;
  readonly info: GraphQLResolveInfo;
}

/** Decides on single calls of resolvers, with the owner that the parent or the arguments name. */
export class CallOwners<Context> {
  readonly #compiled: CompiledSchema;
  readonly #lookups: OwnerLookups<Context>;

  constructor(compiled: CompiledSchema, lookups: OwnerLookups<Context>) {
    this.#compiled = compiled;
    this.#lookups = lookups;
  }

  /** OWNER also for a caller who needs to own nothing, because they hold everything required. Never throws. */
  check(requirement: Requirement, call: Call<Context>): Ownership | Promise<Ownership> {
    const { held } = call.execution.decided;
    const unmet = requirement.ownerRules.filter(({ needs }) => !holds(held, needs));
    if (!holds(held, requirement.needs) || (unmet.length > 0 && !holds(held, SESSION))) return 'NOT_OWNER';
    const results = unmet.map(({ coordinate }) => this.#ownershipOf(this.#compiled.ownerPaths.get(coordinate), call));
    if (results.length > 1) return Promise.all(results).then(ownershipOfAll);
    return results[0] ?? 'OWNER';
  }

  #ownershipOf(path: OwnerPath | undefined, call: Call<Context>): Ownership | Promise<Ownership> {
    const { execution, args, context, info } = call;
    if (!path) return 'NOT_OWNER';
    if (path.from === 'ARGUMENTS') {
      const isOwned = info.fieldNodes.some((node) => execution.decided.owned.has(node));
      return isOwned ? 'OWNER' : this.#query(call, path.lookup, valueAt(args, path.path));
    }
    const query = (value: unknown) =>
      value === null || value === undefined ? 'NOT_OWNER' : this.#query(call, path.lookup, value);
    const fail = (error: unknown) => reportFailure(error, { coordinate: coordinateOf(info), context }, this.#lookups);
    try {
      const value = this.#resolveSibling(path.path[0], call);
      // Only promises are awaited, so that the items of a list are queried in one tick, and so in one call.
      return isPromise(value) ? value.then(query).catch(fail) : query(value);
    } catch (error) {
      return fail(error);
    }
  }

  /** The value of a field of the same parent, by the resolver that the field has before it is guarded. */
  #resolveSibling(name: string, { source, context, info }: Call<Context>): unknown {
    const parent = this.#compiled.schema.getType(info.parentType.name);
    const resolve = (isObjectType(parent) && parent.getFields()[name]?.resolve) || defaultFieldResolver;
    return resolve(source, {}, context, { ...info, fieldName: name });
  }

  /** Adds a query to the batch of this tick. */
  #query({ execution, context, info }: Call<Context>, lookup: string, value: unknown): Promise<Ownership> {
    const batch = execution.batches.get(lookup) ?? {
      queries: [],
      results: this.#runAtEndOfTick(execution, lookup, context),
    };
    execution.batches.set(lookup, batch);
    const index = batch.queries.push({ coordinate: coordinateOf(info), lookup, value }) - 1;
    return batch.results.then((results) => results[index] ?? 'BROKEN');
  }

  async #runAtEndOfTick(execution: Execution, lookup: string, context: Context): Promise<readonly Ownership[]> {
    await undefined;
    const queries = execution.batches.get(lookup)?.queries ?? [];
    execution.batches.delete(lookup);
    return lookUpOwners(queries, this.#lookups, context);
  }
}
