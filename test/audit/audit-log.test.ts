import { describe, expect } from 'vitest';
import {
  AuditLogDocument,
  type AuditLogQueryVariables,
  ChangePasswordDocument,
  CreateUserDocument,
  DeleteUserDocument,
  IssueTokenDocument,
  LogInDocument,
  LogOutDocument,
  RenewSessionDocument,
  ReportLeakedTokenDocument,
  RevokeCurrentTokenDocument,
  RevokeSessionsDocument,
  RevokeTokenDocument,
  RotateTokenDocument,
  SignUpDocument,
  UpdateUserDocument,
} from '../operations/generated.js';
import { it } from '../support/fixtures.js';
import { type IssuedToken, startServer, type TestServer } from '../support/server.js';

const password = 'correct horse battery';

describe('Query.auditLog', () => {
  let auditor: IssuedToken;
  it.beforeAll(async ({ server }) => {
    auditor = await server.token(['audit:read']);
  });

  const log = async (server: TestServer, variables: AuditLogQueryVariables) => {
    const { data, errors } = await server.send(auditor, AuditLogDocument, variables);
    expect(errors).toBeUndefined();
    return data.auditLog;
  };
  /** What was recorded of a user, oldest first. */
  const recorded = async (server: TestServer, username: string) =>
    (await log(server, { user: { username } })).nodes.toReversed().map(({ id: _, at: __, ...event }) => event);
  const signUp = async (server: TestServer, username: string) =>
    (await server.send(undefined, SignUpDocument, { username, password })).data.signUp;

  it('records who signs up, logs in, fails to, changes the password and logs out', async ({ server }) => {
    await signUp(server, 'Ada');
    const { accessToken } = (await server.send(undefined, LogInDocument, { username: 'ADA', password })).data.logIn;
    await server.send(undefined, LogInDocument, { username: 'ada', password: 'wrong horse battery' });
    const change = { currentPassword: password, newPassword: 'correct horse saddle' };
    await server.send(accessToken, ChangePasswordDocument, { ...change, currentPassword: 'wrong horse battery' });
    const changed = (await server.send(accessToken, ChangePasswordDocument, change)).data.changePassword;
    await server.send(changed.accessToken, LogOutDocument);

    const self = { actor: { username: 'Ada' }, subject: { username: 'Ada' } };
    const event = { address: '127.0.0.1', detail: null, actorToken: null, token: null, ...self };
    expect(await recorded(server, 'ada')).toEqual([
      { ...event, action: 'SIGNED_UP' },
      { ...event, action: 'LOGGED_IN' },
      { ...event, action: 'LOGIN_FAILED', actor: null },
      { ...event, action: 'LOGIN_FAILED', detail: 'change of password' },
      { ...event, action: 'PASSWORD_CHANGED' },
      { ...event, action: 'LOGGED_OUT', detail: expect.stringMatching(/^session [0-9a-f-]{36}$/) },
    ]);
  });

  it('records a failed log-in of an unknown user, and not the username that was tried', async ({ server }) => {
    await server.send(undefined, LogInDocument, { username: 'my-password-by-mistake', password });
    const [event] = (await log(server, { first: 1, action: 'LOGIN_FAILED' })).nodes;
    expect(event).toMatchObject({ actor: null, subject: null, detail: null, address: '127.0.0.1' });
    expect(JSON.stringify(await server.database.query('select * from audit_events'))).not.toContain('by-mistake');
  });

  it('records each password that was tried, and no attempt that a throttle refused', async ({ server }) => {
    await signUp(server, 'besieged');
    for (let times = 0; times < 5; times++) {
      await server.send(undefined, LogInDocument, { username: 'besieged', password: 'wrong horse battery' });
    }
    const { errors } = await server.send(undefined, LogInDocument, { username: 'besieged', password });
    expect(errors?.[0]?.extensions['code']).toBe('RATE_LIMITED');
    const actions = (await recorded(server, 'besieged')).map(({ action }) => action);
    expect(actions).toEqual(['SIGNED_UP', ...Array(5).fill('LOGIN_FAILED')]);
  });

  it('records the issue, the rotation and the revocation of a token once each, with the actor', async ({ server }) => {
    const issuer = await server.token(
      ['tokens:issue', 'tokens:revoke', 'points:add'],
      await server.user({ username: 'issuer' }),
    );
    await server.user({ username: 'owner' });
    const input = { name: 'n', scopes: ['POINTS_ADD' as const], owner: { username: 'owner' } };
    const { id } = (await server.send(issuer, IssueTokenDocument, { input })).data.issueToken.token;
    const rotated = await server.send(issuer, RotateTokenDocument, { id, overlapSeconds: 60 });
    const successor = rotated.data.rotateToken.token.id;
    for (let times = 0; times < 2; times++) await server.send(issuer, RevokeTokenDocument, { input: { id } });

    const event = {
      actor: { username: 'issuer' },
      actorToken: { id: issuer.id },
      token: { id },
      subject: { username: 'owner' },
      address: '127.0.0.1',
      detail: null,
    };
    expect((await recorded(server, 'owner')).slice(1)).toEqual([
      { ...event, action: 'TOKEN_ISSUED' },
      { ...event, action: 'TOKEN_ROTATED', detail: `successor ${successor}` },
      { ...event, action: 'TOKEN_REVOKED' },
    ]);
  });

  it('records that a token was reported as leaked, without an actor', async ({ server }) => {
    const leaked = await server.token(['posts:read'], await server.user({ username: 'careless' }));
    await server.send(undefined, ReportLeakedTokenDocument, { secret: leaked.secret });
    expect((await recorded(server, 'careless')).at(-1)).toMatchObject({
      action: 'TOKEN_REVOKED',
      actor: null,
      token: { id: leaked.id },
      address: '127.0.0.1',
      detail: 'reported as leaked',
    });
  });

  it('records the changes of a user with the token that made them, and keeps them when the user is deleted', async ({
    server,
  }) => {
    const admin = await server.everything();
    const create = async (username: string) =>
      (await server.send(admin, CreateUserDocument, { input: { username, role: 'ADMIN' } })).data.createUser.user;
    const { id } = await create('eve');
    const user = { id };
    await server.send(admin, UpdateUserDocument, { input: { user, username: 'Evelyn', role: 'ADMIN' } });
    await create('other-admin');
    await server.send(admin, UpdateUserDocument, { input: { user, role: 'USER' } });
    await server.send(admin, DeleteUserDocument, { user });

    const { nodes } = await log(server, { user: { id } });
    expect(nodes.map(({ action, detail }) => [action, detail])).toEqual([
      ['USER_DELETED', null],
      ['ROLE_CHANGED', 'ADMIN to USER'],
      ['USER_UPDATED', null],
      ['USER_CREATED', null],
    ]);
    for (const event of nodes) {
      expect(event).toMatchObject({
        actor: { username: admin.owner.username },
        actorToken: { id: admin.id },
        token: { id: admin.id },
        subject: { username: `deleted-${id}` },
      });
    }
    expect(JSON.stringify(await server.database.query('select * from audit_events'))).not.toMatch(/eve/i);
  });

  it('records that a refresh token was used twice, and sessions that another user ended', async ({ server }) => {
    const user = await server.user({ username: 'robbed' });
    const session = await server.session(user);
    await server.send(undefined, RenewSessionDocument, { refreshToken: session.refreshToken });
    await server.database.query(`update sessions set renewed_at = now() - interval '11 s' where user_id = $1`, [
      user.id,
    ]);
    await server.send(undefined, RenewSessionDocument, { refreshToken: session.refreshToken });
    await server.session(user);
    await server.session(user);
    const admin = await server.session(await server.user({ username: 'root', role: 'ADMIN' }));
    for (let times = 0; times < 2; times++) await server.send(admin, RevokeSessionsDocument, { user: { id: user.id } });

    expect((await recorded(server, 'robbed')).slice(1)).toMatchObject([
      { action: 'REFRESH_TOKEN_REUSED', actor: null, subject: { username: 'robbed' } },
      { action: 'LOGGED_OUT', actor: { username: 'root' }, subject: { username: 'robbed' }, detail: 'sessions: 2' },
    ]);
  });

  it('records no mutation that was refused', async ({ server }) => {
    const before = (await log(server, {})).totalCount;
    const admin = await server.everything();
    await server.send(admin, CreateUserDocument, { input: { username: 'root' } });
    await server.send(admin, DeleteUserDocument, { user: { username: 'nobody' } });
    await server.send(undefined, CreateUserDocument, { input: { username: 'x' } });
    await server.send(undefined, SignUpDocument, { username: 'root', password });
    expect((await log(server, {})).totalCount - before).toBe(2); // the arrangement: a user and their token
  });

  it('records what the command line and the first start did, without an actor', async ({ server }) => {
    const token = await server.token(['posts:read'], await server.user({ username: 'by-hand' }));
    expect(await recorded(server, 'by-hand')).toMatchObject([
      { action: 'USER_CREATED', actor: null, address: null, detail: 'command line' },
      { action: 'TOKEN_ISSUED', actor: null, token: { id: token.id }, address: null, detail: 'command line' },
    ]);
    expect(await recorded(server, 'admin')).toMatchObject([{ action: 'USER_CREATED', detail: 'first start' }]);
  });

  it('is listed newest first, in pages without a gap', async ({ server }) => {
    const all = (await log(server, { first: 100 })).nodes;
    expect(all.length).toBeGreaterThan(14); // three pages
    expect(all.map(({ id }) => id)).toEqual(
      all
        .map(({ id }) => id)
        .toSorted()
        .toReversed(),
    );
    const pages: unknown[] = [];
    for (let after: string | null = null, hasNextPage = true; hasNextPage; ) {
      const page: { nodes: unknown[]; pageInfo: { hasNextPage: boolean; endCursor: string | null } } = await log(
        server,
        {
          first: 7,
          after,
        },
      );
      pages.push(...page.nodes);
      ({ endCursor: after, hasNextPage } = page.pageInfo);
    }
    expect(pages).toEqual(all);
  });

  it('is filtered by action, and by a user as actor or subject', async ({ server }) => {
    const issued = await log(server, { first: 100, action: 'TOKEN_ISSUED' });
    expect(new Set(issued.nodes.map(({ action }) => action))).toEqual(new Set(['TOKEN_ISSUED']));
    expect(issued.totalCount).toBe(issued.nodes.length);
    const byIssuer = await log(server, { user: { username: 'issuer' }, action: 'TOKEN_REVOKED' });
    expect(byIssuer.nodes).toMatchObject([{ actor: { username: 'issuer' }, subject: { username: 'owner' } }]);
    expect((await log(server, { user: { username: 'nobody-at-all' } })).totalCount).toBe(0);
  });

  it('takes the address from a proxy only where one is trusted', async ({ server }) => {
    const behind = await startServer({ TRUSTED_PROXIES: '1' });
    try {
      for (const of of [server, behind]) {
        const headers = { 'x-forwarded-for': '203.0.113.9, 198.51.100.7' };
        await of.send(undefined, SignUpDocument, { username: 'far', password }, headers);
      }
      const addressOf = async (of: TestServer) =>
        (
          await of.database.query(
            `select address from audit_events where action = 'SIGNED_UP' order by id desc limit 1`,
          )
        )[0];
      expect(await addressOf(server)).toEqual({ address: '127.0.0.1' });
      expect(await addressOf(behind)).toEqual({ address: '198.51.100.7' });
    } finally {
      await behind.close();
    }
  });

  it('is denied to callers without audit:read', async ({ server }) => {
    expect((await server.send(undefined, AuditLogDocument)).status).toBe(401);
    const narrow = await server.send(await server.token(['users:read', 'tokens:read']), AuditLogDocument);
    expect(narrow.status).toBe(403);
    expect(narrow.errors?.[0]?.extensions).toMatchObject({
      coordinate: 'Query.auditLog',
      missingScopes: ['AUDIT_READ'],
    });
    const user = await server.session();
    expect((await server.send(user, AuditLogDocument, { user: { id: user.user.id } })).status).toBe(403);
    const revoked = await server.token(['audit:read']);
    await server.send(revoked, RevokeCurrentTokenDocument);
    expect((await server.send(revoked, AuditLogDocument)).status).toBe(401);
  });

  it.for([
    ['a page of 0', { first: 0 }, 'first'],
    ['a page of 101', { first: 101 }, 'first'],
    ['an invalid cursor', { after: 'x' }, 'after'],
  ] as const)('refuses %s', async ([_what, variables, field], { server }) => {
    const { errors } = await server.send(auditor, AuditLogDocument, variables);
    expect(errors?.[0]?.extensions).toMatchObject({ code: 'BAD_USER_INPUT', field });
  });

  it.for(['update audit_events set detail = null', 'delete from audit_events', 'truncate audit_events'])(
    'cannot be changed: %s',
    async (statement, { server }) => {
      await expect(server.database.query(statement)).rejects.toThrow('audit_events is append-only');
    },
  );
});
