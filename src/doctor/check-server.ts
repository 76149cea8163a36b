import { sql } from 'drizzle-orm';
import { type Examined, examineServer, refuseBlindRole } from '../database/inspect-server.js';
import { connectionsOf } from '../database/open-database.js';
import { findReadinessFault } from '../database/readiness.js';
import { type Finding, fault, ok, type Subject, sentence, warning } from './finding.js';

/** What a start refuses or warns of: the version, the encoding, durability, and the settings of a session. */
export async function checkServer(subject: Subject): Promise<readonly Finding[]> {
  const { faults, warnings, version } = await examine(subject);
  const found = [...faults.map((words) => fault(sentence(words))), ...warnings.map((text) => warning(text))];
  return found.length > 0 ? found : [ok(`PostgreSQL ${version}; it keeps what it has confirmed.`)];
}

/** Whether the database can be written to, and what a failover would lose. */
export async function checkStandby(subject: Subject): Promise<Finding> {
  const { requireSyncStandby } = subject.config.database;
  if (requireSyncStandby) await refuseBlindRole(subject.database);
  const { standbys, isSynchronous } = await examine(subject);
  const reason = await findReadinessFault({ ...subject, requireSyncStandby });
  if (reason === 'no synchronous standby is connected') {
    return fault(
      'REQUIRE_SYNC_STANDBY is on and no synchronous standby is connected: connect one, and name it in synchronous_standby_names.',
    );
  }
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

/** Whether as many nodes as run, and one more during an upgrade, get their connections. */
export async function checkConnections(subject: Subject): Promise<Finding> {
  const { maxConnections, role } = await examine(subject);
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

async function examine({ config, database }: Subject): Promise<Examined> {
  return await examineServer(database, { ...config.database, connections: connectionsOf(config.database) });
}
