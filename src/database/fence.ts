/**
 * Keeps a process from serving from any server but the newest primary that it has seen.
 *
 * Each promotion of a standby begins a timeline with a higher number. A former primary keeps its own until it is
 * stopped, and connections to it keep working: what they read is out of date, a revoked token included.
 *
 * The number never goes down while the process runs: an operator who restores an older timeline, or points the address at
 * another cluster, restarts the process. What is known is kept in memory, so that a process that starts has seen nothing,
 * and takes the first primary for the newest.
 */
import type pg from 'pg';
import { databaseFailure } from './failure.js';
import { breakConnection } from './pool.js';

/** The server answers, but is not one to work with. The message may be shown to anyone. */
export class UnfitServer extends Error {}

export interface Fence {
  /**
   * Examines a new connection.
   *
   * @throws UnfitServer when it leads to a standby or to a former primary.
   */
  admit(client: pg.Client): Promise<void>;
}

export function createFence(): Fence {
  const connections = new Map<pg.Client, number>();
  let newest = 0;
  return {
    admit: async (client) => {
      const { isStandby, timeline } = await look(client);
      if (isStandby) throw new UnfitServer('the database server is a standby');
      if (timeline === undefined) return;
      if (timeline < newest) throw new UnfitServer(formerPrimary(timeline, newest));
      connections.set(client, timeline);
      client.on('end', () => connections.delete(client));
      if (timeline === newest) return;
      newest = timeline;
      for (const [other, its] of connections) if (its < newest) breakConnection(other, formerPrimary(its, newest));
    },
  };
}

function formerPrimary(timeline: number, newest: number): string {
  return `the database server is a former primary (timeline ${timeline}, newest ${newest})`;
}

interface Server {
  readonly isStandby: boolean;
  /** Undefined where the server does not tell an ordinary role. */
  readonly timeline: number | undefined;
}

/** A new connection is waited for by a request, so that its answer may take no longer; `pg` reads this of any statement. */
const LIMIT = { query_timeout: 1_000 };

/** `pg_control_checkpoint` names the timeline only after the first checkpoint that follows a promotion. */
const LOOK = {
  ...LIMIT,
  text: `
    select pg_is_in_recovery() as standby,
           case when not pg_is_in_recovery()
             then substr(pg_walfile_name(pg_current_wal_insert_lsn()), 1, 8) end as timeline`,
};

const LOOK_WITHOUT_TIMELINE = { ...LIMIT, text: 'select pg_is_in_recovery() as standby' };

/**
 * Services that speak PostgreSQL's protocol on a storage of their own may lack these functions (42883), not support them
 * (0A000) or not permit them (42501): there are no timelines there. Any other error says nothing of the server, and the
 * connection is not used.
 */
const WITHOUT_TIMELINES = /^(42883|0A000|42501)$/;

async function look(client: pg.Client): Promise<Server> {
  try {
    const { rows } = await client.query<{ standby: boolean; timeline: string | null }>(LOOK);
    const { standby = false, timeline = null } = rows[0] ?? {};
    return { isStandby: standby, timeline: timeline === null ? undefined : Number.parseInt(timeline, 16) };
  } catch (error) {
    const failure = databaseFailure(error);
    if (failure?.kind !== 'refused' || !WITHOUT_TIMELINES.test(failure.sqlState)) throw error;
    const { rows } = await client.query<{ standby: boolean }>(LOOK_WITHOUT_TIMELINE);
    return { isStandby: rows[0]?.standby === true, timeline: undefined };
  }
}
