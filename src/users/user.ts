import { BadUserInput } from '../errors.js';
import { parseId } from '../input.js';
import { ReservedUsername } from './errors.js';
import { users } from './table.js';

/** A user as the rest of the code knows one: whatever may be shown, and no password. */
export type User = Omit<typeof users.$inferSelect, 'passwordHash'>;

/** Names one living user, by id or by name. */
export type UserRef =
  | { readonly id: string; readonly username?: undefined }
  | { readonly username: string; readonly id?: undefined };

/** A name without regard to case. For names, which are ASCII, this is what the database computes as well. */
export function foldUsername(username: string): string {
  return username.toLowerCase();
}

/** The columns of a {@link User}. */
export const userColumns = {
  id: users.id,
  username: users.username,
  role: users.role,
  createdAt: users.createdAt,
  deletedAt: users.deletedAt,
};

const USERNAME = /^[A-Za-z0-9_.-]{1,64}$/;

/** The names of deleted users begin with it. It is reserved, so that a living user cannot be taken for a deleted one. */
export const DELETED_PREFIX = 'deleted-';

/** Whether no user can be given the name. Users who got such a name from release 0.1.0 keep it. */
export function isReservedUsername(username: string): boolean {
  return foldUsername(username).startsWith(DELETED_PREFIX);
}

/**
 * A name that a user can be given.
 *
 * @throws BadUserInput naming the field; ReservedUsername.
 */
export function parseNewUsername(field: string, username: string): string {
  const name = parseUsername(field, username);
  if (isReservedUsername(name)) throw new ReservedUsername(field);
  return name;
}

/**
 * A name that a user can have. Of ASCII alone, so that no two names look the same.
 *
 * @throws BadUserInput naming the field.
 */
export function parseUsername(field: string, username: string): string {
  if (!USERNAME.test(username)) {
    throw new BadUserInput(field, 'A user name has 1 to 64 characters out of A–Z, a–z, 0–9, `_`, `.` and `-`.');
  }
  return username;
}

/** Whom the input `UserBy` names. What cannot be an id or a name names nobody. */
export function parseUserRef(by: { id?: string | null; username?: string | null }): UserRef {
  const { id, username } = by;
  if (username != null && USERNAME.test(username)) return { username };
  return { id: parseId(id ?? '') };
}
