import { setTimeout as delay } from 'node:timers/promises';
import type { FaultyDatabase } from './database.js';
import type { Stage } from './stage.js';

/** What a fault can be injected into. */
export interface Target extends Omit<Stage, 'secret'> {
  /** Of this run: those whose points are added and spent, the first one hot, then those whose points are moved and held. */
  readonly userIds: readonly string[];
}

/** Something that goes wrong, again and again. */
export interface Fault {
  readonly name: string;
  /** Injects it, and repairs what does not recover by itself. Returns how often it was injected. */
  readonly inject: (target: Target) => Promise<number>;
  /** Until it is injected again. */
  readonly pauseMs: number;
  /** Of the users of the run, those whom it does not concern: their changes are served within 2 s; undefined: none need be. */
  readonly spares?: (userIds: readonly string[]) => readonly string[];
}

/**
 * What a program does that knows nothing of the rules: it locks an account, takes its time, and then writes the last
 * addition to it once more, key and all. The database itself has to refuse that; and what meets before that lock, on
 * the way to more accounts, must not end up waiting for one another.
 */
export const FORGERY: Fault = {
  name: 'another session holds an account for 0.1 s, and writes an entry again past the function',
  inject: async ({ database, userIds }) => {
    const userId = oneOf(userIds);
    await database.session(async (client) => {
      await client.query('begin');
      await client.query('select 1 from balances where user_id = $1 for no key update', [userId]);
      await delay(100);
      await client.query(WRITE_AGAIN, [userId]).catch((error: { code?: string }) => {
        if (error.code !== UNIQUE_VIOLATION) throw error; // else it would forge nothing
      });
      await client.query('commit');
    });
    return 1;
  },
  pauseMs: 50,
};

const UNIQUE_VIOLATION = '23505';

const WRITE_AGAIN = `
  select write_entries(array[row(e.user_id, b.sequence + 1, e.kind, e.delta, b.points + e.delta, e.reason, e.reverses,
           e.owner_id, e.token_id, e.idempotency_key, clock_timestamp(), e.effective_at, e.reference, e.metadata,
           e.hold, e.counterpart_user_id, e.counterpart_sequence)::entries])
    from balances b,
         (select * from entries where user_id = $1 and kind = 'ADD' order by sequence desc limit 1) e
   where b.user_id = $1`;

export const FAULTS: readonly Fault[] = [
  { name: 'none', inject: async () => 0, pauseMs: 100 },
  FORGERY,
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
    name: 'a node is stopped for 2 s (SIGSTOP)',
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
            where application_name = 'scrip' and state = 'active' and query ~ 'change_points|apply_changes' limit 1`,
        )
      ).length,
    pauseMs: 50,
  },
  {
    name: 'sessions of the database are ended in any state, those in a transaction first',
    inject: async ({ database }) =>
      (
        await database.query(
          `select pg_terminate_backend(pid) from pg_stat_activity
            where application_name like 'scrip%' and pid <> pg_backend_pid()
            order by xact_start is null, random() limit 2`,
        )
      ).length,
    pauseMs: 50,
  },
  {
    name: 'restart of the database',
    inject: async ({ database, nodes }) => {
      await database.restart();
      for (const { wire } of nodes) wire.leadTo(database.url);
      return 1;
    },
    pauseMs: 1_500,
  },
  {
    name: 'the database is stopped for 11 s (SIGSTOP), longer than the statement timeout',
    inject: async ({ database }) => {
      await database.freeze(async () => await delay(11_000));
      return 1;
    },
    pauseMs: 1_000,
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
    name: 'the connection breaks between commit and response',
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
    name: 'another session locks more accounts for 3 s than a node has connections',
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
    spares: (userIds) => userIds.filter((_, nth) => nth % 2 !== 0),
  },
];

/** Every second user, the hot one among them: so there are locked ones and others of each sort. */
function lockable(userIds: readonly string[]): readonly string[] {
  return userIds.filter((_, nth) => nth % 2 === 0);
}

function oneOf<Item>(items: readonly Item[]): Item {
  const item = items[Math.floor(Math.random() * items.length)];
  if (item === undefined) throw new Error('There is nothing to choose from.');
  return item;
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
