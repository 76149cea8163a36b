import { BadUserInput } from '../errors.js';
import { parseId } from '../input.js';
import { ReservedUsername } from './errors.js';
import { type ExternalRef, parseExternalRef } from './external-ref.js';
import { users } from './table.js';

/** A user with everything that may be shown, and no password. */
export type User = Omit<typeof users.$inferSelect, 'passwordHash'>;

/** Identifies an active user: by id, by name, or by an id in another system. */
export type UserRef =
  | { readonly id: string; readonly username?: undefined; readonly external?: undefined }
  | { readonly username: string; readonly id?: undefined; readonly external?: undefined }
  | { readonly external: ExternalRef; readonly id?: undefined; readonly username?: undefined };

/** A name in lower case. Names are ASCII, so that the database computes the same. */
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

/** Begins the names of deleted users. It is reserved, so that an active user cannot be mistaken for a deleted one. */
export const DELETED_PREFIX = 'deleted-';

/** Whether a name is reserved for deleted users. Users who got one from release 0.1.0 keep it. */
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
 * A name that a user can have: ASCII only, so that no two names look the same.
 *
 * @throws BadUserInput naming the field.
 */
export function parseUsername(field: string, username: string): string {
  if (!USERNAME.test(username)) {
    throw new BadUserInput(field, 'A username has 1 to 64 characters out of A–Z, a–z, 0–9, `_`, `.` and `-`.');
  }
  return username;
}

/** Whether an id or a name is this user's. Whose an external id is, only the database knows. */
export function isNamedBy(ref: UserRef, { userId, username }: { userId: string; username: string }): boolean {
  if (ref.id !== undefined) return ref.id === userId;
  return ref.username !== undefined && foldUsername(ref.username) === foldUsername(username);
}

/** Text that two references share if and only if they name a user in the same way. */
export function refKey({ id, username, external }: UserRef): string {
  if (id !== undefined) return id;
  return username === undefined ? `${external.issuer}:${external.id}` : foldUsername(username);
}

/** The input `UserBy`. */
interface GivenUser {
  readonly id?: string | null;
  readonly username?: string | null;
  readonly external?: ExternalRef | null;
}

/**
 * Parses the input `UserBy`. What cannot be an id or a name gives the nil UUID, which no user has.
 *
 * @param field the path of the input, for messages.
 * @throws BadUserInput for what cannot be an external id.
 */
export function parseUserRef(field: string, { id, username, external }: GivenUser): UserRef {
  if (external != null) return { external: parseExternalRef(`${field}.external`, external) };
  if (username != null && USERNAME.test(username)) return { username };
  return { id: parseId(id ?? '') };
}
