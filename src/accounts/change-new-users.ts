/** Changes points of users who may not exist yet: see `AddPointsInput.ifMissing`. */
import type { Actor } from '../auth/actor.js';
import { WithExtensions } from '../errors.js';
import { NO_ID } from '../input.js';
import { type Applied, type PointsChange, receiverOf } from '../points/change.js';
import { PointsRefused } from '../points/errors.js';
import type { RequestedChange } from '../points/parse-change.js';
import type { UserRef } from '../users/user.js';
import type { EnsureUser } from './ensure-user.js';

/** A change that happened, and whether its user was created for it. */
export interface AppliedRequest {
  readonly applied: Applied;
  readonly userCreated: boolean;
}

/** A user can be deleted, or the id unlinked, between two statements. */
const MAX_CREATIONS = 3;

/**
 * Makes one change. The user is created only once the ledger has found that there is none, so that a change for one who
 * exists takes no statement more.
 *
 * @param apply makes a change, or throws why it was not made.
 */
export async function applyRequested(
  { change, ifMissing }: RequestedChange,
  apply: (change: PointsChange) => Promise<Applied>,
  { ensureUser, actor }: { readonly ensureUser: EnsureUser; readonly actor: Actor },
): Promise<AppliedRequest> {
  let isNew = false;
  for (let creations = 0; ; creations++) {
    try {
      const applied = await apply(change);
      return { applied, userCreated: isNew && !applied.replayed };
    } catch (error) {
      if (!isUserMissing(error, change) || ifMissing === undefined || creations === MAX_CREATIONS) throw error;
      isNew = (await ensureUser(ifMissing, actor)).isNew || isNew;
    }
  }
}

/**
 * Whether a change was refused because there is no such user. After a lost attempt that may still happen, only a change with a
 * key can be made again: it finds the result of that attempt.
 */
function isUserMissing(error: unknown, { idempotencyKey }: PointsChange): boolean {
  const refused = error instanceof WithExtensions && idempotencyKey !== null ? error.cause : error;
  return refused instanceof PointsRefused && refused.code === 'USER_NOT_FOUND';
}

/** A change whose user is named by id, and whether the user was created for it. */
export interface ResolvedChange {
  readonly change: PointsChange;
  readonly userCreated: boolean;
}

/** What users are found and created with. */
interface Users {
  /** The id of the user that is named; the nil UUID where there is no such user. */
  readonly userId: (ref: UserRef) => Promise<string>;
  readonly ensureUser: EnsureUser;
  readonly actor: Actor;
}

/**
 * Finds the users of changes, and creates those that are missing where that was asked for. A user exists from the change on
 * that creates them, as if the changes were made one by one.
 */
export async function resolveRequested(
  requests: readonly RequestedChange[],
  { userId, ensureUser, actor }: Users,
): Promise<PromiseSettledResult<ResolvedChange>[]> {
  const found = await Promise.all(requests.map(({ change }) => userId(change.user)));
  const receivers = await Promise.all(requests.map(async ({ change }) => await idOf(receiverOf(change))));
  let hasCreated = false;

  async function idOf(ref: UserRef | undefined): Promise<string> {
    return ref === undefined ? NO_ID : await userId(ref);
  }

  async function resolve(
    { change, ifMissing }: RequestedChange,
    known: string,
    receiver: string,
  ): Promise<ResolvedChange> {
    const to = receiverOf(change);
    const given =
      to === undefined ? change : giveTo(change, receiver === NO_ID && hasCreated ? await idOf(to) : receiver);
    const named = (id: string, isNew = false) => ({ change: { ...given, user: { id } }, userCreated: isNew });
    if (known !== NO_ID) return named(known);
    if (ifMissing === undefined) return named(hasCreated ? await userId(change.user) : NO_ID);
    const ensured = await ensureUser(ifMissing, actor);
    hasCreated = true;
    return named(ensured.userId, ensured.isNew);
  }

  const results: PromiseSettledResult<ResolvedChange>[] = [];
  for (const [index, request] of requests.entries()) {
    results.push(...(await Promise.allSettled([resolve(request, found[index] ?? NO_ID, receivers[index] ?? NO_ID)])));
  }
  return results;
}

/** A change whose receiver is named by id. */
function giveTo(change: PointsChange, id: string): PointsChange {
  const { action } = change;
  return 'to' in action ? { ...change, action: { ...action, to: { id } } } : change;
}
