import { describe, expect } from 'vitest';
import { RevokeSessionDocument, RevokeSessionsDocument, ViewerDocument } from '../operations/generated.js';
import { it } from '../support/fixtures.js';
import { sessionIdOf } from '../support/server.js';
import { itWith } from '../support/server-fixture.js';

describe('Mutation.revokeSession', () => {
  it('ends another session of the user at once; a second time gives the same response', async ({ server }) => {
    const session = await server.session();
    const lost = await server.session(session.user);
    const revoke = async () =>
      (await server.send(session, RevokeSessionDocument, { id: sessionIdOf(lost) })).data.revokeSession;
    const first = await revoke();
    expect(first.session).toMatchObject({
      id: sessionIdOf(lost),
      state: 'ENDED',
      isCurrent: false,
      user: { id: session.user.id },
    });
    expect((await server.send(lost, ViewerDocument)).errors?.[0]?.extensions['reason']).toBe('TOKEN_REVOKED');
    expect(await revoke()).toEqual(first);
    expect((await server.send(session, ViewerDocument)).status).toBe(200);
  });

  it('ends the session of any user for an administrator', async ({ server }) => {
    const [session, admin] = [await server.session(), await server.session(await server.user({ role: 'ADMIN' }))];
    expect((await server.send(admin, RevokeSessionDocument, { id: sessionIdOf(session) })).errors).toBeUndefined();
    expect((await server.send(session, ViewerDocument)).status).toBe(401);
    const missing = await server.send(admin, RevokeSessionDocument, { id: '0198c0de-0000-7000-8000-000000000000' });
    expect(missing.errors?.[0]?.extensions['code']).toBe('SESSION_NOT_FOUND');
  });

  it('is refused for the session of another user, and alike for one that does not exist', async ({ server }) => {
    const [session, other] = [await server.session(), await server.session()];
    for (const id of [sessionIdOf(other), '0198c0de-0000-7000-8000-000000000000', 'no id at all']) {
      const { status, errors } = await server.send(session, RevokeSessionDocument, { id });
      expect(status).toBe(403);
      // No app token passes, so that a command that issues one would not help.
      expect(errors?.[0]?.message).toMatch(
        / lacks `tokens:revoke` and is not the owner\. Log in as an administrator\.$/,
      );
      expect(errors?.[0]?.extensions).toMatchObject({
        code: 'FORBIDDEN',
        coordinate: 'Mutation.revokeSession',
        missingScopes: ['TOKENS_REVOKE'],
      });
    }
    expect((await server.send(other, ViewerDocument)).status).toBe(200);
  });

  it('is refused to an anonymous caller, and to an app token whatever its scopes', async ({ server }) => {
    const id = sessionIdOf(await server.session());
    expect((await server.send(undefined, RevokeSessionDocument, { id })).status).toBe(401);
    const { status, errors } = await server.send(await server.everything(), RevokeSessionDocument, { id });
    expect({ status, reason: errors?.[0]?.extensions['reason'] }).toEqual({ status: 403, reason: 'SESSION_REQUIRED' });
  });
});

const itElsewhere = itWith();

describe('Mutation.revokeSessions', () => {
  const it = itElsewhere;

  it('ends every session of a user, for the user and for an administrator', async ({ server }) => {
    const admin = await server.session(await server.user({ role: 'ADMIN' }));
    for (const by of ['the user', 'an administrator']) {
      const session = await server.session();
      const others = [await server.session(session.user), await server.session(session.user)];
      const caller = by === 'the user' ? session : admin;
      const { data } = await server.send(caller, RevokeSessionsDocument, {
        user: { username: session.user.username.toUpperCase() },
      });
      expect(data.revokeSessions).toEqual({ count: 3, user: { id: session.user.id } });
      for (const one of [session, ...others]) expect((await server.send(one, ViewerDocument)).status).toBe(401);
    }
    expect((await server.send(admin, ViewerDocument)).status).toBe(200);
  });

  it('is refused for another user, to an anonymous caller and to an app token', async ({ server }) => {
    const [session, other] = [await server.session(), await server.session()];
    const variables = { user: { id: other.user.id } };
    expect((await server.send(undefined, RevokeSessionsDocument, variables)).status).toBe(401);
    expect((await server.send(session, RevokeSessionsDocument, variables)).status).toBe(403);
    expect((await server.send(await server.everything(), RevokeSessionsDocument, variables)).status).toBe(403);
    expect((await server.send(other, ViewerDocument)).status).toBe(200);
  });
});
