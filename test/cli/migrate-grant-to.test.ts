import pg from 'pg';
import { beforeAll, describe, expect, it, vi } from 'vitest';
import { grantServing } from '../../src/database/grant-serving.js';
import { MIGRATION_LOCK } from '../../src/database/migration-lock.js';
import { UnusableDatabase } from '../../src/database/unusable-database.js';
import { ROOT_FIELDS } from '../auth/root-fields.js';
import { scrip } from '../process/program.js';
import { createDatabase, openPool, type TestDatabase } from '../support/database.js';
import { startServer } from '../support/server.js';

/** A legal name that has to be quoted. */
const ROLE = `Server; drop "x" ${process.pid}`;
const OWNER = `owner ${process.pid}`;
const id = pg.escapeIdentifier;

let database: TestDatabase;
let clients: pg.Client[] = [];
/** Connects as a role. */
const urlOf = (role: string) => Object.assign(new URL(database.url), { username: role, password: 'of the tests' }).href;

beforeAll(async () => {
  database = await createDatabase();
  for (const role of [ROLE, OWNER]) await database.query(`create role ${id(role)} login password 'of the tests'`);
  const name = id(new URL(database.url).pathname.slice(1));
  await database.query(`
    drop schema public cascade; create schema public authorization ${id(OWNER)};
    revoke create, temporary on database ${name} from public; grant create on database ${name} to ${id(OWNER)}`);
  return async () => {
    await Promise.all(clients.map((client) => client.end()));
    clients = [];
    for (const role of [ROLE, OWNER]) await database.query(`drop owned by ${id(role)} cascade; drop role ${id(role)}`);
    await database.drop();
  };
});

const grantTo = (role: string, as = urlOf(OWNER), env = {}) =>
  scrip(['migrate', '--grant-to', role], { env: { DATABASE_URL: as, ...env } });

async function connectAs(role: string): Promise<pg.Client> {
  const client = new pg.Client({ connectionString: urlOf(role) });
  await client.connect();
  clients.push(client);
  return client;
}

/** Every privilege of a role, as PostgreSQL lists them. */
const privilegesOf = (role: string) =>
  database.query(
    `select table_name as name, privilege_type as privilege from information_schema.role_table_grants where grantee = $1
      union all select 'schema ' || n.nspname, a.privilege_type from pg_namespace n, aclexplode(n.nspacl) a
        where a.grantee = (select oid from pg_roles where rolname = $1) order by 1, 2`,
    [role],
  );

describe('The role that `scrip migrate --grant-to` was run for', { timeout: 180_000 }, () => {
  it('serves every root field, and can neither change the schema nor rewrite what is append-only', async () => {
    const { status, stderr } = await grantTo(ROLE);
    expect({ status, stderr }).toMatchObject({ status: 0, stderr: expect.stringContaining(`TO ${id(ROLE)};`) });
    const server = await startServer({ DATABASE_URL: urlOf(ROLE) });
    for (const { send, kind } of ROOT_FIELDS) {
      const owner = await server.user({ role: 'ADMIN' });
      const callers = kind === 'USER' ? [] : [await server.everything()];
      if (kind !== 'APP') callers.push({ ...(await server.session(owner)), id: '', owner });
      for (const caller of callers) await send(server, caller, owner);
    }
    await server.close();
    expect(server.log.filter((line) => /42501|permission denied|INTERNAL/.test(line))).toEqual([]);

    const client = await connectAs(ROLE);
    expect((await client.query('select from entries')).rowCount).toBeGreaterThan(0);
    for (const statement of [
      'update entries set delta = delta',
      'delete from entries',
      'truncate entries',
      'update refusals set code = code',
      'delete from refusals',
      'truncate refusals',
      'update audit_events set action = action',
      'delete from audit_events',
      'truncate audit_events',
      'alter table entries disable trigger all',
      'alter table entries drop column reason',
      'drop table entries',
      'create table more ()',
      'create temporary table more ()',
      "create or replace function bracket_of(points bigint) returns integer language sql immutable as 'select 1'",
      `create function more() returns integer language sql as 'select 1'`,
      'drop function bracket_of',
      'create schema more',
      "set session_replication_role = 'replica'",
      "insert into scrip_migrations (name, oldest_code) values ('more', '9.9.9')",
    ]) {
      await expect(client.query(statement), statement).rejects.toMatchObject({ code: '42501' });
    }
    const triggers = await database.query(
      "select tgname, tgrelid::regclass::text from pg_trigger where tgfoid = 'refuse_change'::regproc",
    );
    expect(triggers.length).toBeGreaterThan(2);
    for (const { tgname, tgrelid } of triggers) {
      const drop = client.query(`drop trigger ${id(String(tgname))} on ${tgrelid}`);
      await expect(drop).rejects.toMatchObject({ code: '42501' });
    }
  });

  it('keeps what others granted, and is granted what later migrations add by the next run alone', async () => {
    await grantTo(ROLE);
    const before = await privilegesOf(ROLE);
    await database.query(`grant delete on entries to ${id(ROLE)}`);
    const again = await grantTo(ROLE);
    expect(again).toMatchObject({ status: 0, stderr: expect.stringContaining('DELETE ON TABLE public.entries') });
    expect(again.stderr).toContain('The role has every privilege that serving needs.');
    await database.query(`revoke select, delete on entries from ${id(ROLE)}`);
    const started = await scrip(['token', 'list'], { env: { DATABASE_URL: urlOf(ROLE) } });
    expect(started).toMatchObject({
      status: 1,
      stderr: expect.stringMatching(/`scrip migrate --grant-to ROLE`, or GRANT SELECT ON TABLE public\.entries TO …/),
    });
    expect(await grantTo(ROLE)).toMatchObject({
      status: 0,
      stderr: `The database is up to date.\nGRANT SELECT ON TABLE public.entries TO ${id(ROLE)};\n`,
    });
    expect(await privilegesOf(ROLE)).toEqual(before);
  });
});

describe('`scrip migrate --grant-to`', { timeout: 180_000 }, () => {
  it('refuses a role that does not exist, is the owner or its member, or is a superuser', async () => {
    const before = await privilegesOf(ROLE);
    const superuser = new URL(database.url).username;
    const refused = async (role: string) => {
      const { status, stderr } = await grantTo(role);
      expect(status).toBe(1);
      return stderr.split('\n')[1];
    };
    expect(await refused(`no "one" ${process.pid}`)).toContain(`There is no role "no ""one"" ${process.pid}".`);
    for (const role of ['public', 'current_user', '', 'x'.repeat(80)]) {
      expect(await refused(role)).toContain('There is no role');
    }
    expect(await refused(OWNER)).toContain('owns the tables');
    expect(await refused(superuser)).toContain('is a superuser');
    await database.query(`grant ${id(OWNER)} to ${id(ROLE)} `);
    expect(await refused(ROLE)).toContain(`is a member of ${id(OWNER)}`);
    await database.query(`revoke ${id(OWNER)} from ${id(ROLE)}`);
    expect(await privilegesOf(ROLE)).toEqual(before);
  });

  it('warns of CREATEROLE, REPLICATION and CREATE on the database, or refuses CREATEROLE where it takes every role', async () => {
    await grantTo(ROLE);
    const name = id(new URL(database.url).pathname.slice(1));
    const [version] = await database.query("select current_setting('server_version_num')::int as number");
    await database.query(`alter role ${id(ROLE)} createrole`);
    const creator = await grantTo(ROLE);
    if (Number(version?.['number']) < 160_000) {
      expect(creator).toMatchObject({ status: 1, stderr: expect.stringContaining('has CREATEROLE, with which') });
    } else {
      expect(creator).toMatchObject({ status: 0, stderr: expect.stringContaining('NOCREATEROLE') });
    }
    await database.query(`alter role ${id(ROLE)} nocreaterole replication`);
    await database.query(`grant create on database ${name} to ${id(ROLE)}`);
    const { status, stderr } = await grantTo(ROLE);
    await database.query(`alter role ${id(ROLE)} noreplication`);
    await database.query(`revoke create on database ${name} from ${id(ROLE)}`);
    expect({ status, stderr }).toMatchObject({ status: 0, stderr: expect.stringContaining(' NOREPLICATION ') });
    expect(stderr).toContain('CREATE ON DATABASE');
  });

  it('grants CONNECT on the database where it was taken from everyone', async () => {
    await grantTo(ROLE);
    const name = id(new URL(database.url).pathname.slice(1));
    await database.query(`revoke connect on database ${name} from public`);
    const owned = await grantTo(ROLE, database.url);
    await database.query(`grant connect on database ${name} to public`);
    expect(owned).toMatchObject({ status: 0, stderr: expect.stringContaining(`GRANT CONNECT ON DATABASE`) });
  });

  it('waits for another node that migrates, and ends after its limit without a grant', async () => {
    const { database: opened, close } = openPool(urlOf(OWNER));
    const other = await connectAs(OWNER);
    await other.query('select pg_advisory_lock($1)', [MIGRATION_LOCK]);
    const onWait = vi.fn();
    const options = { role: ROLE, requireSyncStandby: false, waitMs: 600, onWait };
    await expect(grantServing(opened, options)).rejects.toThrow(
      'Another node has been migrating the database for 0.6 s, and nothing was granted',
    );
    expect(onWait).toHaveBeenCalledTimes(1);
    await other.query('select pg_advisory_unlock($1)', [MIGRATION_LOCK]);
    expect(await grantServing(opened, options)).toMatchObject({ warnings: [] });
    await close();
  });

  it('tells a GRANT that the role may not make from one that fails otherwise, and keeps the cause', async () => {
    await grantTo(ROLE);
    await database.query(`revoke all on entries from ${id(ROLE)}`);
    const grantAs = async (role: string) => {
      const { database: opened, close } = openPool(urlOf(role));
      return await grantServing(opened, { role: ROLE, requireSyncStandby: false }).finally(close);
    };
    await expect(grantAs(ROLE)).rejects.toMatchObject({
      message: expect.stringContaining('may not run GRANT'),
      cause: { code: '42501' },
    });
    await database.query(`
      create schema of_test;
      create function of_test.refuse() returns event_trigger language plpgsql
        as $$ begin raise exception 'grants are under review'; end $$;
      create event trigger refuse_grants on ddl_command_start when tag in ('GRANT') execute function of_test.refuse()`);
    const failed = await grantAs(OWNER).catch((error: Error) => error);
    await database.query('drop event trigger refuse_grants; drop schema of_test cascade');
    expect(failed).toMatchObject({ cause: { message: 'grants are under review' } });
    expect(failed).not.toBeInstanceOf(UnusableDatabase);
    expect(await grantAs(OWNER)).toMatchObject({ grants: [expect.stringContaining('SELECT')] });
  });

  it('grants nothing as a role that may grant only a part of it', async () => {
    await grantTo(ROLE);
    await database.query(`create role ${id(`${ROLE} 2`)}`);
    const { status, stderr } = await grantTo(`${ROLE} 2`, urlOf(ROLE));
    expect({ status, stderr }).toMatchObject({ status: 1, stderr: expect.stringContaining('may not run GRANT') });
    await database.query(`grant usage on schema public to ${id(ROLE)} with grant option`);
    await database.query(`grant select on audit_events to ${id(ROLE)} with grant option`);
    expect(await grantTo(`${ROLE} 2`, urlOf(ROLE))).toMatchObject({ status: 1 });
    expect(await privilegesOf(`${ROLE} 2`)).toEqual([]);
    await database.query(`drop role ${id(`${ROLE} 2`)}`);
  });

  it('says which right REQUIRE_SYNC_STANDBY needs beside it, and does not grant that', async () => {
    await grantTo(ROLE);
    const { database: opened, close } = openPool(urlOf(OWNER));
    const { grants, warnings } = await grantServing(opened, { role: ROLE, requireSyncStandby: true });
    await close();
    expect(grants).toEqual([]);
    expect(warnings).toEqual([expect.stringContaining(`GRANT pg_read_all_stats TO ${id(ROLE)}.`)]);
    const { rows } = await (await connectAs(ROLE)).query("select pg_has_role('pg_read_all_stats', 'member') as has");
    expect(rows).toEqual([{ has: false }]);
  });
});
