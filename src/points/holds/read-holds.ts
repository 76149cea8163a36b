/** Reads single holds, those of users, and what users have available. */
import { asc, desc, type SQL, sql } from 'drizzle-orm';
import { arrayOf } from '../../database/array-of.js';
import type { PreparedDatabase } from '../../database/connect.js';
import { MAX_COUNT } from '../../database/filtered-list.js';
import { type ListRequest, type Page, page, rowsOf } from '../../database/page.js';
import { prepare } from '../../database/prepare.js';
import { createReadByKey, createReadLists, isAnyKey, list } from '../../database/read-by-key.js';
import { balances } from '../table.js';
import { type Hold, type HoldRef, holdColumns } from './hold.js';
import { holds } from './table.js';

/** Creates a read of holds; concurrent reads share a statement. */
export function createHoldByRef(database: PreparedDatabase): (ref: HoldRef) => Promise<Hold | undefined> {
  const wanted = sql`unnest(${arrayOf('users', 'uuid')}, ${arrayOf('numbers', 'int')})
    with ordinality as wanted(user_id, number, list)`;
  const select = database
    .select({ list, row: holdColumns })
    .from(wanted)
    .innerJoin(holds, sql`${holds.userId} = wanted.user_id and ${holds.number} = wanted.number`);
  const read = prepare(database, 'holds_by_ref', select);
  const readLists = createReadLists<HoldRef, Hold>((refs) =>
    read({ users: refs.map(({ userId }) => userId), numbers: refs.map(({ number }) => number) }),
  );
  return async (ref) => (await readLists(ref))[0];
}

/** Creates a read of the points of users that are not held; concurrent reads share a statement. */
export function createAvailableOf(database: PreparedDatabase): (userId: string) => Promise<number> {
  const { userId, points, held, holdsUntil } = balances;
  // A hold that has expired may not be marked yet.
  const stillHeld = sql`case when ${holdsUntil} <= statement_timestamp()
    then (select coalesce(sum(h.points), 0) from ${holds} h
           where h.user_id = ${userId} and h.state = 'HELD' and h.expires_at > statement_timestamp())
    else ${held} end`;
  const read = createReadByKey(database, {
    name: 'available_of_users',
    select: database
      .select({ userId, available: sql<number>`${points} - ${stillHeld}`.mapWith(Number) })
      .from(balances)
      .where(isAnyKey(userId)),
    keyOf: (balance) => balance.userId,
  });
  return async (userId) => (await read(userId))?.available ?? 0;
}

interface HoldsRequest extends ListRequest<[number]> {
  readonly state: Hold['state'] | undefined;
}

/** Creates a read of pages of users' holds, newest first. The key is the number. Concurrent reads share a statement. */
export function createHoldsOf(database: PreparedDatabase): (request: HoldsRequest) => Promise<Page<Hold>> {
  const read = (name: string, condition: SQL) => {
    const rows = sql`select * from ${holds}
      where ${holds.userId} = wanted.user_id and (wanted.before is null or ${holds.number} < wanted.before) and ${condition}
      order by ${holds.number} desc limit wanted.max_rows`;
    const select = database
      .select({ list, row: holdColumns })
      .from(wantedPages())
      .crossJoinLateral(rowsOf(holds, rows))
      .orderBy(asc(list), desc(holds.number));
    const readPages = prepare(database, name, select);
    return createReadLists<HoldsRequest, Hold>((requests) => readPages(pageValues(requests)));
  };
  const readAll = read('holds_of_users', sql`true`);
  const readInState = read('holds_of_users_by_state', isInState(sql`wanted.state`));
  return async (request) => page(await (request.state ? readInState : readAll)(request), request.first);
}

/** Whether a hold is in a state: one that has expired is not HELD, and may not be EXPIRED until it is marked. */
export function isInState(state: SQL): SQL {
  return sql`${holds.state} = ${state} and (${holds.state} <> 'HELD' or ${holds.expiresAt} > statement_timestamp())`;
}

function wantedPages() {
  return sql`unnest(${arrayOf('users', 'uuid')}, ${arrayOf('before', 'int')}, ${arrayOf('limits', 'int')}, ${arrayOf('states', 'text')})
    with ordinality as wanted(user_id, before, max_rows, state, list)`;
}

/** The values of the placeholders of {@link wantedPages}. */
function pageValues(requests: readonly HoldsRequest[]) {
  return {
    users: requests.map((request) => request.of),
    before: requests.map(({ after }) => after?.[0] ?? null),
    limits: requests.map(({ first }) => first + 1),
    states: requests.map(({ state }) => state ?? null),
  };
}

/** Creates a count of a user's holds in a state, or of all of them, up to 10,000; concurrent counts share a statement. */
export function createHoldCountOf(database: PreparedDatabase) {
  const isWanted = sql`${holds.userId} = wanted.user_id and (wanted.state is null or ${isInState(sql`wanted.state`)})`;
  const counted = sql`(select count(*)::integer as count
    from (select from ${holds} where ${isWanted} limit ${sql.raw(String(MAX_COUNT))}) as found) as counted`;
  const select = database
    .select({ list, row: sql<number>`counted.count` })
    .from(
      sql`unnest(${arrayOf('users', 'uuid')}, ${arrayOf('states', 'text')}) with ordinality as wanted(user_id, state, list)`,
    )
    .crossJoinLateral(counted);
  const read = prepare(database, 'hold_counts_of_users', select);
  const readLists = createReadLists<Pick<HoldsRequest, 'of' | 'state'>, number>((requests) =>
    read({ users: requests.map((request) => request.of), states: requests.map(({ state }) => state ?? null) }),
  );
  return async (request: Pick<HoldsRequest, 'of' | 'state'>) => (await readLists(request))[0] ?? 0;
}
