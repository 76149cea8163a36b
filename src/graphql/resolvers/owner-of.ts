import { limitedTo } from '../../auth/principal.js';
import type { Scope } from '../../auth/scope.js';
import { parseUserRef } from '../../users/user.js';
import type { Context } from '../context.js';
import type { UserBy } from '../generated.js';

/**
 * The id of the user whom an argument names, where the field is open to a scope or to that user. Every resolver of a field
 * with `owner:` and a `UserBy` takes it from here or from `limitedTo`, and operations take ids alone: without the scope
 * the policy found the caller to be named, so that the caller is the one acted on, whoever has the name by now.
 *
 * @returns the nil UUID where there is no such user.
 */
export async function ownerOf({ principal, reads }: Context, named: UserBy, scope: Scope): Promise<string> {
  return limitedTo(principal, scope) ?? (await reads.userId(parseUserRef(named)));
}
