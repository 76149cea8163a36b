import { describe, expect, vi } from 'vitest';
import { DeleteUserDocument, LogOutDocument, RenewSessionDocument, ViewerDocument } from '../operations/generated.js';
import { it } from '../support/fixtures.js';
import { type LoggedIn, startServer, type TestServer } from '../support/server.js';
import { openSocket } from '../support/socket.js';

describe('Mutation.renewSession', () => {
  const renew = (server: TestServer, refreshToken: string, of = server) =>
    of.send(undefined, RenewSessionDocument, { refreshToken });
  const renewed = async (server: TestServer, refreshToken: string, of = server) => {
    const { data, errors } = await renew(server, refreshToken, of);
    expect(errors).toBeUndefined();
    return data.renewSession;
  };
  const refusal = async (server: TestServer, refreshToken: string) => {
    const { status, data, errors } = await renew(server, refreshToken);
    expect({ status, data }).toEqual({ status: 200, data: { renewSession: null } });
    expect(errors?.[0]?.extensions['action']).toBe('LOGIN');
    return errors?.[0]?.extensions['code'];
  };
  const viewerStatus = async (server: TestServer, accessToken: string) =>
    (await server.send(accessToken, ViewerDocument)).status;
  /** Moves a user's sessions into the past, as if so much time had gone by since. */
  const age = (server: TestServer, user: { id: string }, by: string, of = server) =>
    of.database.query(
      `update sessions set created_at = created_at - $2::interval, renewed_at = renewed_at - $2::interval,
              expires_at = expires_at - $2::interval where user_id = $1`,
      [user.id, by],
    );
  const sessionOf = async (server: TestServer, { user }: LoggedIn) =>
    (await server.database.query('select counter, ended_at from sessions where user_id = $1', [user.id]))[0];
  const claims = (accessToken: string) =>
    JSON.parse(Buffer.from(accessToken.split('.')[1] ?? '', 'base64url').toString());

  it('issues a new pair of tokens with the same session and scopes', async ({ server }) => {
    const session = await server.session();
    const next = await renewed(server, session.refreshToken);
    expect(next.refreshToken).not.toBe(session.refreshToken);
    expect(await viewerStatus(server, next.accessToken)).toBe(200);
    const [before, after] = [claims(session.accessToken), claims(next.accessToken)];
    expect(after).toMatchObject({ sub: before.sub, sid: before.sid, scope: before.scope });
    expect(after.jti).not.toBe(before.jti);
    expect(after.exp - after.iat).toBe(next.expiresIn);
    expect(new Date(after.exp * 1000).toISOString()).toBe(next.expiresAt);
  });

  it('issues the same successor to fifty renewals at once', async ({ server }) => {
    const session = await server.session();
    const pairs = await Promise.all(Array.from({ length: 50 }, () => renewed(server, session.refreshToken)));
    expect(new Set(pairs.map(({ refreshToken }) => refreshToken)).size).toBe(1);
    expect(await sessionOf(server, session)).toEqual({ counter: 1, ended_at: null });
    for (const { accessToken } of pairs.slice(0, 3)) expect(await viewerStatus(server, accessToken)).toBe(200);
  });

  it('issues the same successor again for 10 seconds, which a repetition does not prolong', async ({ server }) => {
    const session = await server.session();
    const { refreshToken } = await renewed(server, session.refreshToken);
    await age(server, session.user, '9 s');
    expect((await renewed(server, session.refreshToken)).refreshToken).toBe(refreshToken);
    await age(server, session.user, '2 s');
    expect(await refusal(server, session.refreshToken)).toBe('REFRESH_TOKEN_REUSED');
  });

  it('ends the session, and no other, when a refresh token is used again after 10 seconds', async ({ server }) => {
    const session = await server.session();
    const other = await server.session(session.user);
    const next = await renewed(server, session.refreshToken);
    await age(server, session.user, '11 s');
    expect(await refusal(server, session.refreshToken)).toBe('REFRESH_TOKEN_REUSED');
    const { status, errors } = await server.send(next.accessToken, ViewerDocument);
    expect({ status, reason: errors?.[0]?.extensions['reason'] }).toEqual({ status: 401, reason: 'TOKEN_REVOKED' });
    expect(await refusal(server, next.refreshToken)).toBe('REFRESH_TOKEN_REVOKED');
    expect(await viewerStatus(server, other.accessToken)).toBe(200);
  });

  it('closes the WebSockets of the session when a refresh token is used again', async ({ server }) => {
    const session = await server.session();
    const socket = await openSocket(server);
    await socket.init(session);
    await renewed(server, session.refreshToken);
    await age(server, session.user, '11 s');
    expect(await refusal(server, session.refreshToken)).toBe('REFRESH_TOKEN_REUSED');
    expect((await socket.closed).code).toBe(4401);
  });

  it('ends the session when the last refresh token but one is used again, however soon', async ({ server }) => {
    const session = await server.session();
    const child = await renewed(server, session.refreshToken);
    const grandchild = await renewed(server, child.refreshToken);
    expect(await refusal(server, session.refreshToken)).toBe('REFRESH_TOKEN_REUSED');
    expect(await refusal(server, grandchild.refreshToken)).toBe('REFRESH_TOKEN_REVOKED');
  });

  it('refuses a copy of the previous refresh token after a day without requests', async ({ server }) => {
    const session = await server.session();
    await renewed(server, session.refreshToken);
    await age(server, session.user, '1 day');
    expect(await refusal(server, session.refreshToken)).toBe('REFRESH_TOKEN_REUSED');
  });

  it('refuses made-up refresh tokens, and ends no session', async ({ server }) => {
    const [session, other] = [await server.session(), await server.session()];
    const body = Buffer.from(session.refreshToken.slice('scrip_rt_'.length), 'base64url');
    const forged = (change: (bytes: Buffer) => void) => {
      const bytes = Buffer.from(body);
      change(bytes);
      return `scrip_rt_${bytes.toString('base64url')}`;
    };
    const otherBody = Buffer.from(other.refreshToken.slice('scrip_rt_'.length), 'base64url');
    const madeUp = [
      forged((bytes) => bytes.writeUIntBE(1, 16, 6)),
      forged((bytes) => bytes.writeUIntBE(2 ** 48 - 1, 16, 6)),
      forged((bytes) => bytes.set(otherBody.subarray(0, 16))),
      ...Array.from(body.keys(), (index) => forged((bytes) => bytes.writeUInt8(bytes.readUInt8(index) ^ 1, index))),
      session.refreshToken.slice(0, -1),
      `${session.refreshToken}A`,
      `${session.refreshToken}=`,
      session.refreshToken.toUpperCase(),
      `scrip_rt_${'A'.repeat(72)}`,
      '',
      'x'.repeat(100_000),
    ];
    for (const token of madeUp) expect(await refusal(server, token)).toBe('REFRESH_TOKEN_INVALID');
    await renewed(server, session.refreshToken);
    await renewed(server, other.refreshToken);
  });

  it('refuses a refresh token that is newer than a restored database', async ({ server }) => {
    const session = await server.session();
    const next = await renewed(server, session.refreshToken);
    await server.database.query('update sessions set counter = 0 where user_id = $1', [session.user.id]);
    expect(await refusal(server, next.refreshToken)).toBe('REFRESH_TOKEN_INVALID');
    expect(await sessionOf(server, session)).toEqual({ counter: 0, ended_at: null });
  });

  it('accepts refresh tokens alone, which are accepted nowhere else', async ({ server }) => {
    const session = await server.session();
    expect(await refusal(server, session.accessToken)).toBe('REFRESH_TOKEN_INVALID');
    expect(await refusal(server, (await server.everything()).secret)).toBe('REFRESH_TOKEN_INVALID');
    const { status, errors } = await server.send(session.refreshToken, ViewerDocument);
    expect({ status, reason: errors?.[0]?.extensions['reason'] }).toEqual({ status: 401, reason: 'TOKEN_INVALID' });
  });

  it('refuses a session that has been idle for 14 days, by the database’s clock', async ({ server }) => {
    const session = await server.session();
    await age(server, session.user, '13 days 23:59:50');
    const { refreshToken } = await renewed(server, session.refreshToken);
    await age(server, session.user, '14 days 00:00:01');
    expect(await refusal(server, refreshToken)).toBe('REFRESH_TOKEN_EXPIRED');
  });

  it.for([-300, 300])(
    'uses the clock of the database where that of the server is %i seconds off',
    async (seconds, { server }) => {
      vi.useFakeTimers({ toFake: ['Date'], now: Date.now() + seconds * 1000 });
      try {
        const session = await server.session();
        const next = await renewed(server, session.refreshToken);
        expect(await viewerStatus(server, next.accessToken)).toBe(200);
        await age(server, session.user, '14 days 00:00:01');
        expect(await refusal(server, next.refreshToken)).toBe('REFRESH_TOKEN_EXPIRED');
      } finally {
        vi.useRealTimers();
      }
    },
  );

  it('issues the scopes that the user’s role has by then', async ({ server }) => {
    const session = await server.session(await server.user({ role: 'ADMIN' }));
    expect(claims(session.accessToken).scope).toContain('users:write');
    await server.database.query(`update users set role = 'USER' where id = $1`, [session.user.id]);
    const { accessToken } = await renewed(server, session.refreshToken);
    expect(claims(accessToken).scope).toBe('users:read posts:read');
    const { data } = await server.send(accessToken, ViewerDocument);
    expect(data.viewer.scopes).toEqual(['USERS_READ', 'POSTS_READ']);
  });

  it('refuses a session that is a year old, however active', async ({ server }) => {
    const session = await server.session();
    await server.database.query(
      `update sessions set created_at = now() - interval '364 days 23:59:00' where user_id = $1`,
      [session.user.id],
    );
    const last = await renewed(server, session.refreshToken);
    expect(last.expiresIn).toBeLessThanOrEqual(60);
    await age(server, session.user, '61 s');
    expect(await refusal(server, last.refreshToken)).toBe('REFRESH_TOKEN_EXPIRED');
  });

  it('renews an active session without limit where SESSION_ABSOLUTE_DAYS is 0', async ({ server }) => {
    const endless = await startServer({ SESSION_ABSOLUTE_DAYS: '0', THROTTLE_RENEWALS_PER_MINUTE: '0' });
    try {
      const { user, ...session } = await endless.session();
      let { refreshToken } = session;
      for (let days = 0; days < 400; days += 13) {
        await age(server, user, '13 days 23:59:50', endless);
        refreshToken = (await renewed(server, refreshToken, endless)).refreshToken;
      }
    } finally {
      await endless.close();
    }
  });

  it('refuses a session whose user logged out or was deleted', async ({ server }) => {
    const [out, gone] = [await server.session(), await server.session()];
    await server.send(out.accessToken, LogOutDocument);
    expect(await refusal(server, out.refreshToken)).toBe('REFRESH_TOKEN_REVOKED');
    await server.send(await server.everything(), DeleteUserDocument, { user: { id: gone.user.id } });
    expect(await refusal(server, gone.refreshToken)).toBe('REFRESH_TOKEN_REVOKED');
  });

  it('at once with a log-out or a deletion, leaves no valid token', async ({ server }) => {
    const admin = await server.everything();
    for (let round = 0; round < 5; round++) {
      const [out, gone] = [await server.session(), await server.session()];
      const responses = await Promise.all([
        renew(server, out.refreshToken),
        server.send(out.accessToken, LogOutDocument),
        renew(server, gone.refreshToken),
        server.send(admin, DeleteUserDocument, { user: { id: gone.user.id } }),
      ]);
      expect([responses[1].errors, responses[3].errors]).toEqual([undefined, undefined]);
      for (const { data } of responses) {
        const pair = 'renewSession' in data ? data.renewSession : null;
        if (pair === null) continue;
        expect(await viewerStatus(server, pair.accessToken)).toBe(401);
        expect(await refusal(server, pair.refreshToken)).toBe('REFRESH_TOKEN_REVOKED');
      }
    }
  });

  it('writes to one row, and a thousand requests with the access token write nothing', async ({ server }) => {
    const session = await server.session();
    await renewed(server, session.refreshToken);
    const version = () =>
      server.database.query('select xmin::text, count(*) over () from sessions where user_id = $1', [session.user.id]);
    const before = await version();
    for (let round = 0; round < 20; round++) {
      const statuses = await Promise.all(Array.from({ length: 50 }, () => viewerStatus(server, session.accessToken)));
      expect(statuses).toEqual(Array(50).fill(200));
    }
    expect(await version()).toEqual(before);
    expect(before).toMatchObject([{ count: '1' }]);
  });
});
