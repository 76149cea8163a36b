import { migrate as applyWithDrizzle } from 'drizzle-orm/node-postgres/migrator';
import { beforeEach, describe, expect, it } from 'vitest';
import { AddPointsDocument } from '../operations/generated.js';
import type { TestDatabase } from '../support/database.js';
import { startServer } from '../support/server.js';
import { bringUp, createEmptyDatabase, firstRelease, journal, NOWHERE, open, ours } from './bring-up.js';

let own: TestDatabase;
beforeEach(async () => {
  own = await createEmptyDatabase();
});

/** What a node of release 0.1.0 does when it starts, but for the check of {@link firstReleaseAccepts}. */
async function startFirstRelease(url = own.url): Promise<void> {
  await applyWithDrizzle(open(url).database, { migrationsFolder: await firstRelease() });
}

/** Release 0.1.0 refuses a database whose newest entry is newer than its newest migration. */
async function firstReleaseAccepts(): Promise<boolean> {
  const [row] = await own.query('select max(created_at) as newest from drizzle.__drizzle_migrations');
  return Number(row?.['newest']) <= (ours[7]?.when ?? 0);
}

const drizzleJournal = () => own.query('select hash, created_at from drizzle.__drizzle_migrations order by id');

describe('A database of release 0.1.0', () => {
  it('is migrated further from its journal, which does not change, so that a node of that release can restart', async () => {
    await startFirstRelease();
    await own.query("insert into users (id, username, role) values (gen_random_uuid(), 'kept', 'USER')");
    const before = await drizzleJournal();
    expect(before.length).toBe(8);
    await bringUp(own.url);
    expect(await journal(own)).toEqual(ours.map(({ name }) => name));
    expect(await own.query('select username from users')).toEqual([{ username: 'kept' }]);
    expect(await drizzleJournal()).toEqual(before);
    expect(await firstReleaseAccepts()).toBe(true);
    await startFirstRelease();
    expect(await drizzleJournal()).toEqual(before);
    await bringUp(own.url, { migratesAt: NOWHERE });
  });

  it('keeps the successor of each token that is in its overlap', async () => {
    await startFirstRelease();
    const [user, old, successor] = [1, 2, 3].map((digit) => `0198c0de-0000-7000-8000-00000000000${digit}`);
    await own.query("insert into users (id, username, role) values ($1, 'bob', 'USER')", [user]);
    await own.query(
      `insert into tokens (id, name, format, secret_hash, hint, scopes, owner_id, expires_at)
       select id, 'x', 'OPAQUE', sha256(id::text::bytea), 'x', '{points:read}', $1, until
         from (values ($2::uuid, now() + interval '1 hour'), ($3, null)) as made (id, until)`,
      [user, old, successor],
    );
    await own.query(
      `insert into audit_events (id, action, token_id, detail) values ($1, 'TOKEN_ROTATED', $2, 'successor ' || $3::text)`,
      [user, old, successor],
    );
    await bringUp(own.url);
    expect(await own.query('select id, successor_id from tokens where successor_id is not null')).toEqual([
      { id: old, successor_id: successor },
    ]);
  });

  it('is migrated further where another checkout changed the line endings of its files, and so their hashes', async () => {
    await startFirstRelease();
    await own.query('update drizzle.__drizzle_migrations set hash = md5(hash)');
    await bringUp(own.url);
    expect(await journal(own)).toEqual(ours.map(({ name }) => name));
  });

  it('is migrated further where its journal also has entries of another application', async () => {
    await startFirstRelease();
    await own.query("insert into drizzle.__drizzle_migrations (hash, created_at) values ('theirs', 1900000000000)");
    const before = await drizzleJournal();
    await bringUp(own.url);
    expect(await journal(own)).toEqual(ours.map(({ name }) => name));
    expect(await drizzleJournal()).toEqual(before);
  });

  it('does not count as an installation in another schema', async () => {
    await startFirstRelease();
    await own.query('create schema mine');
    await bringUp(inSchema(own, 'mine'));
    expect(await own.query('select from mine.users')).toEqual([]);
    expect(await own.query('select count(*)::int from mine.scrip_migrations')).toEqual([{ count: ours.length }]);
  });

  it('is found where the search_path begins with another schema', async () => {
    await startFirstRelease();
    await own.query('create schema mine');
    await bringUp(inSchema(own, 'mine,public'));
    expect(await own.query("select to_regclass('mine.users') as users")).toEqual([{ users: null }]);
    expect(await own.query('select count(*)::int from public.scrip_migrations')).toEqual([{ count: ours.length }]);
  });

  it('is not migrated by a role that cannot read its journal, and the error names the remedy', async () => {
    await startFirstRelease();
    const role = await createRole(own, 'grant usage, create on schema public to ROLE');
    await expect(bringUp(role)).rejects.toThrow(/drizzle\.__drizzle_migrations.*`scrip migrate`/);
  });
});

describe('The journal of another Drizzle application', () => {
  it.each([1_500_000_000_000, 1_795_600_000_000, 1_900_000_000_000])(
    'with an entry of %d is neither used nor changed',
    async (when) => {
      await own.query('create schema drizzle');
      await own.query(
        'create table drizzle.__drizzle_migrations (id serial primary key, hash text not null, created_at bigint)',
      );
      await own.query("insert into drizzle.__drizzle_migrations (hash, created_at) values ('theirs', $1)", [when]);
      await bringUp(own.url);
      expect(await journal(own)).toEqual(ours.map(({ name }) => name));
      expect(await drizzleJournal()).toEqual([{ hash: 'theirs', created_at: String(when) }]);
    },
  );
});

function inSchema({ url }: TestDatabase, path: string): string {
  const extended = new URL(url);
  extended.searchParams.set('options', `-c search_path=${path}`);
  return extended.href;
}

/** The URL for a new role with these rights, which owns nothing and may create nothing else. */
async function createRole({ url, query }: TestDatabase, grants: string): Promise<string> {
  const role = `role_${new URL(url).pathname.slice(1)}`;
  await query(`create role ${role} login password 'a role of the tests'`);
  await query(grants.replaceAll('ROLE', role));
  const changed = new URL(url);
  changed.username = role;
  changed.password = 'a role of the tests';
  return changed.href;
}

describe('A schema of its own', () => {
  it('contains the whole installation, although public contains another one', async () => {
    await bringUp(own.url);
    const before = await objects('public');
    await own.query(`create schema "my schema"`);
    const url = inSchema(own, '"my\\ schema"');
    const server = await startServer({ DATABASE_URL: url });
    const token = await server.token(['points:add', 'users:read']);
    const { id } = token.owner;
    const { data } = await server.send(token, AddPointsDocument, { input: { user: { id }, points: 5 } });
    expect(data.change.points).toBe(5);
    await server.close();
    expect(await objects('my schema')).toEqual(before);
    expect(await own.query('select from public.users')).toEqual([]);
    expect(
      await own.query(
        "select confrelid::regclass::text as target from pg_constraint where contype = 'f' and connamespace = '\"my schema\"'::regnamespace and confrelid::regclass::text not like '\"my schema\"%'",
      ),
    ).toEqual([]);
  });

  it('needs no privilege to create other schemas', async () => {
    const role = await createRole(
      own,
      'create schema theirs authorization ROLE; alter role ROLE set search_path = theirs',
    );
    await bringUp(role);
    expect(await objects('theirs')).not.toEqual([]);
    expect(await objects('public')).toEqual([]);
  });

  it('is not replaced by public where the search_path no longer names it', async () => {
    await own.query('create schema mine');
    await bringUp(inSchema(own, 'mine'));
    await expect(bringUp(own.url)).rejects.toThrow(
      /The schema "mine" of this database has an installation.*search_path/,
    );
    expect(await objects('public')).toEqual([]);
    await bringUp(inSchema(own, 'public')); // on purpose
    expect(await objects('public')).toEqual(await objects('mine'));
  });

  it('must exist', async () => {
    await expect(bringUp(inSchema(own, 'missing'))).rejects.toThrow('The search_path names no schema that exists.');
  });
});

/** What migrations make in a schema: not the indexes of searches, and not what their extension has. */
async function objects(schema: string): Promise<unknown[]> {
  const rows = await own.query(
    `select relname as name from pg_class where relnamespace = $1::regnamespace and relname not like '%trigrams_idx'
      union all select proname from pg_proc where pronamespace = $1::regnamespace
        and not exists (select from pg_depend d where d.objid = pg_proc.oid and d.deptype = 'e') order by name`,
    [`"${schema}"`],
  );
  return rows.map(({ name }) => name);
}

describe('A role without the privilege CREATE', () => {
  const RIGHTS = `
    grant usage on schema public to ROLE;
    grant select, insert, update, delete on all tables in schema public to ROLE;
    grant execute on all functions in schema public to ROLE;
    revoke create on schema public from public`;

  it('can serve a database that its owner has migrated', async () => {
    await bringUp(own.url);
    const server = await startServer({ DATABASE_URL: await createRole(own, RIGHTS) });
    const token = await server.token(['points:add']);
    const { id } = token.owner;
    const { data } = await server.send(token, AddPointsDocument, { input: { user: { id }, points: 5 } });
    expect(data.change.points).toBe(5);
    await server.close();
  });

  it('cannot migrate, and the error says which role can', async () => {
    await bringUp(own.url, { migrations: ours.slice(0, -1) });
    await expect(bringUp(await createRole(own, RIGHTS))).rejects.toThrow(
      /Migration .* could not be applied: .*Run `scrip migrate` as the role that owns the tables\.$/,
    );
  });
});
