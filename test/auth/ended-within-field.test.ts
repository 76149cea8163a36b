import { describe, expect } from 'vitest';
import { SCOPES } from '../../src/auth/scope.js';
import type { User } from '../../src/users/user.js';
import { hold } from '../support/held.js';
import { sessionIdOf, type TestServer } from '../support/server.js';
import { errorAt, it, type Stop, userStop } from './endings.js';

describe('Within the transaction of a single field', () => {
  /** A field that changes something of the target, and what it waits for. */
  interface Change {
    readonly name: string;
    /** APP: a field for sessions alone would be denied to it. */
    readonly kinds: readonly ('APP' | 'USER')[];
    /** Whether it waits before it locks the user behind the credential: otherwise their demotion waits for it. */
    readonly isDemotable: boolean;
    readonly prepare: (server: TestServer, target: User) => Promise<{ readonly field: string; readonly stop: Stop }>;
  }
  const BOTH = ['APP', 'USER'] as const;
  const onUser = (name: string, field: (target: User) => string, kinds: Change['kinds'] = BOTH): Change => ({
    name,
    kinds,
    isDemotable: true,
    prepare: async (_server, target) => ({ field: field(target), stop: userStop(target) }),
  });
  const onPost = (name: string, field: (id: string) => string): Change => ({
    name,
    kinds: BOTH,
    isDemotable: false,
    prepare: async (server, target) => {
      const { id } = await server.post(target);
      return { field: field(id), stop: ['select 1 from posts where id = $1 for update', [id]] };
    },
  });
  const CHANGES: readonly Change[] = [
    onUser(
      'issueToken',
      ({ id }) => `issueToken(input: { name: "n", scopes: [TOKENS_ISSUE], owner: { id: "${id}" } }) { secret }`,
    ),
    onUser('updateUser', ({ id }) => `updateUser(input: { user: { id: "${id}" }, role: ADMIN }) { user { id } }`),
    onUser('deleteUser', ({ id }) => `deleteUser(input: { user: { id: "${id}" } }) { deletedUserId }`),
    onUser(
      'setPassword',
      ({ id }) => `setPassword(input: { user: { id: "${id}" }, password: "a new Password" }) { user { id } }`,
    ),
    onUser(
      'createPost',
      ({ id }) => `createPost(input: { author: { id: "${id}" }, title: "late", body: "" }) { post { id } }`,
    ),
    onPost('updatePost', (id) => `updatePost(input: { id: "${id}", title: "late" }) { post { id } }`),
    onPost('deletePost', (id) => `deletePost(input: { id: "${id}" }) { deletedPostId }`),
    onUser('revokeSessions', ({ id }) => `revokeSessions(input: { user: { id: "${id}" } }) { count }`, ['USER']),
    {
      name: 'revokeSession',
      kinds: ['USER'],
      isDemotable: false,
      prepare: async (server, target) => {
        const [row] = await server.database.query('select id from sessions where user_id = $1', [target.id]);
        return {
          field: `revokeSession(input: { id: "${row?.['id']}" }) { session { id } }`,
          stop: ['select 1 from sessions where id = $1 for update', [row?.['id']]],
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
          field: `revokeToken(input: { id: "${id}" }) { token { id } }`,
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

  it.for(BY_TOKEN)('$name does nothing by a token that was revoked', async (change, { server, stage }) => {
    const { target, field, stop } = await prepareTarget(server, change);
    const token = await server.token(SCOPES);
    const before = await stateOf(server, target);
    const answer = await stage.endWithin(token, stop, field, () => stage.revoke(token.id));
    expect(errorAt(answer, 'next')).toEqual({ code: 'UNAUTHENTICATED', reason: 'TOKEN_REVOKED' });
    expect(await stateOf(server, target)).toEqual(before);
  });

  it.for(CHANGES)('$name does nothing by a session that was logged out', async (change, { server, stage }) => {
    const { target, field, stop } = await prepareTarget(server, change);
    const session = await server.session(await server.user({ role: 'ADMIN' }));
    const before = await stateOf(server, target);
    const answer = await stage.endWithin(session, stop, field, () => stage.logOut(session));
    expect(errorAt(answer, 'next')).toEqual({ code: 'UNAUTHENTICATED', reason: 'TOKEN_REVOKED' });
    expect(await stateOf(server, target)).toEqual(before);
  });

  it.for(DEMOTABLE)('$name does nothing by an administrator who was demoted', async (change, { server, stage }) => {
    const { target, field, stop } = await prepareTarget(server, change);
    const session = await server.session(await server.user({ role: 'ADMIN' }));
    const before = await stateOf(server, target);
    const answer = await stage.endWithin(session, stop, field, () => stage.demote(session.user));
    expect(errorAt(answer, 'next')).toMatchObject({ code: 'FORBIDDEN', coordinate: `Mutation.${change.name}` });
    expect(await stateOf(server, target)).toEqual(before);
  });

  it.for(UNDEMOTABLE)('the demotion of an administrator waits for $name', async (change, { server, stage }) => {
    const { field, stop } = await prepareTarget(server, change);
    const session = await server.session(await server.user({ role: 'ADMIN' }));
    const held = await hold(server, ...stop);
    const answer = server.send(session, `mutation { next: ${field} }`);
    await held.reached();
    let isDemoted = false;
    const demotion = stage.demote(session.user).then((demoted) => {
      isDemoted = true;
      return demoted;
    });
    await held.isFollowed();
    expect(isDemoted).toBe(false);
    await held.release();
    expect((await answer).errors).toBeUndefined();
    expect((await demotion).errors).toBeUndefined();
  });

  it('a user without a scope changes what is their own', async ({ server }) => {
    const session = await server.session();
    const { id } = await server.post(session.user);
    const other = await server.session(session.user);
    const answer = await server.send(
      session,
      `mutation {
        a: createPost(input: { title: "own", body: "" }) { post { title } }
        b: updatePost(input: { id: "${id}", title: "own" }) { post { title } }
        c: deletePost(input: { id: "${id}" }) { deletedPostId }
        d: revokeSession(input: { id: "${sessionIdOf(other)}" }) { session { state } }
        e: revokeSessions(input: { user: { id: "${session.user.id}" } }) { count }
      }`,
    );
    expect(answer.errors).toBeUndefined();
    expect(answer.data).toMatchObject({ d: { session: { state: 'ENDED' } }, e: { count: 1 } });
  });

  const OWN: readonly [name: string, fieldOf: (server: TestServer, user: User) => Promise<string>][] = [
    [
      'updateUser',
      async (_server, { id }) => `updateUser(input: { user: { id: "${id}" }, username: "own-${id}" }) { user { id } }`,
    ],
    ['createPost', async () => 'createPost(input: { title: "own", body: "" }) { post { id } }'],
    [
      'updatePost',
      async (server, user) =>
        `updatePost(input: { id: "${(await server.post(user)).id}", title: "own" }) { post { id } }`,
    ],
    ['revokeSessions', async (_server, { id }) => `revokeSessions(input: { user: { id: "${id}" } }) { count }`],
    ['deleteUser', async (_server, { id }) => `deleteUser(input: { user: { id: "${id}" } }) { deletedUserId }`],
  ];
  /** Sends a field of an administrator whose role is being taken away: it waits for their row. */
  const sendWhileDemoted = async (server: TestServer, fieldOf: (server: TestServer, user: User) => Promise<string>) => {
    const session = await server.session(await server.user({ role: 'ADMIN' }));
    const field = await fieldOf(server, session.user);
    const demotion = await hold(server, `update users set role = 'USER' where id = $1`, [session.user.id]);
    const answer = server.send(session, `mutation { next: ${field} }`);
    await demotion.reached();
    await demotion.commit();
    return await answer;
  };
  it.for(OWN)(
    '%s is made by an administrator who was demoted, on what is their own',
    async ([_name, fieldOf], { server }) => {
      expect((await sendWhileDemoted(server, fieldOf)).errors).toBeUndefined();
    },
  );

  it.for<[name: string, fieldOf: (id: string) => string]>([
    [
      'updateUser with a role',
      (id: string) => `updateUser(input: { user: { id: "${id}" }, role: ADMIN }) { user { id } }`,
    ],
    [
      'issueToken',
      (id: string) => `issueToken(input: { name: "n", scopes: [AUDIT_READ], owner: { id: "${id}" } }) { secret }`,
    ],
  ])(
    '%s is not made by an administrator who was demoted, for themself neither',
    async ([_name, fieldOf], { server }) => {
      const answer = await sendWhileDemoted(server, async (_server, { id }) => fieldOf(id));
      expect(errorAt(answer, 'next')?.['code']).toBe('FORBIDDEN');
    },
  );

  it('rotateToken does nothing by a token that was revoked', async ({ server, stage }) => {
    const target = await server.token(['posts:read']);
    const token = await server.token(SCOPES);
    const before = await stateOf(server, target.owner);
    const answer = await stage.endWithin(
      token,
      userStop(target.owner),
      `rotateToken(input: { id: "${target.id}" }) { secret }`,
      () => stage.revoke(token.id),
    );
    expect(errorAt(answer, 'next')).toEqual({ code: 'UNAUTHENTICATED', reason: 'TOKEN_REVOKED' });
    expect(await stateOf(server, target.owner)).toEqual(before);
  });

  it('createUser does nothing by a token that was revoked', async ({ server, stage }) => {
    const token = await server.token(SCOPES);
    // It waits for the owner alone, for whom `revokeToken` would wait too.
    const revocation = await hold(
      server,
      `with revoked as (update tokens set revoked_at = now() where id = $1)
       select 1 from users where id = $2 for update`,
      [token.id, token.owner.id],
    );
    const answer = server.send(
      token,
      'mutation { next: createUser(input: { username: "by-revoked" }) { user { id } } }',
    );
    await revocation.reached();
    await revocation.commit();
    expect(errorAt(await answer, 'next')).toEqual({ code: 'UNAUTHENTICATED', reason: 'TOKEN_REVOKED' });
    expect(await stage.countOf('select 1 from users where username = $1', ['by-revoked'])).toBe(0);
  });

  it('what waited behind another change of the same thing changes nothing by a token that was revoked', async ({
    server,
    stage,
  }) => {
    const target = await server.user();
    const token = await server.token(SCOPES);
    const held = await hold(server, 'select 1 from users where id = $1 for update', [target.id]);
    const write = (title: string) =>
      server.send(
        token,
        `mutation { next: createPost(input: { author: { id: "${target.id}" }, title: "${title}", body: "" }) { post { id } } }`,
      );
    const first = write('first');
    await held.reached();
    const second = write('second');
    // A request that was sent later and is answered shows that the second one has been read and waits.
    await server.send(token, '{ viewer { kind } }');
    await stage.revoke(token.id);
    await held.release();
    for (const answer of [await first, await second]) {
      expect(answer.errors?.[0]?.extensions).toMatchObject({ code: 'UNAUTHENTICATED', reason: 'TOKEN_REVOKED' });
    }
    expect(await stage.countOf('select 1 from posts where author_id = $1', [target.id])).toBe(0);
  });
});
