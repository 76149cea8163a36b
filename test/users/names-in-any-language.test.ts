import { describe, expect, it as itAlone } from 'vitest';
import {
  AddPointsDocument,
  ApplyPointsDocument,
  CreateUserDocument,
  LeaderboardDocument,
  UserDocument,
  UsersDocument,
} from '../operations/generated.js';
import { scrip } from '../process/program.js';
import { createDatabase, type TestDatabase } from '../support/database.js';
import type { IssuedToken } from '../support/server.js';
import { itWith } from '../support/server-fixture.js';

/** In Turkish the lower case of I is a dotless ı, and the upper case of i a dotted İ. */
const TURKISH = "template template0 encoding 'UTF8' locale_provider icu icu_locale 'tr' locale 'C'";

let database: TestDatabase;
const itInTurkish = itWith(async (after) => {
  database = await createDatabase(TURKISH);
  after(() => database.drop());
  return { DATABASE_URL: database.url };
});

describe('In a Turkish database IRIS, Iris and iris', () => {
  const it = itInTurkish;
  let token: IssuedToken;
  it.beforeAll(async ({ server }) => {
    token = await server.everything();
    await server.user({ username: 'IRIS' });
    await server.user({ username: 'miri' });
  });

  it.for(['IRIS', 'Iris', 'iris'])('are found as one user, by %s', async (name, { server }) => {
    const change = { user: { username: name }, points: 1 };
    const found = await server.send(token, UserDocument, { by: { username: name } });
    const added = await server.send(token, AddPointsDocument, { input: change });
    const applied = await server.send(token, ApplyPointsDocument, { input: { operations: [{ add: change }] } });
    expect(found.data.user.username).toBe('IRIS');
    expect(added.data.change.user.username).toBe('IRIS');
    expect(applied.data.applyPoints.results).toMatchObject([{ payload: { user: { username: 'IRIS' } } }]);
  });

  it('are one username, which is taken', async ({ server }) => {
    for (const username of ['iris', 'MIRI', 'Admin']) {
      const { errors } = await server.send(token, CreateUserDocument, { input: { username } });
      expect(errors?.[0]?.extensions['code']).toBe('USERNAME_TAKEN');
    }
  });

  it.for(['iRi', 'IRI', 'iri'])('are found by the search for %s', async (search, { server }) => {
    const { data } = await server.send(token, UsersDocument, { search });
    expect(data.users.nodes).toEqual([{ username: 'IRIS' }, { username: 'miri' }]);
  });

  it('are listed by name, and so are users with equal points', async ({ server }) => {
    for (const username of ['Irma', 'isa', 'I']) await server.user({ username });
    const { users } = (await server.send(token, UsersDocument)).data;
    const { leaderboard } = (await server.send(token, LeaderboardDocument)).data;
    const byName = ['admin', 'I', 'IRIS', 'Irma', 'isa', 'miri', 'user-1'];
    const namesOf = (list: { nodes: { username: string }[] }) => list.nodes.map(({ username }) => username);
    expect(namesOf(users)).toEqual(byName);
    expect(namesOf(leaderboard)).toEqual(['IRIS', ...byName.filter((name) => name !== 'IRIS')]);
  });

  it('are the owner of a token on the command line', async () => {
    const args = ['token', 'issue', '--owner', 'ADMIN', '--name', 'x', '--scopes', 'points:read'];
    expect(await scrip(args, { env: { DATABASE_URL: database.url } })).toMatchObject({ status: 0 });
  });
});

describe('Two users of release 0.1.0 whose names differ in their case alone', () => {
  itAlone('stop the migration before it changes anything, until one of them is renamed', async () => {
    const database = await createDatabase();
    const env = { DATABASE_URL: database.url };
    await database.query(`
      drop index users_username_key;
      drop function leaders;
      delete from scrip_migrations where name = '0008_fold_names_in_c';
      drop index users_have_unique_names;
      insert into users (id, username, role) values
        ('01900000-0000-7000-8000-000000000001', 'IRIS', 'USER'), ('01900000-0000-7000-8000-000000000002', 'iris', 'USER'),
        ('01900000-0000-7000-8000-000000000003', 'other', 'USER');
      insert into users (id, username, role, deleted_at) values
        ('01900000-0000-7000-8000-000000000004', 'OTHER', 'USER', now());
      insert into balances (user_id) select id from users`);

    const stopped = await scrip(['migrate'], { env });
    expect(stopped).toMatchObject({ status: 1, stdout: '' });
    expect(stopped.stderr).toBe(
      'scrip: Migration 0008_fold_names_in_c could not be applied: the users 01900000-0000-7000-8000-000000000001 (IRIS) and 01900000-0000-7000-8000-000000000002 (iris) have the same name. Rename one of them: scrip user rename ID NAME.\n',
    );
    expect(await database.query("select to_regclass('users_username_key') as index")).toEqual([{ index: null }]);

    expect(await scrip(['user', 'rename', '01900000-0000-7000-8000-000000000002', 'iris-2'], { env })).toEqual({
      status: 0,
      stdout: '',
      stderr: 'Renamed the user 01900000-0000-7000-8000-000000000002 to iris-2.\n',
    });
    expect(await scrip(['migrate'], { env })).toMatchObject({ status: 0 });
    await expect(
      database.query("insert into users (id, username, role) values (gen_random_uuid(), 'Iris', 'USER')"),
    ).rejects.toThrow('users_username_key');
    await database.drop();
  });
});
