/**
 * Names that rest after they were freed: they name no user, and only their last user can take them. A transaction that
 * takes or frees a name holds its entry in the unique index of names, so that one at a time changes its row here. The purge
 * alone locks rows without that entry, and it waits for no lock.
 */
import { and, desc, eq, inArray, type SQL, sql } from 'drizzle-orm';
import type { Database } from '../database/connect.js';
import { seconds } from '../database/seconds.js';
import { TooManyRestingUsernames, UsernameTaken } from './errors.js';
import { restingUsernames } from './table.js';
import { foldUsername, type User } from './user.js';

/** How a name is treated that may rest. */
export interface RestRules {
  /** USERNAME_REST_DAYS; 0: no name rests. */
  readonly restDays: number;
  /** Whether the caller learns that a name rests, and until when: only one who holds `users:write`. */
  readonly tellsWhen: boolean;
}

/** Names that users who rename themselves may have resting at once. */
const MAX_RESTING = 3;

/**
 * Lets a name rest that its user gives up. It is noted also where no name rests: another node may have another setting, or
 * this one after its next start.
 */
export async function freeUsername(
  transaction: Database,
  { id, username }: Pick<User, 'id' | 'username'>,
): Promise<void> {
  const freed = { userId: id, freedAt: sql`now()` };
  await transaction
    .insert(restingUsernames)
    .values({ username: foldUsername(username), ...freed })
    .onConflictDoUpdate({ target: restingUsernames.username, set: freed });
}

/**
 * Ends the rest of a name for the user who has taken it. Call it once the name is written: the unique index has waited
 * for a transaction that frees the name by then, and only a later statement sees its row.
 *
 * @returns whether the user took a name back that rested for them.
 * @throws UsernameTaken, which ends the transaction, where the name rests for others.
 */
export async function takeUsername(
  transaction: Database,
  { id, username }: Pick<User, 'id' | 'username'>,
  { restDays, tellsWhen }: RestRules,
): Promise<boolean> {
  const [rest] = await readRests(transaction, [username], restDays);
  if (rest === undefined) return false;
  if (rest.isResting && rest.userId !== id) throw new UsernameTaken(tellsWhen ? rest.availableAt : undefined);
  await endRests(transaction, [rest]);
  return rest.isResting;
}

/**
 * Ends the rest of names for new users, as `takeUsername` does for one, where none of the names rests.
 *
 * @returns when those that rest can be taken, by name in lower case. Unless it is empty, undo the transaction.
 */
export async function takeUsernames(
  transaction: Database,
  usernames: readonly string[],
  restDays: number,
): Promise<ReadonlyMap<string, Date>> {
  const rests = await readRests(transaction, usernames, restDays);
  const resting = rests.filter(({ isResting }) => isResting);
  if (resting.length === 0) await endRests(transaction, rests);
  return new Map(resting.map(({ username, availableAt }) => [username, availableAt]));
}

/**
 * Requires that a user who is locked may have one more name resting.
 *
 * @throws TooManyRestingUsernames
 */
export async function requireRoomToRest(transaction: Database, userId: string, restDays: number): Promise<void> {
  const [last] = await transaction
    .select({ waitSeconds: seconds(sql`${availableAt(restDays)} - clock_timestamp()`) })
    .from(restingUsernames)
    .where(and(eq(restingUsernames.userId, userId), isResting(restDays)))
    .orderBy(desc(restingUsernames.freedAt))
    .offset(MAX_RESTING - 1)
    .limit(1);
  if (last !== undefined) throw new TooManyRestingUsernames(last.waitSeconds);
}

/** The row of a name. */
interface Rest {
  readonly username: string;
  readonly userId: string;
  readonly isResting: boolean;
  readonly availableAt: Date;
}

/** Whether names can rest in this database: not before the migration that makes their table. */
export async function canNamesRest(database: Database): Promise<boolean> {
  const { rows } = await database.execute(sql`select where to_regclass('resting_usernames') is not null`);
  return rows.length > 0;
}

async function readRests(transaction: Database, usernames: readonly string[], restDays: number): Promise<Rest[]> {
  const rests = await transaction
    .select({
      username: restingUsernames.username,
      userId: restingUsernames.userId,
      isResting: isResting(restDays),
      availableAt: seconds(availableAt(restDays)),
    })
    .from(restingUsernames)
    .where(inArray(restingUsernames.username, usernames.map(foldUsername)));
  // A Date holds milliseconds: rounded down, it would be too early.
  return rests.map((rest) => ({ ...rest, availableAt: new Date(Math.ceil(rest.availableAt * 1_000)) }));
}

async function endRests(transaction: Database, rests: readonly Rest[]): Promise<void> {
  if (rests.length === 0) return;
  const names = rests.map(({ username }) => username);
  await transaction.delete(restingUsernames).where(inArray(restingUsernames.username, names));
}

/** When a name can be taken. Days have 24 hours, whatever the time zone of the connection. */
function availableAt(restDays: number): SQL {
  return sql`${restingUsernames.freedAt} + make_interval(hours => ${restDays * 24}::int)`;
}

/**
 * Without days none rests, even where the clock of the database went back. The time is that of the clock and not of the
 * transaction, which may have waited.
 */
function isResting(restDays: number): SQL<boolean> {
  return sql<boolean>`(${restDays}::int > 0 and ${availableAt(restDays)} > clock_timestamp())`;
}
