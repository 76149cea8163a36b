/** What the fields that change points share. */
import { authenticated, type Principal } from '../../auth/principal.js';
import { WithExtensions } from '../../errors.js';
import { explainEnded, type PointsField } from '../../points/explain-ended.js';
import { parseUserRef } from '../../users/user.js';
import type { Context } from '../context.js';
import type { UserBy } from '../generated.js';
import { effectOf } from './points-payload.js';

/** The caller of a change, and the path of its input. */
export function asked(principal: Principal, field = 'input') {
  return { by: authenticated(principal), field };
}

/** Adds to every error whether the change may have happened, and explains a credential that has ended. */
export async function settled<Result>(field: PointsField, work: () => Promise<Result>): Promise<Result> {
  try {
    return await work();
  } catch (error) {
    throw new WithExtensions(await explainEnded(error, field), { effect: effectOf(error) });
  }
}

/** @param user the user whose points a user may change without a scope if they are their own. */
export function fieldOf(
  { services, request }: Context,
  coordinate: PointsField['coordinate'],
  user?: UserBy,
): PointsField {
  return {
    coordinate,
    ...(user !== undefined && { ownerId: () => services.reads.userId(parseUserRef('input.user', user)) }),
    verify: async () => {
      await request.recheck();
      return authenticated(request.principal);
    },
  };
}
