import { describe, expect } from 'vitest';
import { SCOPES } from '../../src/auth/scope.js';
import type { User } from '../../src/users/user.js';
import {
  ChangeOwnDocument,
  CreatePostDocument,
  CreateUserDocument,
  DeletePostDocument,
  DeleteUserDocument,
  IssueTokenDocument,
  RevokeSessionDocument,
  RevokeSessionsDocument,
  RevokeTokenDocument,
  RotateTokenDocument,
  SetPasswordDocument,
  UpdatePostDocument,
  UpdateUserDocument,
  ViewerKindDocument,
} from '../operations/generated.js';
import { hold } from '../support/held.js';
import { sessionIdOf, type TestResponse, type TestServer } from '../support/server.js';
import { type Credential, errorOf, it, type Stop, userStop } from './endings.js';

describe('Within the transaction of a single field', () => {
  type Send = (by: Credential) => Promise<TestResponse>;

  /** A field that changes something of the target, and what it waits for. */
  interface Change {
    readonly name: string;
    /** APP: a field for sessions alone would be denied to it. */
    readonly kinds: readonly ('APP' | 'USER')[];
    /** Whether it waits before it locks the user behind the credential: otherwise their demotion waits for it. */
    readonly isDemotable: boolean;
    readonly prepare: (server: TestServer, target: User) => Promise<Prepared>;
  }
  interface Prepared {
    readonly send: Send;
    readonly stop: Stop;
  }
  const BOTH = ['APP', 'USER'] as const;
  const onUser = (
    name: string,
    send: (server: TestServer, by: Credential, target: { readonly id: string }) => Promise<TestResponse>,
    kinds: Change['kinds'] = BOTH,
  ): Change => ({
    name,
    kinds,
    isDemotable: true,
    prepare: async (server, target) => ({
      send: (by) => send(server, by, { id: target.id }),
      stop: userStop(target),
    }),
  });
  const onPost = (
    name: string,
    send: (server: TestServer, by: Credential, id: string) => Promise<TestResponse>,
  ): Change => ({
    name,
    kinds: BOTH,
    isDemotable: false,
    prepare: async (server, target) => {
      const { id } = await server.post(target);
      return { send: (by) => send(server, by, id), stop: ['select 1 from posts where id = $1 for update', [id]] };
    },
  });
  const CHANGES: readonly Change[] = [
    onUser('issueToken', (server, by, owner) =>
      server.send(by, IssueTokenDocument, { input: { name: 'n', scopes: ['TOKENS_ISSUE'], owner } }),
    ),
    onUser('updateUser', (server, by, user) => server.send(by, UpdateUserDocument, { input: { user, role: 'ADMIN' } })),
    onUser('deleteUser', (server, by, user) => server.send(by, DeleteUserDocument, { user })),
    onUser('setPassword', (server, by, user) =>
      server.send(by, SetPasswordDocument, { user, password: 'a new Password' }),
    ),
    onUser('createPost', (server, by, author) =>
      server.send(by, CreatePostDocument, { input: { author, title: 'late', body: '' } }),
    ),
    onPost('updatePost', (server, by, id) => server.send(by, UpdatePostDocument, { input: { id, title: 'late' } })),
    onPost('deletePost', (server, by, id) => server.send(by, DeletePostDocument, { input: { id } })),
    onUser('revokeSessions', (server, by, user) => server.send(by, RevokeSessionsDocument, { user }), ['USER']),
    {
      name: 'revokeSession',
      kinds: ['USER'],
      isDemotable: false,
      prepare: async (server, target) => {
        const id = sessionIdOf(await server.session(target));
        return {
          send: (by) => server.send(by, RevokeSessionDocument, { id }),
          stop: ['select 1 from sessions where id = $1 for update', [id]],
        };
      },
    },
    {
      name: 'revokeToken',
      kinds: BOTH,
      isDemotable: false,
      prepare: async (server, target) => {
        const { id } = await server.token(['posts:read'], target);
        return {
          send: (by) => server.send(by, RevokeTokenDocument, { input: { id } }),
          stop: ['select 1 from tokens where id = $1 for update', [id]],
        };
      },
    },
  ];
  const BY_TOKEN = CHANGES.filter(({ kinds }) => kinds.includes('APP'));
  const DEMOTABLE = CHANGES.filter(({ isDemotable }) => isDemotable);
  const UNDEMOTABLE = CHANGES.filter(({ isDemotable }) => !isDemotable);

  /** What is changed comes before the credential, whose id is later: so do their locks. */
  const prepareTarget = async (server: TestServer, { prepare }: Change) => {
    const { user: target } = await server.session();
    return { target, ...(await prepare(server, target)) };
  };
  const stateOf = async (server: TestServer, { id }: User) => [
    await server.database.query('select * from users where id = $1', [id]),
    await server.database.query('select id, revoked_at, expires_at from tokens where owner_id = $1 order by id', [id]),
    await server.database.query('select id, ended_at from sessions where user_id = $1 order by id', [id]),
    await server.database.query('select id, title, body from posts where author_id = $1 order by id', [id]),
  ];

  it.for(BY_TOKEN)('$name changes nothing for a token that was revoked', async (change, { server, stage }) => {
    const { target, send, stop } = await prepareTarget(server, change);
    const token = await server.token(SCOPES);
    const before = await stateOf(server, target);
    const response = await stage.endWithin(
      () => send(token),
      stop,
      () => stage.revoke(token.id),
    );
    expect(errorOf(response)).toEqual({ code: 'UNAUTHENTICATED', reason: 'TOKEN_REVOKED' });
    expect(await stateOf(server, target)).toEqual(before);
  });

  it.for(CHANGES)('$name changes nothing for a session that was logged out', async (change, { server, stage }) => {
    const { target, send, stop } = await prepareTarget(server, change);
    const session = await server.session(await server.user({ role: 'ADMIN' }));
    const before = await stateOf(server, target);
    const response = await stage.endWithin(
      () => send(session),
      stop,
      () => stage.logOut(session),
    );
    expect(errorOf(response)).toEqual({ code: 'UNAUTHENTICATED', reason: 'TOKEN_REVOKED' });
    expect(await stateOf(server, target)).toEqual(before);
  });

  it.for(DEMOTABLE)('$name changes nothing for an administrator who was demoted', async (change, { server, stage }) => {
    const { target, send, stop } = await prepareTarget(server, change);
    const session = await server.session(await server.user({ role: 'ADMIN' }));
    const before = await stateOf(server, target);
    const response = await stage.endWithin(
      () => send(session),
      stop,
      () => stage.demote(session.user),
    );
    expect(errorOf(response)).toMatchObject({ code: 'FORBIDDEN', coordinate: `Mutation.${change.name}` });
    expect(await stateOf(server, target)).toEqual(before);
  });

  it.for(UNDEMOTABLE)('the demotion of an administrator waits for $name', async (change, { server, stage }) => {
    const { send, stop } = await prepareTarget(server, change);
    const session = await server.session(await server.user({ role: 'ADMIN' }));
    const held = await hold(server, ...stop);
    const response = send(session);
    await held.reached();
    let isDemoted = false;
    const demotion = stage.demote(session.user).then((demoted) => {
      isDemoted = true;
      return demoted;
    });
    await held.isFollowed();
    expect(isDemoted).toBe(false);
    await held.release();
    expect((await response).errors).toBeUndefined();
    expect((await demotion).errors).toBeUndefined();
  });

  it('a user without a scope changes what belongs to them, in one operation', async ({ server }) => {
    const session = await server.session();
    const { id } = await server.post(session.user);
    const other = await server.session(session.user);
    const user = { id: session.user.id };
    const { data, errors } = await server.send(session, ChangeOwnDocument, {
      post: id,
      session: sessionIdOf(other),
      user,
    });
    expect(errors).toBeUndefined();
    expect(data).toMatchObject({
      updatePost: { post: { title: 'own' } },
      deletePost: { deletedPostId: id },
      revokeSession: { session: { state: 'ENDED' } },
      revokeSessions: { count: 1 },
    });
  });

  type SendOwn = (server: TestServer, by: Credential, user: User, post: string) => Promise<TestResponse>;
  const OWN: readonly [name: string, send: SendOwn][] = [
    [
      'updateUser',
      (server, by, { id }) => server.send(by, UpdateUserDocument, { input: { user: { id }, username: `own-${id}` } }),
    ],
    ['createPost', (server, by) => server.send(by, CreatePostDocument, { input: { title: 'own', body: '' } })],
    [
      'updatePost',
      (server, by, _user, post) => server.send(by, UpdatePostDocument, { input: { id: post, title: 'own' } }),
    ],
    ['revokeSessions', (server, by, { id }) => server.send(by, RevokeSessionsDocument, { user: { id } })],
    ['deleteUser', (server, by, { id }) => server.send(by, DeleteUserDocument, { user: { id } })],
  ];
  /** Sends an operation of an administrator whose role is being taken away: it waits for their row. */
  const sendWhileDemoted = async (server: TestServer, send: SendOwn) => {
    const session = await server.session(await server.user({ role: 'ADMIN' }));
    const post = await server.post(session.user);
    const demotion = await hold(server, `update users set role = 'USER' where id = $1`, [session.user.id]);
    const response = send(server, session, session.user, post.id);
    await demotion.reached();
    await demotion.commit();
    return await response;
  };
  it.for(OWN)(
    '%s is executed for an administrator who was demoted, on what belongs to them',
    async ([_name, send], { server }) => {
      expect((await sendWhileDemoted(server, send)).errors).toBeUndefined();
    },
  );

  it.for<[name: string, send: SendOwn]>([
    [
      'updateUser with a role',
      (server, by, { id }) => server.send(by, UpdateUserDocument, { input: { user: { id }, role: 'ADMIN' } }),
    ],
    [
      'issueToken',
      (server, by, { id }) =>
        server.send(by, IssueTokenDocument, { input: { name: 'n', scopes: ['AUDIT_READ'], owner: { id } } }),
    ],
  ])('%s is denied to an administrator who was demoted, for themself too', async ([_name, send], { server }) => {
    expect(errorOf(await sendWhileDemoted(server, send))?.['code']).toBe('FORBIDDEN');
  });

  it('rotateToken changes nothing for a token that was revoked', async ({ server, stage }) => {
    const target = await server.token(['posts:read']);
    const token = await server.token(SCOPES);
    const before = await stateOf(server, target.owner);
    const response = await stage.endWithin(
      () => server.send(token, RotateTokenDocument, { id: target.id }),
      userStop(target.owner),
      () => stage.revoke(token.id),
    );
    expect(errorOf(response)).toEqual({ code: 'UNAUTHENTICATED', reason: 'TOKEN_REVOKED' });
    expect(await stateOf(server, target.owner)).toEqual(before);
  });

  it('createUser changes nothing for a token that was revoked', async ({ server, stage }) => {
    const token = await server.token(SCOPES);
    // It waits for the owner alone, for whom `revokeToken` would wait too.
    const revocation = await hold(
      server,
      `with revoked as (update tokens set revoked_at = now() where id = $1)
       select 1 from users where id = $2 for update`,
      [token.id, token.owner.id],
    );
    const response = server.send(token, CreateUserDocument, { input: { username: 'by-revoked' } });
    await revocation.reached();
    await revocation.commit();
    expect(errorOf(await response)).toEqual({ code: 'UNAUTHENTICATED', reason: 'TOKEN_REVOKED' });
    expect(await stage.countOf('select 1 from users where username = $1', ['by-revoked'])).toBe(0);
  });

  it('a change that waited for another one of the same user changes nothing for a token that was revoked', async ({
    server,
    stage,
  }) => {
    const target = await server.user();
    const token = await server.token(SCOPES);
    const held = await hold(server, 'select 1 from users where id = $1 for update', [target.id]);
    const write = (title: string) =>
      server.send(token, CreatePostDocument, { input: { author: { id: target.id }, title, body: '' } });
    const first = write('first');
    await held.reached();
    const second = write('second');
    // A request that was sent later and is answered shows that the second one has been read and waits.
    await server.send(token, ViewerKindDocument);
    await stage.revoke(token.id);
    await held.release();
    for (const response of [await first, await second]) {
      expect(response.errors?.[0]?.extensions).toMatchObject({ code: 'UNAUTHENTICATED', reason: 'TOKEN_REVOKED' });
    }
    expect(await stage.countOf('select 1 from posts where author_id = $1', [target.id])).toBe(0);
  });
});
