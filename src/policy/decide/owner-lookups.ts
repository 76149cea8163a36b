import type { OwnerLookup } from '../compile/owner-path.js';

/** Whether the caller owns what the value at the end of an owner path names. */
export interface OwnerQuery {
  /** The coordinate that is being decided on, for the log. */
  readonly coordinate: string;
  /** The key of the look-up. */
  readonly lookup: string;
  readonly value: unknown;
}

/** Why a look-up failed: it is broken, or something that it depends on is unavailable for now. */
export type LookupFailure = 'BROKEN' | 'UNAVAILABLE';

export type Ownership = 'OWNER' | 'NOT_OWNER' | LookupFailure;

/** The owner look-ups, and what to do when one fails. */
export interface OwnerLookups<Context> {
  readonly owners: Readonly<Record<string, OwnerLookup<Context>>>;
  readonly onInternalError: (error: unknown, failed: FailedCheck<Context>) => void;
  readonly isUnavailable?: ((error: unknown) => boolean) | undefined;
}

/** What was being decided on when a look-up failed. */
export interface FailedCheck<Context> {
  readonly coordinate: string;
  readonly context: Context;
}

/** The results of the queries, in order, with one call for each look-up; synchronous where all look-ups are. Never throws. */
export function lookUpOwners<Context>(
  queries: readonly OwnerQuery[],
  lookups: OwnerLookups<Context>,
  context: Context,
): readonly Ownership[] | Promise<readonly Ownership[]> {
  const results: Ownership[] = queries.map(() => 'NOT_OWNER');
  const pending: Promise<void>[] = [];

  for (const lookup of new Set(queries.map((query) => query.lookup))) {
    const batch = queries.flatMap((query, index) => (query.lookup === lookup ? [{ ...query, index }] : []));
    const take = (owned: readonly boolean[]) => {
      if (owned.length !== batch.length) {
        throw new Error(`${lookup} returned ${owned.length} results for ${batch.length} values`);
      }
      for (const [position, { index }] of batch.entries()) {
        results[index] = owned[position] === true ? 'OWNER' : 'NOT_OWNER';
      }
    };
    const fail = (error: unknown) => {
      const failure = reportFailure(error, { coordinate: batch[0]?.coordinate ?? lookup, context }, lookups);
      for (const { index } of batch) results[index] = failure;
    };
    try {
      const values = batch.map(({ value }) => value);
      const owned = lookups.owners[lookup]?.(values, context) ?? [];
      if (owned instanceof Promise) pending.push(owned.then(take).catch(fail));
      else take(owned);
    } catch (error) {
      fail(error);
    }
  }
  return pending.length > 0 ? Promise.all(pending).then(() => results) : results;
}

/** Reports a look-up that failed, and returns the kind of the failure. */
export function reportFailure<Context>(
  error: unknown,
  failed: FailedCheck<Context>,
  { onInternalError, isUnavailable }: OwnerLookups<Context>,
): LookupFailure {
  onInternalError(error, failed);
  return isUnavailable?.(error) === true ? 'UNAVAILABLE' : 'BROKEN';
}

/** The caller has to own everything. One thing that they do not own decides, whatever failed for the others. */
export function ownershipOfAll(results: readonly Ownership[]): Ownership {
  const byWeight: readonly Ownership[] = ['NOT_OWNER', 'BROKEN', 'UNAVAILABLE'];
  return byWeight.find((one) => results.includes(one)) ?? 'OWNER';
}
