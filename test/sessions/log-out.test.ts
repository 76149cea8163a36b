import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startServer, type TestServer } from '../server.js';
import { LOG_OUT, RENEW, VIEWER } from './documents.js';

describe('Mutation.logOut', () => {
  let server: TestServer;
  beforeAll(async () => {
    server = await startServer();
  });
  afterAll(() => server.close());

  it('shuts the session out from its very next request, on every node, and leaves the others', async () => {
    const other = await startServer({ DATABASE_URL: server.database.url });
    try {
      const session = await server.session();
      const elsewhere = await server.session(session.user);
      expect((await other.send(session, VIEWER)).status).toBe(200);
      expect((await server.send(session, LOG_OUT)).data.logOut.user.id).toBe(session.user.id);
      for (const node of [server, other]) {
        const { status, errors } = await node.send(session, VIEWER);
        expect({ status, reason: errors?.[0]?.extensions['reason'] }).toEqual({ status: 401, reason: 'TOKEN_REVOKED' });
      }
      expect((await other.send(elsewhere, VIEWER)).status).toBe(200);
    } finally {
      await other.close();
    }
  });

  it('needs only the access token, after which the refresh token is refused; twice is once too often', async () => {
    const session = await server.session();
    await server.send(session, LOG_OUT);
    const { errors } = await server.send(undefined, RENEW, { refreshToken: session.refreshToken });
    expect(errors?.[0]?.extensions['code']).toBe('REFRESH_TOKEN_REVOKED');
    expect((await server.send(session, LOG_OUT)).status).toBe(401);
  });

  it('is refused to an anonymous caller, and to an app token whatever its scopes', async () => {
    expect((await server.send(undefined, LOG_OUT)).status).toBe(401);
    const { status, errors } = await server.send(await server.everything(), LOG_OUT);
    expect(status).toBe(403);
    expect(errors?.[0]?.extensions).toMatchObject({
      code: 'FORBIDDEN',
      coordinate: 'Mutation.logOut',
      reason: 'SESSION_REQUIRED',
      missingScopes: [],
    });
  });
});
