import { pino } from 'pino';
import { beforeEach, describe, expect, it, onTestFinished } from 'vitest';
import { parseConfig } from '../../src/config.js';
import { openForCommand } from '../../src/database/open-database.js';
import { TokensDocument, UsersDocument } from '../operations/generated.js';
import { scrip } from '../process/program.js';
import type { TestDatabase } from '../support/database.js';
import { startServer, type TestServer } from '../support/server.js';
import { createEmptyDatabase } from './bring-up.js';

const INDEXES = ['tokens_name_trigrams_idx', 'users_username_trigrams_idx'];

let own: TestDatabase;
beforeEach(async () => {
  own = await createEmptyDatabase();
});

/** The indexes of searches that can be used. */
async function built(): Promise<unknown[]> {
  const rows = await own.query(
    `select c.relname as name from pg_index i join pg_class c on c.oid = i.indexrelid
      where i.indisvalid and c.relname = any ($1) order by name`,
    [INDEXES],
  );
  return rows.map(({ name }) => name);
}

/** A role that owns the schema of its tables, and may create nothing in the database. */
async function createOwner(): Promise<string> {
  const role = `owner_${new URL(own.url).pathname.slice(1)}`;
  await own.query(`create role ${role} login password 'of the tests' noinherit; create schema theirs authorization ${role};
    alter role ${role} set search_path = theirs`);
  return Object.assign(new URL(own.url), { username: role, password: 'of the tests' }).href;
}

/** Starts a server; `warning` is what it says of searches. It closes when the test ends. */
async function start(url: string): Promise<{ server: TestServer; warning: string | undefined }> {
  const server = await startServer({ DATABASE_URL: url });
  onTestFinished(() => server.close());
  const lines = server.log.map((line) => JSON.parse(line));
  return { server, warning: lines.find(({ event }) => event === 'search_not_indexed')?.msg };
}

/** Brings the database to this version, as a start does. Returns the events that it logs. */
async function bringUp(url: string): Promise<string[]> {
  const events: string[] = [];
  const log = pino({ level: 'info' }, { write: (line: string) => void events.push(JSON.parse(line).event) });
  const { database } = parseConfig({ DATABASE_URL: url, JWT_SECRET: 'known to the tests, and to no one else' });
  const { close } = await openForCommand(database, log, { migrations: 'apply' });
  await close();
  return events;
}

/** Searches for the name of a new user. */
async function expectSearchToFind(server: TestServer, username: string): Promise<void> {
  const token = await server.token(['users:read', 'tokens:read'], await server.user({ username }));
  const search = username.slice(2, 5).toUpperCase();
  expect((await server.send(token, UsersDocument, { search })).data.users.nodes).toEqual([{ username }]);
  expect((await server.send(token, TokensDocument, { search })).data.tokens.totalCount).toBe(1);
}

describe('The indexes of searches', () => {
  it('are built by the first start', async () => {
    const { warning } = await start(own.url);
    expect(warning).toBeUndefined();
    expect(await built()).toEqual(INDEXES);
  });

  it('are built by a later start, or by scrip migrate, where an administrator has made the extension', async () => {
    const url = await createOwner();
    const { server, warning } = await start(url);
    expect(warning).toMatch(
      /^searches read every name.*: run CREATE EXTENSION pg_trgm in the database test_\w+ as its owner, then run `scrip migrate`$/,
    );
    await expectSearchToFind(server, 'Johanna');
    expect(await built()).toEqual([]);
    const unable = await scrip(['migrate'], { env: { DATABASE_URL: url } });
    expect(unable).toMatchObject({ status: 0, stderr: expect.stringContaining('CREATE EXTENSION pg_trgm') });

    await own.query('create extension pg_trgm schema public; grant usage on schema public to public');
    const migrated = await scrip(['migrate'], { env: { DATABASE_URL: url } });
    expect(migrated).toEqual({ status: 0, stdout: '', stderr: 'The database is up to date.\n' });
    expect(await built()).toEqual(INDEXES);
    await expectSearchToFind((await start(url)).server, 'Dmitri');
  });

  it('are built again where a build was interrupted', async () => {
    await bringUp(own.url);
    await own.query(`drop index tokens_name_trigrams_idx;
      update pg_index set indisvalid = false where indexrelid = 'users_username_trigrams_idx'::regclass`);
    expect(await built()).toEqual([]);
    await start(own.url);
    expect(await built()).toEqual(INDEXES);
  });

  it('are left to the owner of the tables by a role that only serves', async () => {
    await bringUp(own.url);
    await own.query('drop index tokens_name_trigrams_idx');
    const role = `serving_${new URL(own.url).pathname.slice(1)}`;
    await own.query(`create role ${role} login password 'of the tests'; grant usage on schema public to ${role};
      grant select, insert, update, delete on all tables in schema public to ${role};
      grant execute on all functions in schema public to ${role}`);
    const { server, warning } = await start(
      Object.assign(new URL(own.url), { username: role, password: 'of the tests' }).href,
    );
    expect(warning).toMatch(/: run `scrip migrate` as the role that owns the tables$/);
    await expectSearchToFind(server, 'Johanna');
  });

  it('are built by one of several nodes that start at once', async () => {
    const events = (await Promise.all([1, 2, 3].map(() => bringUp(own.url)))).flat();
    expect(events.filter((event) => event.startsWith('search_'))).toEqual(['search_indexing', 'search_indexed']);
    expect(await built()).toEqual(INDEXES);
  });
});
