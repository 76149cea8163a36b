/** Makes changes of points for users who may not exist yet. */
import { NO_ID } from '../../input.js';
import type { PointsChange } from '../../points/change.js';
import { PointsRefused } from '../../points/errors.js';
import { explainAllEnded, type PointsField } from '../../points/explain-ended.js';
import type { RequestedChange } from '../../points/parse-change.js';
import { refKey } from '../../users/user.js';
import type { Context } from '../context.js';
import { applyChange } from './apply-change.js';
import { type AppliedRequest, toResult } from './points-payload.js';

/**
 * Makes one change. The user is created only once the ledger has found that there is none, so that a change for one who
 * exists takes no statement more.
 */
export async function applyRequested(
  context: Context,
  { change, ifMissing }: RequestedChange,
): Promise<AppliedRequest> {
  try {
    return { applied: await applyChange(context, change), userCreated: false };
  } catch (error) {
    if (ifMissing === undefined || !(error instanceof PointsRefused && error.code === 'USER_NOT_FOUND')) throw error;
    const { userId, isNew } = await context.services.ensureUser(ifMissing, context.request.actor);
    const applied = await applyChange(context, { ...change, user: { id: userId } });
    return { applied, userCreated: isNew && !applied.replayed };
  }
}

/** Makes changes in their order, each on its own. @returns a result for each. */
export async function applyAllRequested(context: Context, requests: readonly RequestedChange[], field: PointsField) {
  const { services, request } = context;
  const resolved = await resolveRequested(context, requests);
  const changes = resolved.flatMap((result) => (result.status === 'fulfilled' ? [result.value.change] : []));
  const applied = await explainAllEnded(await services.ledger.applyAll(changes, request.recheck), field);
  let next = 0;
  return resolved.map((result) => {
    if (result.status === 'rejected') return toResult(result);
    const outcome = applied[next++];
    if (outcome === undefined) throw new Error('A change of points has no result.');
    const isReplay = outcome.status === 'fulfilled' && outcome.value.replayed;
    return toResult(outcome, result.value.userCreated && !isReplay);
  });
}

/** A change whose user is named by id, and whether the user was created for it. */
interface ResolvedChange {
  readonly change: PointsChange;
  readonly userCreated: boolean;
}

/**
 * Finds the users of changes, and creates those that are missing where that was asked for, as if the changes were made one
 * by one: a user exists from the change on that creates them.
 */
async function resolveRequested(
  { services, request: { actor } }: Context,
  requests: readonly RequestedChange[],
): Promise<PromiseSettledResult<ResolvedChange>[]> {
  const found = await Promise.all(requests.map(({ change }) => services.reads.userId(change.user)));
  const ids = new Map<string, Promise<string>>();
  const resolved = requests.map(async ({ change, ifMissing }, index): Promise<ResolvedChange> => {
    const key = refKey(change.user);
    const known = ids.get(key) ?? Promise.resolve(found[index] ?? NO_ID);
    const ensured = known.then(async (userId) =>
      userId === NO_ID && ifMissing !== undefined
        ? await services.ensureUser(ifMissing, actor)
        : { userId, isNew: false },
    );
    ids.set(
      key,
      ensured.then(
        ({ userId }) => userId,
        () => NO_ID,
      ),
    );
    const { userId, isNew } = await ensured;
    return { change: { ...change, user: { id: userId } }, userCreated: isNew };
  });
  return await Promise.allSettled(resolved);
}
