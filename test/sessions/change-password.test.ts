import { describe, expect } from 'vitest';
import {
  ChangePasswordDocument,
  LogInDocument,
  LogOutDocument,
  RenewSessionDocument,
  SignUpDocument,
  ViewerDocument,
} from '../operations/generated.js';
import { it } from '../support/fixtures.js';
import type { TestServer } from '../support/server.js';

describe('Mutation.changePassword', () => {
  let count = 0;
  const currentPassword = 'correct horse battery';
  const newPassword = 'staple of another kind';

  const signUp = async (server: TestServer) => {
    const username = `changer-${++count}`;
    const { data } = await server.send(undefined, SignUpDocument, { username, password: currentPassword });
    const logIn = async (password: string) => await server.send(undefined, LogInDocument, { username, password });
    return { username, logIn, session: data.signUp };
  };
  const code = (response: Awaited<ReturnType<TestServer['send']>>) => response.errors?.[0]?.extensions['code'];

  it('ends every session of the user, this one too, begins a new one, and leaves app tokens valid', async ({
    server,
  }) => {
    const { session, logIn } = await signUp(server);
    const other = (await logIn(currentPassword)).data.logIn;
    const stranger = await server.session();
    const token = await server.token(['users:read'], { ...session.user, createdAt: new Date(), deletedAt: null });
    const response = await server.send(session.accessToken, ChangePasswordDocument, { currentPassword, newPassword });
    expect(response.errors).toBeUndefined();
    const begun = response.data.changePassword;
    expect(begun.user.id).toBe(session.user.id);
    for (const { accessToken, refreshToken } of [session, other]) {
      expect((await server.send(accessToken, ViewerDocument)).status).toBe(401);
      expect(code(await server.send(undefined, RenewSessionDocument, { refreshToken }))).toBe('REFRESH_TOKEN_REVOKED');
    }
    for (const credential of [begun.accessToken, stranger, token]) {
      expect((await server.send(credential, ViewerDocument)).status).toBe(200);
    }
    expect(code(await logIn(currentPassword))).toBe('INVALID_CREDENTIALS');
    expect((await logIn(newPassword)).errors).toBeUndefined();
  });

  it('requires the current password', async ({ server }) => {
    const { session, logIn } = await signUp(server);
    const response = await server.send(session.accessToken, ChangePasswordDocument, {
      currentPassword: 'a guess at it',
      newPassword,
    });
    expect(code(response)).toBe('INVALID_CREDENTIALS');
    expect((await server.send(session.accessToken, ViewerDocument)).status).toBe(200);
    expect((await logIn(currentPassword)).errors).toBeUndefined();
  });

  it.for(['too few', 'password1', 'x'.repeat(257)])('refuses the new password %s', async (unfit, { server }) => {
    const { session } = await signUp(server);
    const response = await server.send(session.accessToken, ChangePasswordDocument, {
      currentPassword,
      newPassword: unfit,
    });
    expect(response.errors?.[0]?.extensions).toMatchObject({ code: 'BAD_USER_INPUT', field: 'input.newPassword' });
  });

  it('refuses the user’s name as the new password', async ({ server }) => {
    const { session, username } = await signUp(server);
    const variables = { currentPassword, newPassword: username.toUpperCase() };
    expect(code(await server.send(session.accessToken, ChangePasswordDocument, variables))).toBe('BAD_USER_INPUT');
  });

  it('is refused to an anonymous caller, and to an app token whatever its scopes', async ({ server }) => {
    const variables = { currentPassword, newPassword };
    expect((await server.send(undefined, ChangePasswordDocument, variables)).status).toBe(401);
    const { status, errors } = await server.send(await server.everything(), ChangePasswordDocument, variables);
    expect(status).toBe(403);
    expect(errors?.[0]?.extensions).toMatchObject({
      coordinate: 'Mutation.changePassword',
      reason: 'SESSION_REQUIRED',
    });
  });

  it('at once with renewals and log-ins by the old password, leaves none of their tokens valid', async ({ server }) => {
    for (let round = 0; round < 3; round++) {
      const { session, logIn } = await signUp(server);
      const other = (await logIn(currentPassword)).data.logIn;
      const [changed, ...others] = await Promise.all([
        server.send(session.accessToken, ChangePasswordDocument, { currentPassword, newPassword }),
        ...Array.from({ length: 4 }, () => logIn(currentPassword)),
        ...Array.from({ length: 4 }, () =>
          server.send(undefined, RenewSessionDocument, { refreshToken: other.refreshToken }),
        ),
      ]);
      expect(changed?.errors).toBeUndefined();
      for (const { data } of others) {
        const pair = 'logIn' in data ? data.logIn : data.renewSession;
        if (pair !== null) expect((await server.send(pair.accessToken, ViewerDocument)).status).toBe(401);
      }
      expect((await server.send(changed?.data.changePassword.accessToken, ViewerDocument)).status).toBe(200);
    }
  });

  it('is refused where its session is logged out while the password is hashed', async ({ server }) => {
    const { session, logIn } = await signUp(server);
    const [changed, loggedOut] = await Promise.all([
      server.send(session.accessToken, ChangePasswordDocument, { currentPassword, newPassword }),
      server.send(session.accessToken, LogOutDocument),
    ]);
    expect(loggedOut.errors).toBeUndefined();
    expect(changed.errors?.[0]?.extensions).toMatchObject({ code: 'UNAUTHENTICATED', reason: 'TOKEN_REVOKED' });
    expect((await logIn(currentPassword)).errors).toBeUndefined();
  });
});
