import { COMMAND_LINE } from '../auth/actor.js';
import type { PooledDatabase } from '../database/connect.js';
import { BadUserInput, DomainError } from '../errors.js';
import type { ImportedUser } from '../points/parse-import.js';
import { ReservedUsername, UserNotFound, UsernameTaken } from '../users/errors.js';
import { createUserByExternalId } from '../users/read-external-ids.js';
import { createUserById, createUserByName } from '../users/read-users.js';
import { DELETED_PREFIX, foldUsername, isReservedUsername, refKey, type User } from '../users/user.js';
import { createUsers, type NewUsers } from './create-users.js';
import { deleteUser } from './delete-user.js';
import { createEnsureUser } from './ensure-user.js';

/** The id of a user, or why there is none. */
type Found = string | DomainError;

/** The users of an import, on the command line. */
export interface ImportUsers {
  /** Finds users, and creates the unknown ones where that is allowed; returns them in the order given. */
  find(wanted: readonly ImportedUser[]): Promise<readonly Found[]>;
  /** The number of users who are deleted in the file and, so that entries can be written, not yet here. */
  readonly undeleted: number;
  /** Deletes those users. */
  deleteUndeleted(): Promise<void>;
}

/** Users, each in the place of the one wanted, and the names that rest, of whom none was created. */
interface FoundUsers extends Pick<NewUsers, 'resting'> {
  readonly users: readonly (User | undefined)[];
}

type Wanted<Kind extends ImportedUser['kind']> = Extract<ImportedUser, { kind: Kind }>;

/** @param options.canCreate whether unknown users are created. They cannot log in. */
export function createImportUsers(
  { database, usernameRestDays }: { readonly database: PooledDatabase; readonly usernameRestDays: number },
  { canCreate }: { readonly canCreate: boolean },
): ImportUsers {
  const userById = createUserById(database);
  const userByName = createUserByName(database);
  const userByExternalId = createUserByExternalId(database);
  const ensureUser = createEnsureUser({ database, usernameRestDays });
  const undeleted = new Set<string>();

  async function findLinked(wanted: readonly Wanted<'LINKED'>[]): Promise<Found[]> {
    const users = await Promise.all(wanted.map(({ external }) => userByExternalId(external)));
    const found: Found[] = [];
    // One after the other: of a thousand that wait for each other, the last would wait for too long.
    for (const [index, user] of wanted.entries()) found.push(users[index]?.id ?? (await createLinked(user)));
    return found;
  }

  async function createLinked({ external, username }: Wanted<'LINKED'>): Promise<Found> {
    if (!canCreate) return new UserNotFound();
    if (username !== undefined && isReservedUsername(username)) return new ReservedUsername('user');
    try {
      return (await ensureUser({ external, username }, COMMAND_LINE)).userId;
    } catch (error) {
      if (error instanceof UsernameTaken) return nameTaken(username);
      if (error instanceof DomainError) return error;
      throw error;
    }
  }

  async function findDeleted(wanted: readonly Wanted<'DELETED'>[]): Promise<Found[]> {
    const find = async ({ id }: Wanted<'DELETED'>) => (await userById(id)) ?? (await userByName(nameOfDeleted(id)));
    const { users } = await findOrCreate(wanted, find, ({ id }) => ({ id, username: nameOfDeleted(id) }));
    return wanted.map(({ id }, index) => {
      const user = users[index];
      if (user === undefined) return new UserNotFound();
      if (foldUsername(user.username) !== nameOfDeleted(id)) {
        return new BadUserInput('user', `The user with that id is not deleted here: ${user.username}.`);
      }
      if (canCreate && user.id === id && user.deletedAt === null) undeleted.add(id);
      return user.id;
    });
  }

  async function findNamed(wanted: readonly Wanted<'NAMED'>[]): Promise<Found[]> {
    const { users, resting } = await findOrCreate(
      wanted,
      ({ username }) => userByName(username),
      ({ username }) => (isReservedUsername(username) ? undefined : { username }),
    );
    return wanted.map(({ username }, index) => {
      const user = users[index];
      if (user !== undefined) return user.id;
      if (canCreate && isReservedUsername(username)) return new ReservedUsername('user');
      const availableAt = resting.get(foldUsername(username));
      return availableAt === undefined ? new UserNotFound() : new UsernameTaken(availableAt);
    });
  }

  async function findOrCreate<One>(
    wanted: readonly One[],
    find: (one: One) => Promise<User | undefined>,
    toCreate: (one: One) => { readonly id?: string; readonly username: string } | undefined,
  ): Promise<FoundUsers> {
    const users = await Promise.all(wanted.map(find));
    if (!canCreate) return { users, resting: new Map() };
    const missing = wanted.flatMap((one, index) => (users[index] === undefined ? (toCreate(one) ?? []) : []));
    const { resting } = await createUsers(
      { database, usernameRestDays },
      missing.map((user) => ({ ...user, role: 'USER', passwordHash: null })),
      COMMAND_LINE,
    );
    // Finds also those that another process has created meanwhile.
    const all = await Promise.all(wanted.map(async (one, index) => users[index] ?? (await find(one))));
    return { users: all, resting };
  }

  return {
    find: async (wanted) => {
      const byKey = new Map<string, ImportedUser>();
      // A user who is created gets the first spelling of the name.
      for (const user of wanted) if (!byKey.has(keyOf(user))) byKey.set(keyOf(user), user);
      const unique = [...byKey.values()];
      const linked = unique.filter((user) => user.kind === 'LINKED');
      const deleted = unique.filter((user) => user.kind === 'DELETED');
      const named = unique.filter((user) => user.kind === 'NAMED');
      // Those with external ids first: other lines may name them.
      const found = [...(await findLinked(linked)), ...(await findDeleted(deleted)), ...(await findNamed(named))];
      const results = new Map([...linked, ...deleted, ...named].map((user, index) => [keyOf(user), found[index]]));
      return wanted.map((user) => results.get(keyOf(user)) ?? new UserNotFound());
    },
    get undeleted() {
      return undeleted.size;
    },
    deleteUndeleted: async () => {
      for (const id of undeleted) {
        try {
          await deleteUser(database, id, COMMAND_LINE);
        } catch (error) {
          if (!(error instanceof UserNotFound)) throw error; // another import has deleted the user
        }
        undeleted.delete(id);
      }
    },
  };
}

/** Text that two users share if and only if they are named in the same way. */
function keyOf(user: ImportedUser): string {
  if (user.kind === 'LINKED') return refKey({ external: user.external });
  return foldUsername(user.kind === 'DELETED' ? nameOfDeleted(user.id) : user.username);
}

function nameOfDeleted(id: string): string {
  return `${DELETED_PREFIX}${id}`;
}

function nameTaken(username: string | undefined): DomainError {
  const name = username === undefined ? 'a name that was made' : `the name ${username}`;
  return new BadUserInput(
    'user',
    `Another user has ${name}. If this is the same person, link the external id by \`scrip user link\`.`,
  );
}
