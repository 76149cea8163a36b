/**
 * Keeps a process from serving from any server but the newest primary that it has seen.
 *
 * Each promotion of a standby begins a timeline with a higher number. A former primary keeps its own until it is
 * stopped, and connections to it keep working: what they read is out of date, a revoked token included.
 *
 * Timelines are compared within one cluster, which its system identifier tells from all others; there the number never
 * goes down while the process runs. A database that was dumped and restored, or upgraded by pg_upgrade, lies in a new
 * cluster, whose timelines begin at 1 again. The rule for clusters: one that was never seen before replaces the current
 * one, and one that was replaced is refused for as long as the process runs. So an address that leads to both for a while
 * moves each process once, and never back to data that are out of date. An operator who returns to the old cluster, or
 * restores an older timeline of the same one, restarts the process.
 *
 * A server that does not tell its timeline, as some services that speak PostgreSQL's protocol do not, is worked with only
 * as long as no server of its cluster has told one: from then on it may be a former primary.
 *
 * What is known is kept in memory, so that a process that starts has seen nothing, and takes the first primary for the
 * newest.
 */
import type pg from 'pg';
import type { Logger } from 'pino';
import { breakConnection } from './client.js';
import { databaseFailure } from './failure.js';

/** The server responds, but must not be used. The message contains nothing confidential. */
export class UnfitServer extends Error {}

export interface Fence {
  /**
   * Examines a new connection.
   *
   * @throws UnfitServer when it leads to a standby, to a former primary or to a former cluster.
   */
  admit(client: pg.Client): Promise<void>;
}

/** @param log receives a warning when the database moves to another cluster. */
export function createFence(log?: Logger): Fence {
  const connections = new Map<pg.Client, Origin>();
  const replaced = new Set<string>();
  let newest: Origin | undefined;
  const take = (origin: Origin) => {
    if (newest !== undefined && newest.cluster !== null && newest.cluster !== origin.cluster) {
      replaced.add(newest.cluster);
      log?.warn(
        { event: 'database_cluster_changed', from: newest.cluster, to: origin.cluster },
        'the database has moved to another cluster',
      );
    }
    newest = origin;
    for (const [other, its] of connections) {
      const fault = faultOf(its, origin);
      if (fault !== undefined) breakConnection(other, fault);
    }
  };
  return {
    admit: async (client) => {
      const { isStandby, ...told } = await look(client);
      if (isStandby) throw new UnfitServer('the database server is a standby');
      const origin: Origin = { ...told, cluster: told.cluster ?? newest?.cluster ?? null };
      const isReplaced = origin.cluster !== null && replaced.has(origin.cluster);
      const isNew = newest === undefined || !(isReplaced || isSameCluster(origin, newest));
      const fault = isNew ? undefined : faultOf(origin, newest);
      if (fault !== undefined) throw new UnfitServer(fault);
      connections.set(client, origin);
      client.on('end', () => connections.delete(client));
      if (isNew || origin.timeline !== newest?.timeline || origin.cluster !== newest.cluster) take(origin);
    },
  };
}

/** Why a server of `origin` must not be used, once `newest` is known. */
function faultOf(origin: Origin, newest: Origin | undefined): string | undefined {
  if (newest === undefined) return undefined;
  if (!isSameCluster(origin, newest)) return 'the database server belongs to a former cluster';
  if (newest.timeline === null) return undefined;
  if (origin.timeline === null) return 'the database server does not tell its timeline, and may be a former primary';
  return origin.timeline < newest.timeline
    ? `the database server is a former primary (timeline ${origin.timeline}, newest ${newest.timeline})`
    : undefined;
}

function isSameCluster({ cluster }: Origin, other: Origin): boolean {
  return cluster === other.cluster || cluster === null || other.cluster === null;
}

/** Where a server's data come from, as far as it tells this role. */
interface Origin {
  /** The system identifier, made by initdb; null: not told, and taken for the current one. */
  readonly cluster: string | null;
  /** null: not told. */
  readonly timeline: number | null;
}

interface Server extends Origin {
  readonly isStandby: boolean;
}

/** A request waits for a new connection, so these queries have a short timeout. `pg` reads it from any statement. */
const LIMIT = { query_timeout: 1_000 };

/** `pg_control_checkpoint` names the timeline only after the first checkpoint that follows a promotion. */
const TIMELINE = `
  pg_is_in_recovery() as standby,
  case when not pg_is_in_recovery() then substr(pg_walfile_name(pg_current_wal_insert_lsn()), 1, 8) end as timeline`;

/** The one that returns more is first. */
const TELLING = [
  `select ${TIMELINE}, system_identifier::text as cluster from pg_control_system()`,
  `select ${TIMELINE}, null as cluster`,
  'select pg_is_in_recovery() as standby, null as timeline, system_identifier::text as cluster from pg_control_system()',
];

interface Row {
  readonly standby: boolean;
  /** In hex. */
  readonly timeline: string | null;
  readonly cluster: string | null;
}

/**
 * Services that speak PostgreSQL's protocol on a storage of their own may lack these functions (42883), not support them
 * (0A000) or not permit them (42501): the next query asks for less. Any other error tells nothing about the server, and
 * the connection is not used.
 */
const UNTOLD = /^(42883|0A000|42501)$/;

async function look(client: pg.Client): Promise<Server> {
  for (const text of TELLING) {
    try {
      return await lookBy(client, text);
    } catch (error) {
      const failure = databaseFailure(error);
      if (failure?.kind !== 'refused' || !UNTOLD.test(failure.sqlState)) throw error;
    }
  }
  return await lookBy(client, 'select pg_is_in_recovery() as standby, null as timeline, null as cluster');
}

async function lookBy(client: pg.Client, text: string): Promise<Server> {
  const { rows } = await client.query<Row>({ ...LIMIT, text });
  const { standby = false, timeline = null, cluster = null } = rows[0] ?? {};
  return { isStandby: standby, cluster, timeline: timeline === null ? null : Number.parseInt(timeline, 16) };
}
