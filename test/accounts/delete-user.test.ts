import { describe, expect } from 'vitest';
import {
  AddPointsDocument,
  CreatePostDocument,
  DeleteUserDocument,
  UserDocument,
  ViewerDocument,
} from '../operations/generated.js';
import { itWith } from '../support/server-fixture.js';

/** A name can change hands at once. */
const it = itWith({ USERNAME_REST_DAYS: '0' });

describe('Mutation.deleteUser', () => {
  it('frees the username, deletes the posts, and keeps the ledger under a username that names no one', async ({
    server,
  }) => {
    const token = await server.everything();
    const user = await server.user({ username: 'gina' });
    await server.send(token, AddPointsDocument, { input: { user: { id: user.id }, points: 7 } });
    await server.send(token, CreatePostDocument, { input: { author: { username: 'gina' }, title: 't', body: '' } });

    const response = await server.send(token, DeleteUserDocument, { user: { username: 'gina' } });
    expect(response.data.deleteUser).toEqual({ deletedUserId: user.id });

    expect(await server.database.query('select 1 from posts where author_id = $1', [user.id])).toEqual([]);
    const kept = await server.database.query(
      `select u.username, u.role, u.password_hash, e.delta::int from users u join entries e on e.user_id = u.id where u.id = $1`,
      [user.id],
    );
    expect(kept).toEqual([{ username: `deleted-${user.id}`, role: 'USER', password_hash: null, delta: 7 }]);
    expect((await server.send(token, UserDocument, { by: { id: user.id } })).data).toEqual({ user: null });
    expect((await server.user({ username: 'gina' })).id).not.toBe(user.id);
  });

  it('frees the ids of the user in other systems', async ({ server }) => {
    const token = await server.everything();
    const [first, second, kept] = ['1', '2', '3'].map((id) => ({ issuer: 'twitch', id }));
    if (first === undefined || second === undefined || kept === undefined) throw new Error('There are no ids.');
    const freed = [first, second];
    const user = await server.user({ externalIds: freed });
    const other = await server.user({ externalIds: [kept] });
    expect((await server.send(token, DeleteUserDocument, { user: { external: first } })).errors).toBeUndefined();
    for (const external of freed) {
      expect((await server.send(token, UserDocument, { by: { external } })).data.user).toBeNull();
    }
    expect((await server.send(token, UserDocument, { by: { external: kept } })).data.user.id).toBe(other.id);
    expect((await server.user({ externalIds: freed })).id).not.toBe(user.id);
  });

  it('ends the tokens of the user from the next request on', async ({ server }) => {
    const mine = await server.token(['users:read']);
    await server.send(await server.everything(), DeleteUserDocument, { user: { id: mine.owner.id } });
    const response = await server.send(mine, ViewerDocument);
    expect(response.status).toBe(401);
    expect(response.errors?.[0]?.extensions).toMatchObject({ code: 'UNAUTHENTICATED', reason: 'TOKEN_REVOKED' });
  });

  it('is refused to an anonymous caller and to a token without users:write, even its owner’s', async ({ server }) => {
    const user = await server.user();
    const variables = { user: { id: user.id } };
    expect((await server.send(undefined, DeleteUserDocument, variables)).status).toBe(401);
    expect((await server.send(await server.token(['users:read'], user), DeleteUserDocument, variables)).status).toBe(
      403,
    );
    expect(await server.database.query('select deleted_at from users where id = $1', [user.id])).toEqual([
      { deleted_at: null },
    ]);
  });

  it('is refused with USER_NOT_FOUND for a user who was already deleted', async ({ server }) => {
    const token = await server.everything();
    const user = await server.user();
    await server.send(token, DeleteUserDocument, { user: { id: user.id } });
    const again = await server.send(token, DeleteUserDocument, { user: { id: user.id } });
    expect(again.errors?.[0]?.extensions['code']).toBe('USER_NOT_FOUND');
  });

  it('adds no points to a deleted user, also when both are sent at once', async ({ server }) => {
    const token = await server.everything();
    const user = await server.user();
    const [, ...added] = await Promise.all([
      server.send(token, DeleteUserDocument, { user: { id: user.id } }),
      ...Array.from({ length: 10 }, () =>
        server.send(token, AddPointsDocument, { input: { user: { id: user.id }, points: 7 } }),
      ),
    ]);
    added.push(await server.send(token, AddPointsDocument, { input: { user: { id: user.id }, points: 7 } }));
    const applied = added.filter((response) => response.errors === undefined).length;
    const [ledger] = await server.database.query(
      'select points::int, sequence, (select count(*)::int from entries e where e.user_id = b.user_id) as entries from balances b where user_id = $1',
      [user.id],
    );
    expect(ledger).toEqual({ points: 7 * applied, sequence: applied, entries: applied });
    const refused = added.filter((response) => response.errors !== undefined);
    expect(refused).toContain(added.at(-1));
    for (const { errors } of refused) {
      expect(errors?.[0]?.extensions).toMatchObject({ code: 'USER_NOT_FOUND', effect: 'NONE' });
    }
  });

  it('keeps the last ADMIN', async ({ server }) => {
    const token = await server.everything();
    await server.database.query(`update users set role = 'USER'`);
    const admin = await server.user({ role: 'ADMIN' });
    const response = await server.send(token, DeleteUserDocument, { user: { id: admin.id } });
    expect(response.errors?.[0]?.extensions['code']).toBe('BAD_USER_INPUT');
    expect((await server.send(token, UserDocument, { by: { id: admin.id } })).data.user.username).toBe(admin.username);
  });
});
