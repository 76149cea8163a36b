import { setTimeout as delay } from 'node:timers/promises';
import type { FaultyDatabase } from './database.js';
import type { Node } from './nodes.js';

/** What a fault can be done to. */
export interface Stage {
  readonly database: FaultyDatabase;
  readonly nodes: readonly Node[];
  /** Of this run; the first one is hot. */
  readonly userIds: readonly string[];
}

/** Something that goes wrong, again and again. */
export interface Fault {
  readonly name: string;
  /** Does it, and mends what does not mend itself. Answers how often it was done. */
  readonly inject: (stage: Stage) => Promise<number>;
  /** Until it is done again. */
  readonly pauseMs: number;
  /** Whose operations are served within 2 s nevertheless; undefined: nobody's need be. */
  readonly spares?: (userIds: readonly string[]) => readonly string[];
}

export const FAULTS: readonly Fault[] = [
  { name: 'none', inject: async () => 0, pauseMs: 100 },
  {
    name: 'kill -9 of a node',
    inject: async ({ nodes }) => {
      const node = oneOf(nodes);
      node.signal('SIGKILL');
      await node.untilReady();
      return 1;
    },
    pauseMs: 500,
  },
  {
    name: 'a node stands still for 2 s',
    inject: async ({ nodes }) => {
      const node = oneOf(nodes);
      node.signal('SIGSTOP');
      await delay(2_000);
      node.signal('SIGCONT');
      return 1;
    },
    pauseMs: 300,
  },
  {
    name: 'a session of the database is ended',
    inject: async ({ database }) =>
      (
        await database.query(
          `select pg_terminate_backend(pid) from pg_stat_activity
            where application_name = 'scrip' and state = 'active' and query like '%apply_points%' limit 1`,
        )
      ).length,
    pauseMs: 50,
  },
  {
    name: 'kill -9 of a backend (all sessions end, PostgreSQL recovers)',
    inject: async ({ database }) => {
      const isKilled = await database.killBackend();
      await untilAnswers(database);
      return isKilled ? 1 : 0;
    },
    pauseMs: 1_000,
  },
  {
    name: 'kill -9 of the postmaster',
    inject: async ({ database, nodes }) => {
      await database.killPostmaster();
      for (const { wire } of nodes) wire.leadTo(database.url);
      return 1;
    },
    pauseMs: 1_500,
  },
  {
    name: 'the connection breaks between commit and answer',
    inject: async ({ nodes }) => {
      const { wire } = oneOf(nodes);
      const before = wire.swallowed;
      wire.swallowNextAnswer();
      for (let waits = 0; wire.swallowed === before && waits < 50; waits++) await delay(20);
      return wire.swallowed - before;
    },
    pauseMs: 200,
  },
  {
    name: 'the database is away for 2 s',
    inject: async ({ nodes }) => {
      for (const { wire } of nodes) wire.cut();
      await delay(2_000);
      for (const { wire } of nodes) wire.mend();
      return 1;
    },
    pauseMs: 1_500,
  },
  {
    name: 'somebody locks more accounts for 3 s than a node has connections',
    inject: async ({ database, userIds }) => {
      await database.session(async (client) => {
        await client.query('begin');
        await client.query('select 1 from balances where user_id = any($1) order by user_id for update', [
          lockable(userIds),
        ]);
        await delay(3_000);
        await client.query('commit');
      });
      return 1;
    },
    pauseMs: 500,
    spares: (userIds) => userIds.slice(lockable(userIds).length),
  },
];

/** Half of the users, the hot one among them. */
function lockable(userIds: readonly string[]): readonly string[] {
  return userIds.slice(0, Math.floor(userIds.length / 2));
}

function oneOf(nodes: readonly Node[]): Node {
  const node = nodes[Math.floor(Math.random() * nodes.length)];
  if (node === undefined) throw new Error('There are no nodes.');
  return node;
}

async function untilAnswers(database: FaultyDatabase): Promise<void> {
  for (let isAway = true; isAway; ) {
    await delay(100);
    isAway = await database.query('select 1').then(
      () => false,
      () => true,
    );
  }
}
