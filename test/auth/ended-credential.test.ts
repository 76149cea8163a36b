import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { SCOPES } from '../../src/auth/scope.js';
import type { User } from '../../src/users/user.js';
import { hold } from '../held.js';
import { type Answer, startServer, type TestServer } from '../server.js';
import { openSocket } from '../socket.js';

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

/** Runs `fields` behind a field that waits for a post, and ends the credential meanwhile. */
async function endBetween(credential: Credential, fields: string, end: End): Promise<Answer> {
  const { id } = await server.post(await server.user());
  const held = await hold(server, 'select 1 from posts where id = $1 for update', [id]);
  const answer = server.send(
    credential,
    `mutation { first: updatePost(input: { id: "${id}", title: "changed" }) { post { title } } ${fields} }`,
  );
  await held.reached();
  expect((await end()).errors).toBeUndefined();
  await held.release();
  return await answer;
}

/** Runs a single field that waits for a user, and ends the credential meanwhile. */
async function endWithin(credential: Credential, waitsFor: User, field: string, end: End): Promise<Answer> {
  const held = await hold(server, 'select 1 from users where id = $1 for update', [waitsFor.id]);
  const answer = server.send(credential, `mutation { next: ${field} }`);
  await held.reached();
  expect((await end()).errors).toBeUndefined();
  await held.release();
  return await answer;
}

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
    expect(answer.data).toEqual({ first: { post: { title: 'changed' } }, next: null, last: null });
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
    expect(answer.data).toEqual({ first: { post: { title: 'changed' } }, next: null, last: null });
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
    const held = await hold(server, 'select 1 from posts where id = $1 for update', [id]);
    const socket = await openSocket(server);
    await socket.init(token);
    socket.subscribe(
      '1',
      `mutation {
        first: updatePost(input: { id: "${id}", title: "changed" }) { post { title } }
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
    const held = await hold(server, 'select 1 from posts where id = $1 for update', [id]);
    const socket = await openSocket(server);
    await socket.init(session);
    socket.subscribe(
      '1',
      `mutation {
        first: updatePost(input: { id: "${id}", title: "changed" }) { post { title } }
        next: createUser(input: { username: "by-socket" }) { user { id } }
      }`,
    );
    await held.reached();
    await demote(session.user);
    await held.release();
    const answer = await socket.next();
    socket.socket.close();
    expect(answer?.payload.data).toEqual({ first: { post: { title: 'changed' } }, next: null });
    expect(answer?.payload.errors[0].extensions).toMatchObject({
      code: 'FORBIDDEN',
      coordinate: 'Mutation.createUser',
    });
    expect(await countOf('select 1 from users where username = $1', ['by-socket'])).toBe(0);
  });
});

describe('Within the transaction of a single field', () => {
  const POWER: readonly [string, (target: User) => string][] = [
    [
      'issueToken',
      ({ id }) => `issueToken(input: { name: "n", scopes: [TOKENS_ISSUE], owner: { id: "${id}" } }) { secret }`,
    ],
    ['updateUser', ({ id }) => `updateUser(input: { user: { id: "${id}" }, role: ADMIN }) { user { id } }`],
    ['deleteUser', ({ id }) => `deleteUser(input: { user: { id: "${id}" } }) { deletedUserId }`],
    [
      'setPassword',
      ({ id }) => `setPassword(input: { user: { id: "${id}" }, password: "a new Password" }) { user { id } }`,
    ],
  ];
  const stateOf = async ({ id }: User) => [
    await server.database.query('select * from users where id = $1', [id]),
    await server.database.query('select id, revoked_at, expires_at from tokens where owner_id = $1 order by id', [id]),
  ];

  it.each(POWER)('%s does nothing by a token that was revoked', async (_name, field) => {
    const target = await server.user();
    const token = await server.token(SCOPES);
    const before = await stateOf(target);
    const answer = await endWithin(token, target, field(target), () => revoke(token.id));
    expect(errorAt(answer, 'next')).toEqual({ code: 'UNAUTHENTICATED', reason: 'TOKEN_REVOKED' });
    expect(await stateOf(target)).toEqual(before);
  });

  it.each(POWER)('%s does nothing by a session that was logged out', async (_name, field) => {
    const target = await server.user();
    const session = await server.session(await server.user({ role: 'ADMIN' }));
    const before = await stateOf(target);
    const answer = await endWithin(session, target, field(target), () => logOut(session));
    expect(errorAt(answer, 'next')).toEqual({ code: 'UNAUTHENTICATED', reason: 'TOKEN_REVOKED' });
    expect(await stateOf(target)).toEqual(before);
  });

  it.each(POWER)('%s does nothing by an administrator who was demoted', async (name, field) => {
    const target = await server.user(); // its id comes first, and so its lock
    const session = await server.session(await server.user({ role: 'ADMIN' }));
    const before = await stateOf(target);
    const answer = await endWithin(session, target, field(target), () => demote(session.user));
    expect(errorAt(answer, 'next')).toMatchObject({ code: 'FORBIDDEN', coordinate: `Mutation.${name}` });
    expect(await stateOf(target)).toEqual(before);
  });

  it('rotateToken does nothing by a token that was revoked', async () => {
    const target = await server.token(['posts:read']);
    const token = await server.token(SCOPES);
    const before = await stateOf(target.owner);
    const answer = await endWithin(token, target.owner, `rotateToken(input: { id: "${target.id}" }) { secret }`, () =>
      revoke(token.id),
    );
    expect(errorAt(answer, 'next')).toEqual({ code: 'UNAUTHENTICATED', reason: 'TOKEN_REVOKED' });
    expect(await stateOf(target.owner)).toEqual(before);
  });

  it('createUser does nothing by a token that was revoked', async () => {
    const token = await server.token(SCOPES);
    const field = 'createUser(input: { username: "by-revoked" }) { user { id } }';
    const answer = await endWithin(token, token.owner, field, () => revoke(token.id));
    expect(errorAt(answer, 'next')).toEqual({ code: 'UNAUTHENTICATED', reason: 'TOKEN_REVOKED' });
    expect(await countOf('select 1 from users where username = $1', ['by-revoked'])).toBe(0);
  });

  it('what waited behind another change of the same thing is verified again before it begins', async () => {
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
    expect((await first).errors).toBeUndefined(); // its statement had begun
    const answer = await second;
    expect(answer.errors?.[0]?.extensions).toMatchObject({ code: 'UNAUTHENTICATED', reason: 'TOKEN_REVOKED' });
    expect(await countOf('select 1 from posts where author_id = $1', [target.id])).toBe(1);
  });
});
