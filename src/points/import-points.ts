import type { PooledDatabase } from '../database/connect.js';
import { BadUserInput, DomainError } from '../errors.js';
import { parseText } from '../input.js';
import { ReservedUsername, UserNotFound, UsernameTaken } from '../users/errors.js';
import { createUserByName } from '../users/read-users.js';
import { isReservedUsername, parseUsername, type User } from '../users/user.js';
import type { PointsChange } from './change.js';
import type { Ledger } from './ledger.js';
import { IDEMPOTENCY_KEY, REASON } from './limits.js';

/** A change of points from a line of a file: positive points are added, negative ones spent. */
export interface ImportedChange {
  readonly username: string;
  readonly points: number;
  readonly reason: string | null;
  readonly idempotencyKey: string;
}

/** Which fields of a record a change is made of, by name. */
export interface ImportedFields {
  readonly user: unknown;
  readonly points: unknown;
  readonly reason: unknown;
  readonly key: unknown;
}

/** @throws BadUserInput naming the field; every change has a key, so that a file can be imported again. */
export function parseImport(fields: ImportedFields): ImportedChange {
  const { reason } = fields;
  return {
    username: parseUsername('user', parseString('user', fields.user)),
    points: parsePoints(fields.points),
    reason: reason == null || reason === '' ? null : parseText('reason', parseString('reason', reason), REASON),
    idempotencyKey: parseText('key', parseString('key', fields.key), IDEMPOTENCY_KEY),
  };
}

function parseString(field: string, value: unknown): string {
  if (typeof value !== 'string' || value === '') throw new BadUserInput(field, `${field} is empty or not text.`);
  if (value.includes('\ufffd')) throw new BadUserInput(field, `${field} is not UTF-8.`);
  return value;
}

function parsePoints(value: unknown): number {
  if (typeof value === 'number' && Number.isSafeInteger(value) && value !== 0) return value;
  throw new BadUserInput('points', 'points must be a whole number other than 0: positive to add, negative to spend.');
}

/** The result of a change. */
export type Imported =
  | { readonly outcome: 'DONE' }
  /** By an earlier import. */
  | { readonly outcome: 'DONE_BEFORE' }
  | { readonly outcome: 'FAILED'; readonly reason: string };

/** The result of creating users. */
export interface NewUsers {
  readonly created: readonly User[];
  /** When the names that rest can be taken, by name in lower case: no user was created for them. */
  readonly resting: ReadonlyMap<string, Date>;
}

export interface ImportOptions {
  readonly database: PooledDatabase;
  readonly ledger: Ledger;
  /** The owner of the idempotency keys. */
  readonly owner: User;
  /** Creates users by name; undefined: unknown users are errors. */
  readonly createUsers: ((usernames: readonly string[]) => Promise<NewUsers>) | undefined;
}

/** The users of some names, by name in lower case, and the names that rest. */
interface FoundUsers extends Pick<NewUsers, 'resting'> {
  readonly users: ReadonlyMap<string, User | undefined>;
}

/** Creates a function that applies changes, each definite by itself, those of one user in the order given. */
export function createImportPoints({ database, ledger, owner, createUsers }: ImportOptions) {
  const userByName = createUserByName(database);

  /** The users of these names, by the name in lower case; unknown ones are created where that is allowed. */
  async function findOrCreate(names: ReadonlyMap<string, string>): Promise<FoundUsers> {
    const find = async (wanted: readonly string[]) =>
      await Promise.all(wanted.map(async (name) => [name, await userByName(name)] as const));
    const users = new Map(await find([...names.keys()]));
    if (createUsers === undefined) return { users, resting: new Map() };
    const missing = [...names].filter(([name]) => users.get(name) === undefined && !isReservedUsername(name));
    const { created, resting } = await createUsers(missing.map(([, username]) => username));
    for (const user of created) users.set(user.username.toLowerCase(), user);
    // Those that another process created meanwhile exist now.
    const existing = missing.map(([name]) => name).filter((name) => users.get(name) === undefined);
    for (const [name, user] of await find(existing)) users.set(name, user);
    return { users, resting };
  }

  /** Why a name has no user. */
  function missingUser(username: string, resting: ReadonlyMap<string, Date>): DomainError {
    if (createUsers !== undefined && isReservedUsername(username)) return new ReservedUsername('user');
    const availableAt = resting.get(username.toLowerCase());
    return availableAt === undefined ? new UserNotFound() : new UsernameTaken(availableAt);
  }

  return async (changes: readonly ImportedChange[]): Promise<Imported[]> => {
    // A user who is created gets the first spelling of the name: the last entry wins.
    const names = new Map(changes.map(({ username }) => [username.toLowerCase(), username] as const).reverse());
    const { users, resting } = await findOrCreate(names);
    const results: Imported[] = changes.map(({ username }) => failed(missingUser(username, resting)));
    const known = changes.flatMap((change, index) => {
      const user = users.get(change.username.toLowerCase());
      return user === undefined ? [] : [{ index, change: toPointsChange(change, user, owner) }];
    });
    const settled = await ledger.applyAll(known.map(({ change }) => change));
    known.forEach(({ index }, nth) => {
      const result = settled[nth];
      if (result?.status === 'fulfilled') results[index] = { outcome: result.value.replayed ? 'DONE_BEFORE' : 'DONE' };
      else results[index] = failed(result?.reason);
    });
    return results;
  };
}

function toPointsChange(imported: ImportedChange, { id }: User, owner: User): PointsChange {
  const { points, reason, idempotencyKey } = imported;
  return {
    user: { id },
    action: { kind: points > 0 ? 'ADD' : 'SPEND', points: Math.abs(points) },
    reason,
    idempotencyKey,
    ownerId: owner.id,
    credential: { kind: 'NONE' },
  };
}

/** An unexpected error is thrown: the next lines would meet it as well. */
function failed(thrown: unknown): Imported {
  const error = thrown instanceof Error && thrown.cause instanceof DomainError ? thrown.cause : thrown;
  if (error instanceof DomainError) return { outcome: 'FAILED', reason: error.message };
  throw thrown;
}
