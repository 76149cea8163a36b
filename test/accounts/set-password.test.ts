import { describe, expect } from 'vitest';
import { SCOPES } from '../../src/auth/scope.js';
import type { User } from '../../src/users/user.js';
import {
  DeleteUserDocument,
  LinkExternalIdDocument,
  LogInDocument,
  RenewSessionDocument,
  SetPasswordDocument,
  UnlinkExternalIdDocument,
  UpdateUserDocument,
  ViewerDocument,
} from '../operations/generated.js';
import type { IssuedToken, TestResponse, TestServer } from '../support/server.js';
import { itWith } from '../support/server-fixture.js';

const it = itWith({ THROTTLE_LOGIN_FAILURES: '0' });

describe('Mutation.setPassword', () => {
  const password = 'a Password that was set';

  type Credential = { readonly secret: string } | undefined;
  const set = async (server: TestServer, credential: Credential, { id }: Pick<User, 'id'>, to = password) =>
    await server.send(credential, SetPasswordDocument, { user: { id }, password: to });
  const logIn = async (server: TestServer, { username }: User) =>
    await server.send(undefined, LogInDocument, { username, password });
  const extensions = ({ errors }: TestResponse) => errors?.[0]?.extensions;

  it('lets the user log in with it, ends their sessions, and leaves app tokens and other users alone', async ({
    server,
  }) => {
    const session = await server.session();
    const { user, refreshToken } = session;
    const [token, stranger] = [await server.token(['posts:read'], user), await server.session()];
    const response = await server.send(await server.token(['users:write']), SetPasswordDocument, {
      user: { username: user.username.toUpperCase() },
      password,
    });
    expect(response.data.setPassword).toEqual({ user: { id: user.id, username: user.username } });
    expect((await logIn(server, user)).errors).toBeUndefined();
    expect(extensions(await server.send(session, ViewerDocument))).toMatchObject({ reason: 'TOKEN_REVOKED' });
    expect(extensions(await server.send(undefined, RenewSessionDocument, { refreshToken }))).toMatchObject({
      code: 'REFRESH_TOKEN_REVOKED',
    });
    for (const credential of [token, stranger])
      expect((await server.send(credential, ViewerDocument)).status).toBe(200);
  });

  it('is recorded in the audit log', async ({ server }) => {
    const [token, user] = [await server.token(['users:write']), await server.user()];
    await set(server, token, user);
    const recorded = await server.database.query(
      'select action, actor_id, actor_token_id from audit_events where subject_id = $1 and action = $2',
      [user.id, 'PASSWORD_CHANGED'],
    );
    expect(recorded).toEqual([{ action: 'PASSWORD_CHANGED', actor_id: token.owner.id, actor_token_id: token.id }]);
  });

  it('is refused to anonymous callers, to a token without users:write, and to the user', async ({ server }) => {
    const session = await server.session();
    expect((await set(server, undefined, session.user)).status).toBe(401);
    for (const credential of [session, await server.token(['users:read'], session.user)]) {
      const response = await set(server, credential, session.user);
      expect(response.status).toBe(403);
      expect(extensions(response)).toMatchObject({
        coordinate: 'Mutation.setPassword',
        missingScopes: ['USERS_WRITE'],
      });
    }
    expect(extensions(await logIn(server, session.user))).toMatchObject({ code: 'INVALID_CREDENTIALS' });
  });

  it('is refused to a revoked token', async ({ server }) => {
    const [token, user] = [await server.token(SCOPES), await server.user()];
    await server.database.query('update tokens set revoked_at = now() where id = $1', [token.id]);
    expect(extensions(await set(server, token, user))).toMatchObject({
      code: 'UNAUTHENTICATED',
      reason: 'TOKEN_REVOKED',
    });
  });

  it.for(['too few', 'password1', 'x'.repeat(257), 'nul\0nul\0nul'])(
    'refuses the password %j',
    async (unfit, { server }) => {
      const session = await server.session();
      const response = await set(server, await server.everything(), session.user, unfit);
      expect(extensions(response)).toMatchObject({ code: 'BAD_USER_INPUT', field: 'input.password' });
      expect((await server.send(session, ViewerDocument)).status).toBe(200);
    },
  );

  it('refuses the name of the user as their password', async ({ server }) => {
    const user = await server.user({ username: 'long-enough-name' });
    const response = await set(server, await server.everything(), user, 'LONG-enough-name');
    expect(extensions(response)).toMatchObject({ code: 'BAD_USER_INPUT', field: 'input.password' });
  });

  it('is refused with USER_NOT_FOUND for a user who was deleted or does not exist', async ({ server }) => {
    const token = await server.everything();
    const gone = await server.user();
    await server.send(token, DeleteUserDocument, { user: { id: gone.id } });
    for (const user of [gone, { id: 'no uuid' }]) {
      expect(extensions(await set(server, token, user))).toMatchObject({ code: 'USER_NOT_FOUND' });
    }
  });

  describe('and the other changes of an ADMIN', () => {
    type Change = (server: TestServer, by: IssuedToken, id: string) => Promise<TestResponse>;
    const CHANGES: readonly [string, Change][] = [
      ['setPassword', (server, by, id) => server.send(by, SetPasswordDocument, { user: { id }, password })],
      [
        'updateUser',
        (server, by, id) => server.send(by, UpdateUserDocument, { input: { user: { id }, role: 'USER' } }),
      ],
      ['deleteUser', (server, by, id) => server.send(by, DeleteUserDocument, { user: { id } })],
      [
        'linkExternalId',
        (server, by, id) =>
          server.send(by, LinkExternalIdDocument, { input: { user: { id }, external: { issuer: 'elsewhere', id } } }),
      ],
      [
        'unlinkExternalId',
        async (server, by, id) => {
          const link = `insert into external_ids (issuer, external_id, user_id) values ('elsewhere', $1::text, $1::text::uuid)
            on conflict do nothing`;
          await server.database.query(link, [id]);
          return await server.send(by, UnlinkExternalIdDocument, { external: { issuer: 'elsewhere', id } });
        },
      ],
    ];

    it.for(CHANGES)('%s requires every scope', async ([name, change], { server }) => {
      const admin = await server.user({ role: 'ADMIN' });
      const before = await server.database.query('select * from users where id = $1', [admin.id]);
      const narrow = await server.token(
        SCOPES.filter((scope) => scope !== 'audit:read'),
        admin,
      );
      const response = await change(server, narrow, admin.id);
      expect(response.status).toBe(200);
      expect(extensions(response)).toMatchObject({
        code: 'FORBIDDEN',
        coordinate: `Mutation.${name}`,
        missingScopes: ['AUDIT_READ'],
      });
      expect(await server.database.query('select * from users where id = $1', [admin.id])).toEqual(before);
      expect((await change(server, await server.everything(), admin.id)).errors).toBeUndefined();
    });

    it('setPassword is allowed to another ADMIN, and to the user', async ({ server }) => {
      const [one, other] = [await server.user({ role: 'ADMIN' }), await server.user({ role: 'ADMIN' })];
      expect((await set(server, await server.session(one), other)).errors).toBeUndefined();
      expect((await set(server, await server.session(one), one)).errors).toBeUndefined();
      expect((await logIn(server, one)).errors).toBeUndefined();
    });
  });
});
