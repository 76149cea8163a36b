import { describe, expect } from 'vitest';
import { UpdateUserDocument } from '../operations/generated.js';
import { it } from '../support/fixtures.js';

describe('Mutation.updateUser', () => {
  it('changes the given fields, and no others', async ({ server }) => {
    const token = await server.everything();
    const user = await server.user({ username: 'erin' });
    const renamed = await server.send(token, UpdateUserDocument, {
      input: { user: { username: 'ERIN' }, username: 'Erin' },
    });
    expect(renamed.data.updateUser.user).toEqual({ id: user.id, username: 'Erin', role: 'USER' });
    const promoted = await server.send(token, UpdateUserDocument, { input: { user: { id: user.id }, role: 'ADMIN' } });
    expect(promoted.data.updateUser.user).toEqual({ id: user.id, username: 'Erin', role: 'ADMIN' });
  });

  it('is refused to an anonymous caller and to a token without users:write', async ({ server }) => {
    const user = await server.user();
    const input = { user: { id: user.id }, username: 'changed' };
    expect((await server.send(undefined, UpdateUserDocument, { input })).status).toBe(401);
    expect((await server.send(await server.token(['users:read'], user), UpdateUserDocument, { input })).status).toBe(
      403,
    );
    expect(await server.database.query(`select 1 from users where username = 'changed'`)).toEqual([]);
  });

  it('is refused with USER_NOT_FOUND for an id or a name that no user has', async ({ server }) => {
    const token = await server.everything();
    for (const user of [{ id: 'no uuid' }, { id: '0193a0a0-0000-7000-8000-000000000000' }, { username: 'n\0' }]) {
      const response = await server.send(token, UpdateUserDocument, { input: { user, username: 'x' } });
      expect(response.errors?.[0]?.extensions['code']).toBe('USER_NOT_FOUND');
    }
  });

  it('is refused with USERNAME_TAKEN for the name of another user', async ({ server }) => {
    await server.user({ username: 'frank' });
    const other = await server.user();
    const input = { user: { id: other.id }, username: 'FRANK' };
    const response = await server.send(await server.everything(), UpdateUserDocument, { input });
    expect(response.errors?.[0]?.extensions['code']).toBe('USERNAME_TAKEN');
  });

  it('refuses a name that is reserved for deleted users', async ({ server }) => {
    const user = await server.user();
    const input = { user: { id: user.id }, username: 'Deleted-1' };
    const { errors } = await server.send(await server.everything(), UpdateUserDocument, { input });
    expect(errors?.[0]?.extensions).toMatchObject({ code: 'BAD_USER_INPUT', field: 'input.username' });
    expect(
      (
        await server.send(await server.everything(), UpdateUserDocument, {
          input: { user: { username: user.username } },
        })
      ).errors,
    ).toBeUndefined();
  });

  it('keeps the last ADMIN, also when two step down at once', async ({ server }) => {
    const token = await server.everything();
    await server.database.query(`update users set role = 'USER'`);
    const admins = [await server.user({ role: 'ADMIN' }), await server.user({ role: 'ADMIN' })];
    const responses = await Promise.all(
      admins.map(({ id }) => server.send(token, UpdateUserDocument, { input: { user: { id }, role: 'USER' } })),
    );
    const [refused, ...others] = responses.filter((response) => response.errors !== undefined);
    expect(others).toEqual([]);
    expect(refused?.errors?.[0]?.extensions).toMatchObject({ code: 'BAD_USER_INPUT', field: 'input.role' });
    expect(await server.database.query(`select count(*)::int from users where role = 'ADMIN'`)).toEqual([{ count: 1 }]);
  });
});
