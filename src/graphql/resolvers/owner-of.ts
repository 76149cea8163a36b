import { limitedTo } from '../../auth/principal.js';
import type { Scope } from '../../auth/scope.js';
import { parseUserRef } from '../../users/user.js';
import type { Context } from '../context.js';
import type { UserBy } from '../generated.js';

/** An argument that names a user, and its path. */
interface NamedUser {
  readonly field: string;
  readonly user: UserBy;
}

/**
 * The id of the user named by an argument, where the field requires a scope of every other caller. Every resolver of
 * a field with `owner:` and a `UserBy` takes it from here or from `limitedTo`, and operations take ids only: a caller
 * without the scope was found to be the user named, and stays the user acted on even if the name has changed hands since.
 *
 * @returns the nil UUID where there is no such user.
 */
export async function ownerOf(
  { services: { reads }, request: { principal } }: Context,
  { field, user }: NamedUser,
  scope: Scope,
): Promise<string> {
  return limitedTo(principal, scope) ?? (await reads.userId(parseUserRef(field, user)));
}
