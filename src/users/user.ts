import { BadUserInput } from '../errors.js';
import { parseId } from '../input.js';
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
