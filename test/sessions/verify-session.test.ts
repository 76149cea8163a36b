import { describe, expect } from 'vitest';
import { SCOPES, scopeName } from '../../src/auth/scope.js';
import { DeleteUserDocument, UpdateUserDocument, ViewerDocument } from '../operations/generated.js';
import { it } from '../support/fixtures.js';

describe('A session', () => {
  it('has the scopes of its user’s role, from the next request after a change on', async ({ server }) => {
    const { user, ...session } = await server.session();
    const admin = await server.everything();
    const become = (role: 'USER' | 'ADMIN') =>
      server.send(admin, UpdateUserDocument, { input: { user: { id: user.id }, role } });
    const scopes = async () => (await server.send(session, ViewerDocument)).data.viewer.scopes;
    expect(await scopes()).toEqual(['USERS_READ', 'POSTS_READ']);
    await become('ADMIN');
    expect(await scopes()).toEqual(SCOPES.map(scopeName));
    await become('USER');
    expect(await scopes()).toEqual(['USERS_READ', 'POSTS_READ']);
  });

  it('ends when its user is deleted', async ({ server }) => {
    const session = await server.session();
    const { errors } = await server.send(session, DeleteUserDocument, { user: { id: session.user.id } });
    expect(errors).toBeUndefined();
    const { status, errors: refusals } = await server.send(session, ViewerDocument);
    expect({ status, reason: refusals?.[0]?.extensions['reason'] }).toEqual({ status: 401, reason: 'TOKEN_REVOKED' });
    const rows = await server.database.query('select ended_at is not null as ended from sessions where user_id = $1', [
      session.user.id,
    ]);
    expect(rows).toEqual([{ ended: true }]);
  });

  it('may change its own user, and no other', async ({ server }) => {
    const [session, other] = [await server.session(), await server.session()];
    const rename = (id: string, username: string) =>
      server.send(session, UpdateUserDocument, { input: { user: { id }, username } });
    expect((await rename(other.user.id, 'taken-over')).status).toBe(403);
    expect((await rename(session.user.id, 'renamed')).errors).toBeUndefined();
    expect((await server.send(session, ViewerDocument)).data.viewer.user.username).toBe('renamed');
  });
});
