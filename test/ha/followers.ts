/** Follows points by subscription, and compares what came with the ledger. */

import { setTimeout as delay } from 'node:timers/promises';
import { createClient } from 'graphql-ws';
import WebSocket from 'ws';
import type { FaultyDatabase } from '../faults/database.js';

interface Entry {
  readonly userId: string;
  readonly sequence: number;
  readonly balanceAfter: number;
}

export interface Follower {
  /** How often the connection was lost. */
  readonly breaks: number;
  /** Waits for what is missing, ends the subscription, and compares. */
  finish(database: FaultyDatabase): Promise<string[]>;
}

interface FollowOptions {
  readonly url: string;
  readonly secret: string;
  /** Entries of other users are left out. */
  readonly userIds: readonly string[];
}

const FIELDS = '{ user { id } sequence balanceAfter }';
const OF_USER = `subscription ($user: UserBy, $after: Int) { pointsChanged(user: $user, after: $after) ${FIELDS} }`;
const OF_ALL = `subscription { pointsChanged ${FIELDS} }`;

/** How long an entry may take to arrive once the service is back. */
const ARRIVAL_MS = 15_000;

/** Follows one user from the first entry, and after a break from the last one that came. */
export function followUser(userId: string, options: FollowOptions): Follower {
  return follow(options, [userId], (received) => ({
    query: OF_USER,
    variables: { user: { id: userId }, after: received.at(-1)?.sequence ?? 0 },
  }));
}

/** Follows all users. What is written during a break of the connection does not come. */
export function followAll(options: FollowOptions): Follower {
  return follow(options, options.userIds, () => ({ query: OF_ALL }));
}

function follow(
  { url, secret }: FollowOptions,
  userIds: readonly string[],
  subscription: (received: readonly Entry[]) => { query: string; variables?: Record<string, unknown> },
): Follower {
  const ofRun = new Set(userIds);
  const received: Entry[] = [];
  const problems: string[] = [];
  let breaks = 0;
  let isFinished = false;
  let dispose = () => {};
  const keepFollowing = async () => {
    while (!isFinished) {
      const client = createClient({
        url: `${url.replace(/^http/, 'ws')}/graphql`,
        webSocketImpl: WebSocket,
        connectionParams: { authorization: `Bearer ${secret}` },
        retryAttempts: 0,
      });
      dispose = () => void client.dispose();
      try {
        for await (const { data, errors } of client.iterate(subscription(received))) {
          if (errors !== undefined) problems.push(`L2: a subscription got ${errors[0]?.message}`);
          const entry = data?.['pointsChanged'] as { user: { id: string }; sequence: number; balanceAfter: number };
          if (ofRun.has(entry.user.id)) received.push({ ...entry, userId: entry.user.id });
        }
      } catch {
        // The connection is lost.
      }
      dispose();
      if (!isFinished) breaks++;
      await delay(200);
    }
  };
  const following = keepFollowing();
  return {
    get breaks() {
      return breaks;
    },
    finish: async (database) => {
      const rows = (await database.query(
        `select user_id as "userId", sequence, balance_after::float8 as "balanceAfter"
           from entries where user_id = any ($1) order by user_id, sequence`,
        [userIds],
      )) as unknown as Entry[]; // as the statement names them
      const name = `${userIds.length === 1 ? 'the subscription to a user' : 'the subscription to all users'} at ${url}`;
      for (let waited = 0; received.length < rows.length && waited < ARRIVAL_MS; waited += 100) await delay(100);
      isFinished = true;
      dispose();
      await following;
      const isWholeFeed = userIds.length === 1 || breaks === 0;
      return [...problems, ...compare(name, received, rows, isWholeFeed)];
    },
  };
}

/** @param isWhole whether every entry of the ledger must have come. */
function compare(name: string, received: readonly Entry[], rows: readonly Entry[], isWhole: boolean): string[] {
  const ledger = new Map(rows.map((row) => [`${row.userId} ${row.sequence}`, row]));
  const last = new Map<string, number>();
  const found: string[] = [];
  for (const { userId, sequence, balanceAfter } of received) {
    const before = last.get(userId);
    if (before !== undefined && sequence <= before)
      found.push(`L2: ${name} got entry ${sequence} of ${userId} after ${before}`);
    if (isWhole && sequence !== (before ?? 0) + 1)
      found.push(`L2: ${name} got no entry between ${before ?? 0} and ${sequence} of ${userId}`);
    last.set(userId, sequence);
    if (ledger.get(`${userId} ${sequence}`)?.balanceAfter !== balanceAfter)
      found.push(`L2: ${name} got entry ${sequence} of ${userId}, which the ledger has not`);
  }
  if (isWhole && received.length < rows.length)
    found.push(`L2: ${name} got ${received.length} of ${rows.length} entries`);
  return found;
}
