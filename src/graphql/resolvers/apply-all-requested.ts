import { resolveRequested } from '../../accounts/change-new-users.js';
import type { Applied } from '../../points/change.js';
import { explainAllEnded, type PointsField } from '../../points/explain-ended.js';
import type { RequestedChange } from '../../points/parse-change.js';
import type { Context } from '../context.js';
import { refusalIn, toResult } from './points-payload.js';

/** Makes changes in their order, each on its own. @returns a result for each. */
export async function applyAllRequested(context: Context, requests: readonly RequestedChange[], field: PointsField) {
  const { services, request } = context;
  const { reads, ensureUser, ledger } = services;
  const resolved = await resolveRequested(requests, { userId: reads.userId, ensureUser, actor: request.actor });
  const changes = resolved.flatMap((result) => (result.status === 'fulfilled' ? [result.value.change] : []));
  const results = await ledger.applyAll(changes, request.recheck);
  request.dailyLimits = results.map(dailyLimitsIn).findLast((limits) => limits !== undefined) ?? request.dailyLimits;
  const applied = await explainAllEnded(results, field);
  let next = 0;
  return resolved.map((result) => {
    if (result.status === 'rejected') return toResult(result);
    const outcome = applied[next++];
    if (outcome === undefined) throw new Error('A change of points has no result.');
    const isReplay = outcome.status === 'fulfilled' && outcome.value.replayed;
    return toResult(outcome, result.value.userCreated && !isReplay);
  });
}

function dailyLimitsIn(result: PromiseSettledResult<Applied>) {
  return result.status === 'fulfilled' ? result.value.dailyLimits : refusalIn(result.reason)?.details.dailyLimits;
}
