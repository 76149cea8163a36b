import { sql } from 'drizzle-orm';
import { type Examined, examineServer, refuseBlindRole } from '../database/inspect-server.js';
import { connectionsOf } from '../database/open-database.js';
import { findReadinessFault, type ReadinessFault } from '../database/readiness.js';
import { type Finding, fault, ok, type Subject, sentence, warning } from './finding.js';

/** Examines the server for the checks below, which all need what it returns. */
export async function examine({ config, database }: Subject): Promise<Examined> {
  return await examineServer(database, { ...config.database, connections: connectionsOf(config.database) });
}

/** What a start refuses or warns of: the version, the encoding, durability, and the settings of a session. */
export function checkServer({ faults, warnings, version }: Examined): readonly Finding[] {
  const found = [...faults.map((words) => fault(sentence(words))), ...warnings.map((text) => warning(text))];
  return found.length > 0 ? found : [ok(`PostgreSQL ${version}; it keeps what it has confirmed.`)];
}

/** Whether the database can be written to, and what a failover would lose. */
export async function checkStandby(subject: Subject, { standbys, isSynchronous }: Examined): Promise<Finding> {
  const { requireSyncStandby } = subject.config.database;
  if (requireSyncStandby) await refuseBlindRole(subject.database);
  const reason = await findReadinessFault({ ...subject, requireSyncStandby });
  const remedy = reason === undefined ? undefined : REMEDIES[reason.kind];
  if (reason !== undefined && remedy !== undefined) return fault(sentence(`${reason.message}: ${remedy}`));
  if (isSynchronous && standbys === 0) {
    return warning(
      'synchronous_standby_names is set and no standby is seen: a change waits until one is connected. GRANT pg_read_all_stats to the role if it should see them.',
    );
  }
  if (standbys === 0) return ok('The primary, and no standby is seen: a failover is not possible.');
  return ok(
    `The primary; ${standbys} standbys are connected, ${isSynchronous ? 'and commits wait for them' : 'and commits do not wait for them'}.`,
  );
}

/** What to do where the database cannot be written to; undefined: another check finds it. */
const REMEDIES: Readonly<Record<ReadinessFault['kind'], string | undefined>> = {
  STANDBY: 'connect to the primary',
  READ_ONLY:
    'set default_transaction_read_only to off for the server, the database and the role, and look why it is on',
  NO_SYNC_STANDBY: 'REQUIRE_SYNC_STANDBY is on, so connect a standby, and name it in synchronous_standby_names',
  UNREACHABLE: 'run this again, and look at the log of the database server',
  UNPRIVILEGED: undefined, // checkPrivileges
  NOT_MIGRATED: undefined, // checkMigrations
};

/** Whether as many nodes as run, and one more during an upgrade, get their connections. */
export async function checkConnections(subject: Subject, { maxConnections, role }: Examined): Promise<Finding> {
  const perNode = connectionsOf(subject.config.database);
  const { rows } = await subject.database.execute<{ used: number }>(
    sql`select count(*)::int as used from pg_stat_activity where usename = current_user and pid <> pg_backend_pid()`,
  );
  const told = `A node opens up to ${perNode} connections; the server gives the role ${role} at most ${maxConnections}, of which ${rows[0]?.used ?? 0} are in use`;
  if (subject.config.database.behindPooler) return ok(`${told}. Behind a pooler its own limits count.`);
  const nodes = Math.floor(maxConnections / perNode);
  if (nodes >= 2) return ok(`${told}: room for ${nodes} nodes.`);
  return warning(
    `${told}: no room for a second node, such as during an upgrade. Lower DATABASE_POOL, or raise max_connections or the connection limit of the role or the database.`,
  );
}
