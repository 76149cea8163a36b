import pg from 'pg';
import { beforeAll, describe, expect, it } from 'vitest';
import { grantServing } from '../../src/database/grant-serving.js';
import { scrip } from '../process/program.js';
import { createDatabase, openPool, type TestDatabase } from '../support/database.js';

const ROLE = `serving ${process.pid}`;
const GROUP = `group ${process.pid}`;
const HIDDEN = `hidden ${process.pid}`;
const OWNER = `owning ${process.pid}`;
const SUPERUSER = `super ${process.pid}`;
const ALL = [ROLE, GROUP, HIDDEN, OWNER, SUPERUSER];
const id = pg.escapeIdentifier;

let database: TestDatabase;
let version: number;

beforeAll(async () => {
  database = await createDatabase();
  for (const role of ALL) await database.query(`create role ${id(role)}`);
  await database.query(`
    alter role ${id(OWNER)} login password 'of the tests'; alter role ${id(SUPERUSER)} superuser;
    drop schema public cascade; create schema public authorization ${id(OWNER)};
    grant create on database ${id(new URL(database.url).pathname.slice(1))} to ${id(OWNER)}`);
  const [row] = await database.query("select current_setting('server_version_num')::int as number");
  version = Number(row?.['number']);
  expect((await grantTo()).stderr).toContain(`TO ${id(ROLE)};`);
  return async () => {
    for (const role of ALL) await database.query(`drop owned by ${id(role)} cascade; drop role ${id(role)}`);
    await database.drop();
  };
});

const ownersUrl = () => Object.assign(new URL(database.url), { username: OWNER, password: 'of the tests' }).href;

const grantTo = () => scrip(['migrate', '--grant-to', ROLE], { env: { DATABASE_URL: ownersUrl() } });

/** What the command says while the role has been granted something, and nothing after that was revoked. */
async function sayWhile({ granted, revoked }: { granted: string; revoked: string }) {
  await database.query(granted);
  try {
    const { status, stderr } = await grantTo();
    return { status, lines: stderr.trimEnd().split('\n').slice(1) };
  } finally {
    await database.query(revoked);
  }
}

const COMPLETE = 'The role has every privilege that serving needs.';

/** A membership that only SET ROLE makes use of: an option of the membership, or before PostgreSQL 16 of the member. */
function withoutInheritance(group: string) {
  return version >= 160_000
    ? {
        granted: `grant ${group} to ${id(ROLE)} with inherit false, set true`,
        revoked: `revoke ${group} from ${id(ROLE)}`,
      }
    : {
        granted: `alter role ${id(ROLE)} noinherit; grant ${group} to ${id(ROLE)}`,
        revoked: `revoke ${group} from ${id(ROLE)}; alter role ${id(ROLE)} inherit`,
      };
}

const membership = (groups: string) =>
  `The role ${id(ROLE)} is a member of ${groups}, directly or through another role, and may use the privileges of these roles, also by SET ROLE. Revoke the memberships unless something else needs them, then run this command again.`;

describe('`scrip migrate --grant-to`, for a role that is a member of another', { timeout: 180_000 }, () => {
  it('names the other roles, also where the privileges are not inherited and where the membership is not direct', async () => {
    expect((await grantTo()).stderr.trimEnd().split('\n').slice(1)).toEqual([COMPLETE]);
    await database.query(
      `grant update, delete, trigger on entries to ${id(HIDDEN)}; grant create on schema public to ${id(HIDDEN)}`,
    );
    await database.query(`grant ${id(HIDDEN)} to ${id(GROUP)}`);
    const told = await sayWhile(withoutInheritance(id(GROUP)));
    expect(told).toEqual({ status: 0, lines: [membership(`${id(GROUP)}, ${id(HIDDEN)}`), COMPLETE] });
    const inherited = await sayWhile({
      granted: `grant ${id(HIDDEN)} to ${id(ROLE)}`,
      revoked: `revoke ${id(HIDDEN)} from ${id(ROLE)}`,
    });
    expect(inherited).toMatchObject({ status: 0 });
    expect(inherited.lines).toEqual([
      expect.stringContaining('CREATE ON SCHEMA public; UPDATE, DELETE, TRIGGER ON TABLE public.entries'),
      membership(id(HIDDEN)),
      COMPLETE,
    ]);
  });

  it('names predefined roles, but not pg_read_all_stats where REQUIRE_SYNC_STANDBY needs it', async () => {
    const predefined = ['pg_read_all_data', 'pg_read_server_files', 'pg_signal_backend', 'pg_write_all_data'];
    if (version >= 170_000) predefined.unshift('pg_maintain');
    for (const granted of predefined) {
      expect(await sayWhile(withoutInheritance(granted))).toEqual({
        status: 0,
        lines: [membership(granted), COMPLETE],
      });
    }
    const stats = withoutInheritance('pg_read_all_stats');
    expect((await sayWhile(stats)).lines).toEqual([membership('pg_read_all_stats'), COMPLETE]);
    await database.query(`grant pg_read_all_stats to ${id(ROLE)}`);
    const { database: opened, close } = openPool(ownersUrl());
    const { warnings } = await grantServing(opened, { role: ROLE, requireSyncStandby: true }).finally(close);
    await database.query(`revoke pg_read_all_stats from ${id(ROLE)}`);
    expect(warnings).toEqual([]);
  });

  it('refuses a member of the owner, of a superuser, or of a role that acts as the user of the server', async () => {
    const system = 'with which it can run programs or write files as the user of the database server';
    for (const [group, reason] of [
      [id(OWNER), 'which owns the tables, their schema or its functions'],
      [id(SUPERUSER), 'which is a superuser'],
      ['pg_execute_server_program', system],
      ['pg_write_server_files', system],
    ] as const) {
      await database.query(`grant ${group} to ${id(GROUP)}`);
      const { status, lines } = await sayWhile(withoutInheritance(id(GROUP)));
      await database.query(`revoke ${group} from ${id(GROUP)}`);
      expect(lines).toEqual([
        `scrip: The role ${id(ROLE)} is a member of ${group}, ${reason}, and can change the schema whatever it is granted. Nothing was granted: name another role.`,
      ]);
      expect(status).toBe(1);
    }
  });
});

describe('`scrip migrate --grant-to`, for a role that may set parameters of superusers', { timeout: 180_000 }, () => {
  it('names them', async () => {
    const told = await sayWhile({
      granted: `grant set on parameter session_replication_role to ${id(ROLE)}; grant set, alter system on parameter log_statement to ${id(ROLE)}`,
      revoked: `revoke set on parameter session_replication_role from ${id(ROLE)}; revoke set, alter system on parameter log_statement from ${id(ROLE)}`,
    });
    expect(told).toEqual({
      status: 0,
      lines: [
        `The role ${id(ROLE)} has more than serving needs: SET ON PARAMETER session_replication_role; SET, ALTER SYSTEM ON PARAMETER log_statement. Revoke it unless something else needs it.`,
        COMPLETE,
      ],
    });
  });

  it('names MAINTAIN on a table, which PostgreSQL has since 17, and the attributes of the role', async () => {
    const maintain = version >= 170_000 ? `grant maintain on entries to ${id(ROLE)};` : '';
    const { lines } = await sayWhile({
      granted: `${maintain} alter role ${id(ROLE)} createdb bypassrls`,
      revoked: `${maintain.replace('grant', 'revoke').replace(' to ', ' from ')} alter role ${id(ROLE)} nocreatedb nobypassrls`,
    });
    expect(lines[0]).toContain(`run ALTER ROLE ${id(ROLE)} NOCREATEDB NOBYPASSRLS unless`);
    const excess = version >= 170_000 ? [expect.stringContaining('MAINTAIN ON TABLE public.entries')] : [];
    expect(lines.slice(1)).toEqual([...excess, COMPLETE]);
  });
});
