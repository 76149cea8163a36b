import type { Principal } from '../../auth/principal.js';
import { WithExtensions } from '../../errors.js';
import type { Applied, PointsChange } from '../../points/change.js';
import { OutcomeUnknown } from '../../points/errors.js';
import type { Context, RequestContext } from '../context.js';
import { effectOf, refusalIn } from './points-payload.js';

/**
 * Makes one change, by a token that may not be confirmed yet: its statement compares the token, and so decides. A result that
 * was found after a lost attempt was not compared: it is sent only if the token is confirmed, and otherwise it is not known
 * whether this request has made the change.
 */
export async function applyChange({ services, request }: Context, change: PointsChange): Promise<Applied> {
  const [result] = await Promise.allSettled([services.ledger.apply(change)]);
  const details = result.status === 'fulfilled' ? result.value : refusalIn(result.reason)?.details;
  const mayHaveHappened = result.status === 'rejected' && effectOf(result.reason) === 'UNKNOWN';
  // Anything else changed nothing and was told nothing: the outcome waits for the look-up, as that of a query does.
  if (details !== undefined || mayHaveHappened) request.keepOutcome();
  if (details?.wasLost === true && !(await isConfirmed(request))) {
    throw new WithExtensions(new OutcomeUnknown(true), { effect: 'UNKNOWN' });
  }
  request.dailyLimits = details?.dailyLimits ?? request.dailyLimits;
  // A limit that is new to this node is heard of by a look-up: from then on changes that count share statements of their own.
  const isUnknown = details?.dailyLimits !== undefined && !isCounted(request.principal);
  if (isUnknown || result.status === 'rejected' || result.value.replayed) request.askCredential(); // which records the use of the token
  if (result.status === 'rejected') throw result.reason;
  return result.value;
}

async function isConfirmed(request: RequestContext): Promise<boolean> {
  return await request.confirmCredential().catch(() => false);
}

function isCounted(principal: Principal): boolean {
  return principal.kind === 'APP' && principal.restrictions !== null;
}
