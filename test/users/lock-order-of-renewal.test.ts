import { describe, expect } from 'vitest';
import { DeleteUserDocument, RenewSessionDocument } from '../operations/generated.js';
import { it } from '../support/fixtures.js';
import { hold } from '../support/held.js';
import { sessionIdOf } from '../support/server.js';

describe('A user with a session whose refresh token is used again', () => {
  it('is deleted while the session is ended for that', async ({ server }) => {
    const session = await server.session();
    const { user, refreshToken } = session;
    await server.token(['users:read'], user);
    const admin = await server.everything();
    expect((await server.send(undefined, RenewSessionDocument, { refreshToken })).errors).toBeUndefined();
    await server.database.query(`update sessions set renewed_at = renewed_at - interval '1 minute'`);

    const held = await hold(server, 'select 1 from sessions where id = $1 for update', [sessionIdOf(session)]);
    const renewed = server.send(undefined, RenewSessionDocument, { refreshToken });
    await held.reached();
    const deleted = server.send(admin, DeleteUserDocument, { user: { id: user.id } });
    await held.isFollowed();
    await held.release();
    expect((await renewed).errors?.[0]?.extensions['code']).toBe('REFRESH_TOKEN_REUSED');
    expect((await deleted).errors).toBeUndefined();
  });
});
