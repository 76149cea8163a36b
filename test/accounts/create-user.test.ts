import { describe, expect } from 'vitest';
import {
  AddPointsDocument,
  CreateUserDocument,
  type ExternalIdInput,
  ExternalIdsDocument,
  PointsDocument,
  UserDocument,
} from '../operations/generated.js';
import { it } from '../support/fixtures.js';
import { hold } from '../support/held.js';

describe('Mutation.createUser', () => {
  it('creates a user without points', async ({ server }) => {
    const token = await server.everything();
    const { data, errors } = await server.send(token, CreateUserDocument, { input: { username: 'Bob_1.a-b' } });
    expect(errors).toBeUndefined();
    expect(data.createUser.user).toMatchObject({ username: 'Bob_1.a-b', role: 'USER', deletedAt: null });
    const created = await server.send(token, PointsDocument, { user: { username: 'Bob_1.a-b' } });
    expect(created.data.user.points).toBe(0);
  });

  it('is refused to an anonymous caller and to a token without users:write', async ({ server }) => {
    const input = { username: 'nobody' };
    const anonymous = await server.send(undefined, CreateUserDocument, { input });
    expect(anonymous.status).toBe(401);
    const narrow = await server.send(await server.token(['users:read']), CreateUserDocument, { input });
    expect(narrow.status).toBe(403);
    expect(narrow.errors?.[0]?.extensions).toMatchObject({
      code: 'FORBIDDEN',
      coordinate: 'Mutation.createUser',
      missingScopes: ['USERS_WRITE'],
    });
    expect(await server.database.query(`select 1 from users where username = 'nobody'`)).toEqual([]);
  });

  it('grants the role ADMIN only to a caller who holds every scope', async ({ server }) => {
    const input = { username: 'boss', role: 'ADMIN' } as const;
    const narrow = await server.send(await server.token(['users:write']), CreateUserDocument, { input });
    expect(narrow.status).toBe(403);
    expect(narrow.errors?.[0]?.extensions['coordinate']).toBe('CreateUserInput.role');
    const wide = await server.send(await server.everything(), CreateUserDocument, { input });
    expect(wide.data.createUser.user.role).toBe('ADMIN');
  });

  it('keeps usernames unique in any case, also for twenty requests at once', async ({ server }) => {
    const token = await server.everything();
    const responses = await Promise.all(
      Array.from({ length: 20 }, (_, index) =>
        server.send(token, CreateUserDocument, { input: { username: index % 2 === 0 ? 'carol' : 'CAROL' } }),
      ),
    );
    expect(responses.filter((response) => response.errors === undefined)).toHaveLength(1);
    for (const { errors } of responses.filter((response) => response.errors !== undefined)) {
      expect(errors?.[0]?.extensions['code']).toBe('USERNAME_TAKEN');
    }
  });

  it.for<[what: string, username: string]>([
    ['nothing', ''],
    ['65 characters', 'a'.repeat(65)],
    ['a space', 'a b'],
    ['NUL', 'a\0b'],
    ['half of a surrogate pair', 'a\ud800'],
    ['a Cyrillic look-alike', '\u0430dmin'],
    ['a zero-width joiner', 'ad\u200dmin'],
    ['a full-width letter', 'ａdmin'],
    ['a deleted user', 'deleted-0198c0de-0000-7000-8000-000000000000'],
    ['a deleted user in another case', 'DELETED-x'],
  ])('refuses a name of %s', async ([_what, username], { server }) => {
    const response = await server.send(await server.everything(), CreateUserDocument, { input: { username } });
    expect(response.status).toBe(200);
    expect(response.errors?.[0]?.extensions).toMatchObject({ code: 'BAD_USER_INPUT', field: 'input.username' });
  });

  it('stores a password only as a hash, and logs none', async ({ server }) => {
    const input = { username: 'dora', password: 'correct horse battery' };
    await server.send(await server.everything(), CreateUserDocument, { input });
    const [row] = await server.database.query(`select password_hash from users where username = 'dora'`);
    expect(row?.['password_hash']).toMatch(/^\$argon2id\$v=19\$m=19456,t=2,p=1\$/);
    expect(server.log.join('')).not.toContain(input.password);
  });
});

describe('CreateUserInput.externalIds', () => {
  let count = 0;
  const newIds = (length: number): ExternalIdInput[] =>
    Array.from({ length }, () => ({ issuer: 'shop.example.com', id: `customer-${++count}` }));

  it('links the new user to up to 20 ids, each recorded with its issuer alone', async ({ server }) => {
    const [token, externalIds] = [await server.token(['users:read', 'users:write', 'users:link']), newIds(20)];
    const { data } = await server.send(token, CreateUserDocument, { input: { username: 'twenty', externalIds } });
    const { id } = data.createUser.user;
    for (const external of externalIds.filter((_, index) => index % 19 === 0)) {
      const found = await server.send(token, UserDocument, { by: { external } });
      expect(found.data.user.id).toBe(id);
    }
    const listed = await server.send(token, ExternalIdsDocument, { by: { id } });
    expect(listed.data.user.externalIds).toHaveLength(20);
    const events = await server.database.query(
      'select action, detail from audit_events where subject_id = $1 order by id',
      [id],
    );
    const linked = { action: 'EXTERNAL_ID_LINKED', detail: 'shop.example.com' };
    expect(events).toEqual([{ action: 'USER_CREATED', detail: null }, ...Array(20).fill(linked)]);
  });

  it('requires users:link besides users:write, even for null', async ({ server }) => {
    for (const [scope, externalIds, missing] of [
      ['users:write', newIds(1), 'USERS_LINK'],
      ['users:write', null, 'USERS_LINK'],
      ['users:link', newIds(1), 'USERS_WRITE'],
    ] as const) {
      const response = await server.send(await server.token([scope]), CreateUserDocument, {
        input: { username: 'narrow', externalIds: externalIds && [...externalIds] },
      });
      expect(response.status).toBe(403);
      expect(response.errors?.[0]?.extensions['missingScopes']).toEqual([missing]);
    }
    expect(await server.database.query(`select 1 from users where username = 'narrow'`)).toEqual([]);
  });

  it('creates no user for a token that loses users:link while it waits', async ({ server }) => {
    const token = await server.token(['users:write', 'users:link']);
    const held = await hold(server, 'select 1 from users where id = $1 for update', [token.owner.id]);
    const input = { username: 'waits', externalIds: newIds(1) };
    const response = server.send(token, CreateUserDocument, { input });
    await held.reached();
    await server.database.query(`update tokens set scopes = '{users:write}' where id = $1`, [token.id]);
    await held.release();
    expect((await response).errors?.[0]?.extensions).toMatchObject({
      code: 'FORBIDDEN',
      coordinate: 'CreateUserInput.externalIds',
      missingScopes: ['USERS_LINK'],
    });
    expect(await server.database.query(`select 1 from users where username = 'waits'`)).toEqual([]);
  });

  it('creates no user where another one has an id, and says whether that user has points', async ({ server }) => {
    const token = await server.everything();
    const [free, taken] = newIds(2);
    if (free === undefined || taken === undefined) throw new Error('There are no ids.');
    await server.user({ externalIds: [taken] });
    const input = { username: 'late', externalIds: [free, taken] };
    const create = async () => (await server.send(token, CreateUserDocument, { input })).errors?.[0]?.extensions;
    expect(await create()).toEqual({ code: 'EXTERNAL_ID_TAKEN', holderHasPoints: false });
    await server.send(token, AddPointsDocument, { input: { user: { external: taken }, points: 1 } });
    expect(await create()).toEqual({ code: 'EXTERNAL_ID_TAKEN', holderHasPoints: true });
    expect(await server.database.query(`select 1 from users where username = 'late'`)).toEqual([]);
    expect((await server.send(token, UserDocument, { by: { external: free } })).data.user).toBeNull();
  });

  it('creates one user when twenty requests create users with the same two ids, in any order', async ({ server }) => {
    const [token, ids] = [await server.everything(), newIds(2)];
    const responses = await Promise.all(
      Array.from({ length: 20 }, (_, n) =>
        server.send(token, CreateUserDocument, {
          input: { username: `twin-${n}`, externalIds: n % 2 === 0 ? ids : ids.toReversed() },
        }),
      ),
    );
    const refused = responses.filter(({ errors }) => errors !== undefined);
    expect(refused).toHaveLength(19);
    for (const { errors } of refused) {
      expect(errors?.[0]?.extensions).toEqual({ code: 'EXTERNAL_ID_TAKEN', holderHasPoints: false });
    }
  });

  const one: ExternalIdInput = { issuer: 'twitch', id: '1' };
  it.for<[what: string, externalIds: ExternalIdInput[], field: string]>([
    ['21 ids', newIds(21), 'input.externalIds'],
    ['an id twice', [one, { issuer: 'discord', id: '1' }, one], 'input.externalIds.2'],
    ['an issuer in upper case', [one, { issuer: 'Twitch', id: '1' }], 'input.externalIds.1.issuer'],
    ['an empty id', [{ issuer: 'twitch', id: '' }], 'input.externalIds.0.id'],
  ])('refuses %s', async ([_what, externalIds, field], { server }) => {
    const response = await server.send(await server.everything(), CreateUserDocument, {
      input: { username: 'refused', externalIds },
    });
    expect(response.errors?.[0]?.extensions).toMatchObject({ code: 'BAD_USER_INPUT', field });
  });
});
