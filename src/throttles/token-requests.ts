import { sql } from 'drizzle-orm';
import type { RequestLimit } from '../auth/principal.js';
import { createBatcher } from '../concurrency/batcher.js';
import type { PreparedDatabase } from '../database/connect.js';
import { prepare } from '../database/prepare.js';
import type { MinuteCount } from './minute-counter.js';

/** Requests of one statement. */
const MAX_BATCH = 1_000;

/** Requests that wait, each of an operation in flight. */
const MAX_QUEUE = 10_000;

/**
 * Creates the count of requests by app tokens, which all nodes share in the database: of many at once exactly as many are
 * within the limit as it allows. Concurrent counts share a statement.
 */
export function createCountTokenRequest(database: PreparedDatabase): (limit: RequestLimit) => Promise<MinuteCount> {
  const count = prepareCount(database);
  return createBatcher<RequestLimit, MinuteCount>({
    maxBatch: MAX_BATCH,
    maxQueue: MAX_QUEUE,
    run: async (requests) => {
      const groups = groupByToken(requests);
      const rows = await count({
        roots: groups.map(({ rootId }) => rootId),
        amounts: groups.map(({ places }) => places.length),
        limits: groups.map(({ requestsPerMinute }) => requestsPerMinute),
      });
      const counts: MinuteCount[] = [];
      for (const [index, { places, requestsPerMinute: limit }] of groups.entries()) {
        const row = rows[index];
        if (row === undefined) throw new Error('A count of requests has no result.');
        for (const [order, place] of places.entries()) counts[place] = countOf(row, order, limit);
      }
      return counts;
    },
  });
}

/** The requests that share a count, by their places in the batch. */
interface Group extends RequestLimit {
  readonly places: number[];
}

/** In the order of ids, so that two nodes do not deadlock. A limit that has just changed has a group of its own. */
function groupByToken(requests: readonly RequestLimit[]): readonly Group[] {
  const groups = new Map<string, Group>();
  for (const [place, { rootId, requestsPerMinute }] of requests.entries()) {
    const key = `${rootId} ${requestsPerMinute}`;
    const group = groups.get(key);
    if (group === undefined) groups.set(key, { rootId, requestsPerMinute, places: [place] });
    else group.places.push(place);
  }
  return [...groups].toSorted(([a], [b]) => (a < b ? -1 : 1)).map(([, group]) => group);
}

type Row = Awaited<ReturnType<ReturnType<typeof prepareCount>>>[number];

/** The count of one request of a group. The first ones are allowed. */
function countOf({ allowed, remaining, resetMs }: Row, order: number, limit: number): MinuteCount {
  const isExceeded = order >= allowed;
  return {
    policy: 'token',
    limit,
    remaining: isExceeded ? 0 : remaining + allowed - 1 - order,
    resetMs,
    isExceeded,
  };
}

function prepareCount(database: PreparedDatabase) {
  const counted = sql`unnest(${sql.placeholder('roots')}::uuid[], ${sql.placeholder('amounts')}::integer[],
    ${sql.placeholder('limits')}::integer[]) with ordinality as wanted(root_id, amount, max, place)
    cross join lateral count_requests(wanted.root_id, wanted.amount, wanted.max) as counted`;
  const columns = {
    allowed: sql<number>`counted.allowed`,
    remaining: sql<number>`counted.remaining`,
    resetMs: sql<number>`counted.reset_ms`,
  };
  return prepare(database, 'count_requests', database.select(columns).from(counted).orderBy(sql`wanted.place`));
}
