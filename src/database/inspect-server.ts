/**
 * Examines a server and its settings before points are kept in it: what could lose or change points is refused, what an
 * operator should know is returned.
 */
import { sql } from 'drizzle-orm';
import pg from 'pg';
import type { Config } from '../config.js';
import type { Database } from './connect.js';
import { SESSION_SETTINGS, sessionTimeouts } from './session-settings.js';
import { UnusableDatabase } from './unusable-database.js';

export interface InspectOptions extends Pick<Config['database'], 'behindPooler' | 'durability'> {
  /** How many connections this process may open. */
  readonly connections: number;
}

const OLDEST_MAJOR = 15;
const NEWEST_TESTED_MAJOR = 18;

/** What holds for a session, from the server, the database, the role and the connection. */
interface Server {
  readonly version: string;
  readonly major: number;
  readonly encoding: string;
  readonly role: string;
  readonly database: string;
  readonly isStandby: boolean;
  readonly settings: Readonly<Record<string, string | undefined>>;
  /** What is connected for replication. */
  readonly standbys: number;
  /** How many connections this role can have to this database. */
  readonly maxConnections: number;
}

/**
 * @returns what an operator should know, one sentence each.
 * @throws UnusableDatabase naming everything that has to change first.
 */
export async function inspectServer(database: Database, options: InspectOptions): Promise<readonly string[]> {
  const { faults, warnings } = await examineServer(database, options);
  if (faults.length > 0) throw new UnusableDatabase(`The database cannot be used: ${faults.join('; ')}.`);
  return warnings;
}

/** What is wrong with a server, and what is known of it besides. */
export interface Examined extends Pick<Server, 'version' | 'role' | 'standbys' | 'maxConnections'> {
  /** What has to change before points are kept in it, without full stops. */
  readonly faults: readonly string[];
  /** What an operator should know, one sentence each. */
  readonly warnings: readonly string[];
  /** Whether commits wait for standbys. */
  readonly isSynchronous: boolean;
}

export async function examineServer(database: Database, options: InspectOptions): Promise<Examined> {
  const server = await readServer(database);
  return {
    ...server,
    faults: [...versionFaults(server), ...durabilityFaults(server, options), ...sessionFaults(server)],
    warnings: [
      ...versionWarnings(server),
      ...durabilityWarnings(server, options),
      ...connectionWarnings(server, options),
      ...(options.behindPooler ? poolerWarnings(server) : []),
    ],
    isSynchronous: (server.settings['synchronous_standby_names'] ?? '') !== '',
  };
}

async function readServer(database: Database): Promise<Server> {
  const { rows } = await database.execute<Server & Record<string, unknown>>(sql`
    select current_setting('server_version') as version, current_setting('server_version_num')::int / 10000 as major,
           current_setting('server_encoding') as encoding, current_user as role,
           current_database() as database, pg_is_in_recovery() as "isStandby",
           (select jsonb_object_agg(name, setting) from pg_settings) as settings,
           (select count(*)::int from pg_stat_replication where coalesce(state, 'streaming') = 'streaming') as standbys,
           least(
             case when r.rolsuper then current_setting('max_connections')::int
               else current_setting('max_connections')::int - current_setting('superuser_reserved_connections')::int
                 - coalesce(current_setting('reserved_connections', true), '0')::int end,
             case when r.rolsuper then null else nullif(r.rolconnlimit, -1) end,
             case when r.rolsuper then null else nullif(d.datconnlimit, -1) end) as "maxConnections"
      from pg_roles r, pg_database d
     where r.rolname = current_user and d.datname = current_database()`);
  const [server] = rows;
  if (server === undefined) throw new Error('The inspection of the server returned no row.');
  return server;
}

function versionFaults({ major, version, encoding }: Server): string[] {
  return [
    major < OLDEST_MAJOR &&
      `it is PostgreSQL ${version}, and ${OLDEST_MAJOR} is the oldest that works: upgrade the server`,
    encoding !== 'UTF8' &&
      `its encoding is ${encoding}, which cannot hold every text: create the database with ENCODING 'UTF8' TEMPLATE template0`,
  ].filter((fault) => fault !== false);
}

function versionWarnings({ major, version }: Server): string[] {
  return major > NEWEST_TESTED_MAJOR
    ? [
        `The server is PostgreSQL ${version}; this version of Scrip is tested with ${OLDEST_MAJOR} to ${NEWEST_TESTED_MAJOR}.`,
      ]
    : [];
}

/** A provider may guarantee by other means what these do, such as a file system that writes whole pages. */
function providerSettings(settings: Server['settings']): string[] {
  return ['fsync', 'full_page_writes'].filter((name) => settings[name] === 'off');
}

function durabilityFaults(server: Server, { durability }: InspectOptions): string[] {
  const { settings, isStandby } = server;
  const commit = settings['synchronous_commit'] ?? '';
  const standbyNames = settings['synchronous_standby_names'] ?? '';
  const waitForCommit = `run ${alterRole(server, 'synchronous_commit', 'on')}`;
  return [
    ...(durability === 'provider' ? [] : providerSettings(settings)).map(
      (name) =>
        `${name} is off, so that a crash can lose confirmed changes: switch it on, or set DATABASE_DURABILITY=provider where the provider guarantees durability by other means`,
    ),
    commit === 'off' && `synchronous_commit is off, so that a crash can lose confirmed changes: ${waitForCommit}`,
    standbyNames !== '' &&
      /^(local|remote_write)$/.test(commit) &&
      `synchronous_commit is ${commit}, so that a failover to a synchronous standby can lose confirmed changes: ${waitForCommit}`,
    settings['zero_damaged_pages'] === 'on' &&
      'zero_damaged_pages is on, so that damaged points are read as none: switch it off',
    settings['ignore_checksum_failure'] === 'on' &&
      'ignore_checksum_failure is on, so that damaged pages are read as good: switch it off',
    isStandby && 'it is a standby, which cannot be written to: connect to the primary',
  ].filter((fault) => fault !== false);
}

function durabilityWarnings({ settings, standbys }: Server, { durability }: InspectOptions): string[] {
  const trusted = durability === 'provider' ? providerSettings(settings) : [];
  return [
    trusted.length > 0 &&
      `DATABASE_DURABILITY is provider: ${trusted.join(' and ')} off at the server, and durability is the provider's to guarantee.`,
    standbys > 0 &&
      settings['synchronous_standby_names'] === '' &&
      'Replication is asynchronous (synchronous_standby_names is empty): a failover can lose confirmed changes and revocations.',
  ].filter((warning) => warning !== false);
}

function sessionFaults(server: Server): string[] {
  const { settings } = server;
  return SESSION_SETTINGS.filter(({ name, accepts }) => accepts?.(settings[name] ?? '') === false).map(
    ({ name, value }) =>
      `${name} is ${settings[name]}, which cannot be changed through a pooler: run ${alterRole(server, name, value)}, and have the pooler reconnect`,
  );
}

/** Overrides what is set for the server, the database, the role, and the role in this database. */
function alterRole({ role, database }: Server, name: string, value: string): string {
  return `ALTER ROLE ${pg.escapeIdentifier(role)} IN DATABASE ${pg.escapeIdentifier(database)} SET ${name} = '${value}'`;
}

function connectionWarnings({ maxConnections }: Server, { connections, behindPooler }: InspectOptions): string[] {
  if (behindPooler || connections <= maxConnections) return [];
  return [
    `This process may open ${connections} connections, and the server gives this role at most ${maxConnections}: lower DATABASE_POOL, or raise max_connections or the connection limit of the role or the database.`,
  ];
}

function poolerWarnings(server: Server): string[] {
  const missing = Object.entries(sessionTimeouts()).filter(([name]) => server.settings[name] === '0');
  if (missing.length === 0) return [];
  const remedies = missing.map(([name, ms]) => alterRole(server, name, `${ms}ms`));
  return [
    `Through a pooler no timeouts can be set, and ${missing.map(([name]) => name).join(', ')} are 0 for this role, so that a locked row or a lost client holds a connection for long: run ${remedies.join('; ')}.`,
  ];
}

/**
 * Refuses a role that cannot see whether a synchronous standby is connected.
 *
 * @throws UnusableDatabase naming the right that it lacks.
 */
export async function refuseBlindRole(database: Database): Promise<void> {
  const { rows } = await database.execute<{ role: string; sees: boolean }>(
    sql`select quote_ident(current_user) as role, pg_has_role('pg_read_all_stats', 'usage') as sees`,
  );
  if (rows[0]?.sees === true) return;
  throw new UnusableDatabase(
    `REQUIRE_SYNC_STANDBY=on needs a role that sees replication: GRANT pg_read_all_stats TO ${rows[0]?.role}.`,
  );
}
