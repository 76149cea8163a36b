import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { SCOPES } from '../../src/auth/scope.js';
import type { User } from '../../src/users/user.js';
import { hold } from '../support/held.js';
import { type Answer, type LoggedIn, startServer, type TestServer } from '../support/server.js';
import { openSocket } from '../support/socket.js';

let server: TestServer;
let otherNode: TestServer;
beforeAll(async () => {
  server = await startServer();
  otherNode = await startServer({ DATABASE_URL: server.database.url });
});
afterAll(async () => {
  await otherNode.close();
  await server.close();
});

type Credential = { readonly secret: string };

/** Ends something while an operation runs; it goes to another node than the operation. */
type End = () => Promise<Answer>;

const admin = async () => await server.everything();
const revoke = async (id: string) =>
  await otherNode.send(await admin(), 'mutation ($id: ID!) { revokeToken(input: { id: $id }) { token { id } } }', {
    id,
  });
const rotate = async (id: string) =>
  await otherNode.send(await admin(), 'mutation ($id: ID!) { rotateToken(input: { id: $id }) { token { id } } }', {
    id,
  });
const logOut = async (session: Credential) => await otherNode.send(session, 'mutation { logOut { user { id } } }');
const demote = async ({ id }: User) =>
  await otherNode.send(
    await admin(),
    'mutation ($id: ID!) { updateUser(input: { user: { id: $id }, role: USER }) { user { role } } }',
    { id },
  );
const remove = async ({ id }: User) =>
  await otherNode.send(
    await admin(),
    'mutation ($id: ID!) { deleteUser(input: { user: { id: $id } }) { deletedUserId } }',
    { id },
  );

/** A first field that has changed a post, and whose answer waits for the ledger. */
const FIRST = (id: string) =>
  `first: updatePost(input: { id: "${id}", title: "changed" }) { post { title author { pointsHistory(first: 1) { nodes { id } } } } }`;
const FIRST_ANSWER = { post: { title: 'changed', author: { pointsHistory: { nodes: [] } } } };
const holdFirst = async () => await hold(server, 'lock table entries in access exclusive mode');

/** Runs `fields` behind a field that has changed a post and waits, and ends the credential meanwhile. */
async function endBetween(credential: Credential, fields: string, end: End): Promise<Answer> {
  const { id } = await server.post(await server.user());
  const held = await holdFirst();
  const answer = server.send(credential, `mutation { ${FIRST(id)} ${fields} }`);
  await held.reached();
  expect((await end()).errors).toBeUndefined();
  await held.release();
  return await answer;
}

/** What an operation waits for: the statement that locks it, with its values. */
type Stop = readonly [statement: string, values: unknown[]];

const userStop = ({ id }: User): Stop => ['select 1 from users where id = $1 for update', [id]];

/** Runs a single field that waits, and ends the credential meanwhile. */
async function endWithin(credential: Credential, stop: Stop, field: string, end: End): Promise<Answer> {
  const held = await hold(server, ...stop);
  const answer = server.send(credential, `mutation { next: ${field} }`);
  await held.reached();
  expect((await end()).errors).toBeUndefined();
  await held.release();
  return await answer;
}

/** The id of a session, from its access token. */
const sessionIdOf = ({ accessToken }: LoggedIn): string =>
  JSON.parse(Buffer.from(accessToken.split('.')[1] ?? '', 'base64url').toString()).sid;
const errorAt = ({ errors }: Answer, alias: string) => errors?.find(({ path }) => path?.[0] === alias)?.extensions;
const points = async ({ id }: User) =>
  (await server.database.query('select points from balances where user_id = $1', [id]))[0]?.['points'];
const roleOf = async ({ id }: User) =>
  (await server.database.query('select role from users where id = $1', [id]))[0]?.['role'];
const countOf = async (statement: string, values: unknown[]) => (await server.database.query(statement, values)).length;

describe('Between two fields of a mutation', () => {
  it('a token that revokes itself adds no points any more', async () => {
    const token = await server.token(SCOPES);
    const answer = await server.send(
      token,
      `mutation {
        first: revokeCurrentToken { token { state } }
        next: addPoints(input: { user: { id: "${token.owner.id}" }, points: 7 }) { message }
      }`,
    );
    expect(answer.status).toBe(200);
    expect(answer.data).toEqual({ first: { token: { state: 'REVOKED' } }, next: null });
    expect(errorAt(answer, 'next')).toEqual({ code: 'UNAUTHENTICATED', reason: 'TOKEN_REVOKED', effect: 'NONE' });
    expect(await points(token.owner)).toBe('0');
  });

  it('a revoked token adds no more points; what came before stands', async () => {
    const token = await server.token(SCOPES);
    const add = (alias: string) =>
      `${alias}: addPoints(input: { user: { id: "${token.owner.id}" }, points: 7 }) { points }`;
    const answer = await endBetween(token, `${add('next')} ${add('last')}`, () => revoke(token.id));
    expect(answer.data).toEqual({ first: FIRST_ANSWER, next: null, last: null });
    for (const alias of ['next', 'last']) {
      expect(errorAt(answer, alias)).toEqual({ code: 'UNAUTHENTICATED', reason: 'TOKEN_REVOKED', effect: 'NONE' });
    }
    expect(await points(token.owner)).toBe('0');
  });

  it('a revoked token issues no successor', async () => {
    const token = await server.token(SCOPES);
    const answer = await endBetween(
      token,
      'next: issueToken(input: { name: "successor", scopes: [TOKENS_ISSUE] }) { secret }',
      () => revoke(token.id),
    );
    expect(answer.data.next).toBeNull();
    expect(errorAt(answer, 'next')).toEqual({ code: 'UNAUTHENTICATED', reason: 'TOKEN_REVOKED' });
    expect(await countOf('select 1 from tokens where owner_id = $1', [token.owner.id])).toBe(1);
  });

  it('a token that was rotated without an overlap has expired', async () => {
    const token = await server.token(SCOPES);
    const answer = await endBetween(token, 'next: createUser(input: { username: "late" }) { user { id } }', () =>
      rotate(token.id),
    );
    expect(errorAt(answer, 'next')).toEqual({ code: 'UNAUTHENTICATED', reason: 'TOKEN_EXPIRED' });
    expect(await countOf('select 1 from users where username = $1', ['late'])).toBe(0);
  });

  it.each(['logged out', 'deleted'])('an administrator who was %s does not make themself one again', async (how) => {
    const session = await server.session(await server.user({ role: 'ADMIN' }));
    const { user } = session;
    const answer = await endBetween(
      session,
      `next: updateUser(input: { user: { id: "${user.id}" }, role: ADMIN }) { user { role } }`,
      async () => {
        if (how === 'deleted') return await remove(user);
        expect((await demote(user)).errors).toBeUndefined();
        return await logOut(session);
      },
    );
    expect(answer.data.next).toBeNull();
    expect(errorAt(answer, 'next')).toEqual({ code: 'UNAUTHENTICATED', reason: 'TOKEN_REVOKED' });
    expect(await roleOf(user)).toBe('USER');
  });

  it('an administrator who was demoted is denied what follows, as a whole', async () => {
    const session = await server.session(await server.user({ role: 'ADMIN' }));
    const other = await server.user();
    const answer = await endBetween(
      session,
      `next: addPoints(input: { user: { id: "${other.id}" }, points: 7 }) { points }
       last: updateUser(input: { user: { id: "${session.user.id}" }, role: ADMIN }) { user { role } }`,
      () => demote(session.user),
    );
    expect(answer.data).toEqual({ first: FIRST_ANSWER, next: null, last: null });
    expect(errorAt(answer, 'next')).toMatchObject({
      code: 'FORBIDDEN',
      coordinate: 'Mutation.addPoints',
      missingScopes: ['POINTS_ADD'],
      effect: 'NONE',
    });
    expect(errorAt(answer, 'last')?.['code']).toBe('FORBIDDEN');
    expect(await points(other)).toBe('0');
    expect(await roleOf(session.user)).toBe('USER');
  });

  it('a WebSocket whose token was revoked is closed with 4401, and nothing more is changed', async () => {
    const token = await server.token(SCOPES);
    const { id } = await server.post(await server.user());
    const held = await holdFirst();
    const socket = await openSocket(server);
    await socket.init(token);
    socket.subscribe(
      '1',
      `mutation {
        ${FIRST(id)}
        next: addPoints(input: { user: { id: "${token.owner.id}" }, points: 7 }) { points }
      }`,
    );
    await held.reached();
    await revoke(token.id);
    await held.release();
    expect((await socket.closed).code).toBe(4401);
    expect(await points(token.owner)).toBe('0');
  });

  it('a WebSocket whose user was demoted denies what follows', async () => {
    const session = await server.session(await server.user({ role: 'ADMIN' }));
    const { id } = await server.post(await server.user());
    const held = await holdFirst();
    const socket = await openSocket(server);
    await socket.init(session);
    socket.subscribe(
      '1',
      `mutation {
        ${FIRST(id)}
        next: createUser(input: { username: "by-socket" }) { user { id } }
      }`,
    );
    await held.reached();
    await demote(session.user);
    await held.release();
    const answer = await socket.next();
    socket.socket.close();
    expect(answer?.payload.data).toEqual({ first: FIRST_ANSWER, next: null });
    expect(answer?.payload.errors[0].extensions).toMatchObject({
      code: 'FORBIDDEN',
      coordinate: 'Mutation.createUser',
    });
    expect(await countOf('select 1 from users where username = $1', ['by-socket'])).toBe(0);
  });
});

describe('Within the transaction of a single field', () => {
  /** A field that changes something of the target, and what it waits for. */
  interface Change {
    readonly name: string;
    /** APP: a field for sessions alone would be denied to it. */
    readonly kinds: readonly ('APP' | 'USER')[];
    /** Whether it waits before it locks the user behind the credential: otherwise their demotion waits for it. */
    readonly isDemotable: boolean;
    readonly prepare: (target: User) => Promise<{ readonly field: string; readonly stop: Stop }>;
  }
  const BOTH = ['APP', 'USER'] as const;
  const onUser = (name: string, field: (target: User) => string, kinds: Change['kinds'] = BOTH): Change => ({
    name,
    kinds,
    isDemotable: true,
    prepare: async (target) => ({ field: field(target), stop: userStop(target) }),
  });
  const onPost = (name: string, field: (id: string) => string): Change => ({
    name,
    kinds: BOTH,
    isDemotable: true,
    prepare: async (target) => {
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
      prepare: async (target) => {
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
      prepare: async (target) => {
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
  const prepareTarget = async ({ prepare }: Change) => {
    const { user: target } = await server.session();
    return { target, ...(await prepare(target)) };
  };
  const stateOf = async ({ id }: User) => [
    await server.database.query('select * from users where id = $1', [id]),
    await server.database.query('select id, revoked_at, expires_at from tokens where owner_id = $1 order by id', [id]),
    await server.database.query('select id, ended_at from sessions where user_id = $1 order by id', [id]),
    await server.database.query('select id, title, body from posts where author_id = $1 order by id', [id]),
  ];

  it.each(BY_TOKEN)('$name does nothing by a token that was revoked', async (change) => {
    const { target, field, stop } = await prepareTarget(change);
    const token = await server.token(SCOPES);
    const before = await stateOf(target);
    const answer = await endWithin(token, stop, field, () => revoke(token.id));
    expect(errorAt(answer, 'next')).toEqual({ code: 'UNAUTHENTICATED', reason: 'TOKEN_REVOKED' });
    expect(await stateOf(target)).toEqual(before);
  });

  it.each(CHANGES)('$name does nothing by a session that was logged out', async (change) => {
    const { target, field, stop } = await prepareTarget(change);
    const session = await server.session(await server.user({ role: 'ADMIN' }));
    const before = await stateOf(target);
    const answer = await endWithin(session, stop, field, () => logOut(session));
    expect(errorAt(answer, 'next')).toEqual({ code: 'UNAUTHENTICATED', reason: 'TOKEN_REVOKED' });
    expect(await stateOf(target)).toEqual(before);
  });

  it.each(DEMOTABLE)('$name does nothing by an administrator who was demoted', async (change) => {
    const { target, field, stop } = await prepareTarget(change);
    const session = await server.session(await server.user({ role: 'ADMIN' }));
    const before = await stateOf(target);
    const answer = await endWithin(session, stop, field, () => demote(session.user));
    expect(errorAt(answer, 'next')).toMatchObject({ code: 'FORBIDDEN', coordinate: `Mutation.${change.name}` });
    expect(await stateOf(target)).toEqual(before);
  });

  it.each(UNDEMOTABLE)('the demotion of an administrator waits for $name', async (change) => {
    const { field, stop } = await prepareTarget(change);
    const session = await server.session(await server.user({ role: 'ADMIN' }));
    const held = await hold(server, ...stop);
    const answer = server.send(session, `mutation { next: ${field} }`);
    await held.reached();
    let isDemoted = false;
    const demotion = demote(session.user).then((demoted) => {
      isDemoted = true;
      return demoted;
    });
    await held.isFollowed();
    expect(isDemoted).toBe(false);
    await held.release();
    expect((await answer).errors).toBeUndefined();
    expect((await demotion).errors).toBeUndefined();
  });

  it('a user without a scope changes what is their own', async () => {
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

  it('rotateToken does nothing by a token that was revoked', async () => {
    const target = await server.token(['posts:read']);
    const token = await server.token(SCOPES);
    const before = await stateOf(target.owner);
    const answer = await endWithin(
      token,
      userStop(target.owner),
      `rotateToken(input: { id: "${target.id}" }) { secret }`,
      () => revoke(token.id),
    );
    expect(errorAt(answer, 'next')).toEqual({ code: 'UNAUTHENTICATED', reason: 'TOKEN_REVOKED' });
    expect(await stateOf(target.owner)).toEqual(before);
  });

  it('createUser does nothing by a token that was revoked', async () => {
    const token = await server.token(SCOPES);
    const field = 'createUser(input: { username: "by-revoked" }) { user { id } }';
    const answer = await endWithin(token, userStop(token.owner), field, () => revoke(token.id));
    expect(errorAt(answer, 'next')).toEqual({ code: 'UNAUTHENTICATED', reason: 'TOKEN_REVOKED' });
    expect(await countOf('select 1 from users where username = $1', ['by-revoked'])).toBe(0);
  });

  it('what waited behind another change of the same thing changes nothing by a token that was revoked', async () => {
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
    await revoke(token.id);
    await held.release();
    for (const answer of [await first, await second]) {
      expect(answer.errors?.[0]?.extensions).toMatchObject({ code: 'UNAUTHENTICATED', reason: 'TOKEN_REVOKED' });
    }
    expect(await countOf('select 1 from posts where author_id = $1', [target.id])).toBe(0);
  });
});
