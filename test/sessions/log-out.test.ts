import { describe, expect } from 'vitest';
import { LogOutDocument, RenewSessionDocument, ViewerDocument } from '../operations/generated.js';
import { JWT_SECRET, tenMinutesOlder } from '../support/access-token.js';
import { itOnTwoNodes } from '../support/server-fixture.js';

const it = itOnTwoNodes({ JWT_SECRET });

describe('Mutation.logOut', () => {
  it('ends the session on every node from the next request on, and no other session', async ({ server, other }) => {
    const session = await server.session();
    const elsewhere = await server.session(session.user);
    expect((await other.send(session, ViewerDocument)).status).toBe(200);
    expect((await server.send(session, LogOutDocument)).data.logOut.user.id).toBe(session.user.id);
    for (const node of [server, other]) {
      const { status, errors } = await node.send(session, ViewerDocument);
      expect({ status, reason: errors?.[0]?.extensions['reason'] }).toEqual({ status: 401, reason: 'TOKEN_REVOKED' });
    }
    expect((await other.send(elsewhere, ViewerDocument)).status).toBe(200);
  });

  it('takes the access token alone; then a renewal and a second log-out are refused', async ({ server }) => {
    const session = await server.session();
    await server.send(session, LogOutDocument);
    const { errors } = await server.send(undefined, RenewSessionDocument, { refreshToken: session.refreshToken });
    expect(errors?.[0]?.extensions['code']).toBe('REFRESH_TOKEN_REVOKED');
    expect((await server.send(session, LogOutDocument)).status).toBe(401);
  });

  it('is refused once the access token has expired; the next one of the session logs out', async ({ server }) => {
    const session = await server.session();
    const { refreshToken } = session;
    const { status, errors } = await server.send(tenMinutesOlder(session.accessToken), LogOutDocument);
    expect({ status, reason: errors?.[0]?.extensions['reason'] }).toEqual({ status: 401, reason: 'TOKEN_EXPIRED' });
    const { accessToken } = (await server.send(undefined, RenewSessionDocument, { refreshToken })).data.renewSession;
    expect((await server.send(accessToken, LogOutDocument)).data.logOut.user.id).toBe(session.user.id);
  });

  it('is refused to an anonymous caller, and to an app token whatever its scopes', async ({ server }) => {
    expect((await server.send(undefined, LogOutDocument)).status).toBe(401);
    const { status, errors } = await server.send(await server.everything(), LogOutDocument);
    expect(status).toBe(403);
    expect(errors?.[0]?.extensions).toMatchObject({
      code: 'FORBIDDEN',
      coordinate: 'Mutation.logOut',
      reason: 'SESSION_REQUIRED',
      missingScopes: [],
    });
  });
});
