import { describe, expect } from 'vitest';
import { CreateUserDocument, PointsDocument } from '../operations/generated.js';
import { it } from '../support/fixtures.js';

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
