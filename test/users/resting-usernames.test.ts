import { describe, expect } from 'vitest';
import {
  AddPointsDocument,
  LogInDocument,
  SetPasswordDocument,
  SignUpDocument,
  UserDocument,
} from '../operations/generated.js';
import { it } from '../support/fixtures.js';
import { itWith } from '../support/server-fixture.js';
import { codeOf, create, freeEarlier, readRest, remove, rename, renamedUser } from './freed-username.js';

const itWithoutRest = itWith({ USERNAME_REST_DAYS: '0' });

const PASSWORD = 'correct horse battery';

describe('A username that was freed', () => {
  it('names no user and is taken, in any case, until it has rested', async ({ server }) => {
    const { token, freed } = await renamedUser(server);
    expect((await server.send(token, UserDocument, { by: { username: freed } })).data).toEqual({ user: null });
    expect(codeOf(await create(server, token, freed.toUpperCase()))).toBe('USERNAME_TAKEN');

    await freeEarlier(server, freed, '29 days 23:59');
    expect(codeOf(await create(server, token, freed))).toBe('USERNAME_TAKEN');
    await freeEarlier(server, freed, '30 days');
    expect(codeOf(await create(server, token, freed))).toBe('OK');
    expect(await readRest(server, freed)).toBeUndefined();
  });

  it('rests after its user was deleted, also from a rename', async ({ server }) => {
    const token = await server.everything();
    const [deleted, other] = [await server.user(), await server.user()];
    await remove(server, token, deleted.id);
    expect(codeOf(await create(server, token, deleted.username))).toBe('USERNAME_TAKEN');
    expect(codeOf(await rename(server, token, other.id, deleted.username))).toBe('USERNAME_TAKEN');

    await freeEarlier(server, deleted.username, '31 days');
    expect(codeOf(await rename(server, token, other.id, deleted.username))).toBe('OK');
    expect(await readRest(server, deleted.username)).toBeUndefined();
    expect(await readRest(server, other.username)).toMatchObject({ user_id: other.id });
  });

  it('can be taken back by its user, whose other name rests then', async ({ server }) => {
    const { user, freed } = await renamedUser(server);
    expect(codeOf(await rename(server, await server.session(user), user.id, freed))).toBe('OK');
    expect(await readRest(server, freed)).toBeUndefined();
    expect(await readRest(server, `${freed}-renamed`)).toMatchObject({ user_id: user.id });
  });

  it('is still the name of its user where only the case changed', async ({ server }) => {
    const token = await server.everything();
    const user = await server.user();
    expect(codeOf(await rename(server, token, user.id, user.username.toUpperCase()))).toBe('OK');
    expect(await readRest(server, user.username)).toBeUndefined();
  });

  it('rests for its last user when it was freed again', async ({ server }) => {
    const { token, user, freed } = await renamedUser(server);
    await freeEarlier(server, freed, '31 days');
    const next = await server.user({ username: freed });
    await rename(server, token, next.id, `${freed}-again`);
    expect(await readRest(server, freed)).toMatchObject({ user_id: next.id });
    expect(codeOf(await rename(server, token, user.id, freed))).toBe('USERNAME_TAKEN');
    expect(codeOf(await rename(server, token, next.id, freed))).toBe('OK');
  });

  it('does not rest where the rename failed', async ({ server }) => {
    const token = await server.everything();
    const [user, other] = [await server.user(), await server.user()];
    expect(codeOf(await rename(server, token, user.id, other.username))).toBe('USERNAME_TAKEN');
    expect(await readRest(server, user.username)).toBeUndefined();
  });

  it('cannot be used to log in', async ({ server }) => {
    const { freed, user } = await renamedUser(server);
    await server.send(await server.everything(), SetPasswordDocument, { user: { id: user.id }, password: PASSWORD });
    const logIn = (username: string) => server.send(undefined, LogInDocument, { username, password: PASSWORD });
    expect(codeOf(await logIn(freed))).toBe('INVALID_CREDENTIALS');
    expect(codeOf(await logIn(`${freed}-renamed`))).toBe('OK');
  });

  it('is passed over where a name is made', async ({ server }) => {
    const { freed } = await renamedUser(server);
    // Of the names that the server makes, the first two become the one that rests.
    await server.database.query('create sequence made_names');
    await server.database.query(`
      create function make_resting_name() returns trigger language plpgsql as $$
        begin
          if new.username like 'shop.example.com-%' and nextval('made_names') <= 2 then new.username := '${freed}'; end if;
          return new;
        end $$`);
    await server.database.query(
      'create trigger make_resting_name before insert on users for each row execute function make_resting_name()',
    );
    const user = { external: { issuer: 'shop.example.com', id: '1' } };
    const { data, errors } = await server.send(await server.token(['points:add', 'users:link']), AddPointsDocument, {
      input: { user, points: 5, ifMissing: {} },
    });
    expect(errors).toBeUndefined();
    expect(data.change.user.username).toMatch(/^shop\.example\.com-[a-z0-9]{8}$/);
    expect(await server.database.query('select last_value::int from made_names')).toEqual([{ last_value: 3 }]);
    await server.database.query('drop trigger make_resting_name on users');
  });
});

describe('The error for a username that rests', () => {
  it('tells callers with users:write when it can be taken', async ({ server }) => {
    const { freed } = await renamedUser(server);
    const [row] = await server.database.query(
      `select ceil(extract(epoch from freed_at) * 1000)::float8 + 30 * 86400000.0 as time
         from resting_usernames where username = $1`,
      [freed],
    );
    const availableAt = new Date(Number(row?.['time'])).toISOString();
    const [writer, admin] = [await server.token(['users:write']), await server.user({ role: 'ADMIN' })];
    const input = {
      user: { external: { issuer: 'twitch', id: '1' } },
      points: 1,
      ifMissing: { username: freed },
    };
    const refused = [
      await create(server, writer, freed),
      await create(server, await server.session(admin), freed),
      await rename(server, writer, writer.owner.id, freed),
      await server.send(await server.token(['points:add', 'users:link', 'users:write']), AddPointsDocument, { input }),
    ];
    for (const { errors } of refused) {
      expect(errors?.[0]).toMatchObject({
        message: `That name was freed recently. It can be taken from ${availableAt} on.`,
        extensions: { code: 'USERNAME_TAKEN', availableAt },
      });
    }
  });

  it('is that of a name in use for all other callers', async ({ server }) => {
    const { freed } = await renamedUser(server);
    const user = await server.user();
    const admin = await server.session(await server.user({ role: 'ADMIN' }));
    const input = {
      user: { external: { issuer: 'twitch', id: '2' } },
      points: 1,
      ifMissing: { username: freed },
    };
    const refused = [
      await rename(server, await server.session(user), user.id, freed),
      await server.send(undefined, SignUpDocument, { username: freed, password: PASSWORD }),
      await server.send(admin, SignUpDocument, { username: freed, password: PASSWORD }),
      await server.send(await server.token(['points:add', 'users:link']), AddPointsDocument, { input }),
    ];
    for (const { errors } of refused) {
      expect(errors?.[0]?.message).toBe('Another user has that name.');
      expect(errors?.[0]?.extensions).not.toHaveProperty('availableAt');
      expect(errors?.[0]?.extensions['code']).toBe('USERNAME_TAKEN');
    }
  });
});

describe('With USERNAME_REST_DAYS=0', () => {
  itWithoutRest('a freed name can be taken immediately', async ({ server }) => {
    const { token, freed } = await renamedUser(server);
    const { data } = await create(server, token, freed);
    expect(data.createUser.user.username).toBe(freed);
    await remove(server, token, data.createUser.user.id);
    expect(codeOf(await server.send(undefined, SignUpDocument, { username: freed, password: PASSWORD }))).toBe('OK');
  });

  itWithoutRest('users rename themselves without a limit of resting names', async ({ server }) => {
    const user = await server.user();
    const session = await server.session(user);
    for (let count = 0; count < 5; count++) {
      expect(codeOf(await rename(server, session, user.id, `${user.username}-${count}`))).toBe('OK');
    }
  });
});
