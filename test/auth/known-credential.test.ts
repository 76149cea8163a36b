/** Credentials that a node has verified before, and that have changed since: they are never taken for what they were. */
import { setTimeout as delay } from 'node:timers/promises';
import { describe, expect } from 'vitest';
import { AddPointsDocument, CreatePostDocument, UserDocument, ViewerKindDocument } from '../operations/generated.js';
import { keptLedger } from '../points/ledger.js';
import { it } from '../support/fixtures.js';
import { hold } from '../support/held.js';
import { openSession } from '../support/postgres-session.js';
import { type IssuedToken, type LoggedIn, sessionIdOf, type TestResponse, type TestServer } from '../support/server.js';
import { openSocket } from '../support/socket.js';
import { watchStatements } from '../support/statements.js';
import { errorOf } from './endings.js';

type Known = { readonly secret: string };

async function known<Credential extends Known>(server: TestServer, credential: Credential): Promise<Credential> {
  expect((await server.send(credential, ViewerKindDocument)).errors).toBeUndefined();
  return credential;
}

const knownToken = async (server: TestServer) =>
  await known(server, await server.token(['users:read', 'points:add', 'posts:write']));
const knownSession = async (server: TestServer) =>
  await known(server, await server.session(await server.user({ role: 'ADMIN' })));

/** A statement that changes what a credential is worth, with its value. */
type Statement = readonly [statement: string, value: string];

const TOKEN_CHANGES: readonly (readonly [what: string, change: (token: IssuedToken) => Statement, status: number])[] = [
  ['is revoked', ({ id }) => ['update tokens set revoked_at = now() where id = $1', id], 401],
  ['expires', ({ id }) => ['update tokens set expires_at = now() where id = $1', id], 401],
  ['loses its scopes', ({ id }) => [`update tokens set scopes = '{audit:read}' where id = $1`, id], 403],
  ['loses its owner', ({ owner }) => ['update users set deleted_at = now() where id = $1', owner.id], 401],
];
const SESSION_CHANGES: readonly (readonly [what: string, change: (session: LoggedIn) => Statement, status: number])[] =
  [
    ['is ended', (session) => ['update sessions set ended_at = now() where id = $1', sessionIdOf(session)], 401],
    ['loses its user', ({ user }) => ['update users set deleted_at = now() where id = $1', user.id], 401],
    ['has a user who loses the role', ({ user }) => [`update users set role = 'USER' where id = $1`, user.id], 403],
  ];

/** What clients send about a user. Reading one needs no role, so that a session which lost it goes on. */
const OPERATIONS = {
  read: (server: TestServer, by: Known, id: string): Promise<TestResponse> =>
    server.send(by, UserDocument, { by: { id } }),
  add: (server: TestServer, by: Known, id: string): Promise<TestResponse> =>
    server.send(by, AddPointsDocument, { input: { user: { id }, points: 5 } }),
  post: (server: TestServer, by: Known, id: string): Promise<TestResponse> =>
    server.send(by, CreatePostDocument, { input: { author: { id }, title: 'a title', body: '' } }),
} as const;

const postsOf = async (server: TestServer, id: string) =>
  (await server.database.query('select 1 from posts where author_id = $1', [id])).length;

async function expectUnchanged(server: TestServer, id: string): Promise<void> {
  expect(await keptLedger(server, id)).toEqual({ points: 0, deltas: [] });
  expect(await postsOf(server, id)).toBe(0);
}

async function expectRefusals(server: TestServer, by: Known, status: number, isDemoted: boolean): Promise<void> {
  const { id } = await server.user();
  for (const [name, send] of Object.entries(OPERATIONS)) {
    const response = await send(server, by, id);
    expect([name, response.status]).toEqual([name, isDemoted && name === 'read' ? 200 : status]);
    if (response.status !== 200) expect(response.data).toBeUndefined();
  }
  await expectUnchanged(server, id);
}

describe('A known credential that changes between two requests', () => {
  it.for(TOKEN_CHANGES)('is refused where a token %s', async ([_what, change, status], { server }) => {
    const token = await knownToken(server);
    const [statement, value] = change(token);
    await server.database.query(statement, [value]);
    await expectRefusals(server, token, status, false);
  });

  it.for(SESSION_CHANGES)('is refused where a session %s', async ([_what, change, status], { server }) => {
    const session = await knownSession(server);
    const [statement, value] = change(session);
    await server.database.query(statement, [value]);
    await expectRefusals(server, session, status, status === 403);
  });

  it('is judged by what it holds now where it was given more', async ({ server }) => {
    const token = await known(server, await server.token(['users:read']));
    const session = await known(server, await server.session());
    const { id } = await server.user();
    for (const by of [token, session]) expect((await OPERATIONS.add(server, by, id)).status).toBe(403);
    await server.database.query(`update tokens set scopes = '{users:read,points:add}' where id = $1`, [token.id]);
    await server.database.query(`update users set role = 'ADMIN' where id = $1`, [session.user.id]);
    for (const by of [token, session]) expect((await OPERATIONS.add(server, by, id)).errors).toBeUndefined();
    expect((await keptLedger(server, id)).deltas).toEqual([5, 5]);
  });

  it('goes on where only a name or an end has changed', async ({ server }) => {
    const token = await knownToken(server);
    const { id } = await server.user();
    await server.database.query(`update tokens set expires_at = now() + '1 h', name = 'b' where id = $1`, [token.id]);
    await server.database.query('update users set username = $2 where id = $1', [token.owner.id, `r-${token.id}`]);
    for (const send of Object.values(OPERATIONS)) expect((await send(server, token, id)).errors).toBeUndefined();
    expect(await keptLedger(server, id)).toEqual({ points: 5, deltas: [5] });
    expect(await postsOf(server, id)).toBe(1);
  });
});

/** Locks a table, so that look-ups wait, changes the credential while one waits, and lets it go on. */
async function changeWhileLookedUp(
  server: TestServer,
  table: 'tokens' | 'sessions',
  [statement, value]: Statement,
  send: () => Promise<TestResponse>,
): Promise<TestResponse> {
  const holder = await openSession(server.database);
  await holder.query('begin');
  await holder.query(`lock table ${table} in access exclusive mode`);
  const response = send();
  const waiting = `select 1 from pg_stat_activity
    where datname = current_database() and wait_event_type = 'Lock' and query like $1`;
  while ((await server.database.query(waiting, [`%from "${table}"%`])).length === 0) await delay(10);
  await holder.query(statement, [value]);
  await holder.query('commit');
  await holder.end();
  return await response;
}

describe('A known credential that changes while it is looked up', () => {
  const cases = ['read', 'post'] as const;
  const tokens = TOKEN_CHANGES.flatMap((change) => cases.map((name) => [name, ...change] as const));
  it.for(tokens)(
    'lets %s neither respond nor change where a token %s',
    async ([name, _, change, status], { server }) => {
      const token = await knownToken(server);
      const { id } = await server.user();
      const response = await changeWhileLookedUp(server, 'tokens', change(token), () =>
        OPERATIONS[name](server, token, id),
      );
      expect(response.status).toBe(status);
      expect(response.data).toBeUndefined();
      await expectUnchanged(server, id);
    },
  );

  const sessions = SESSION_CHANGES.flatMap((change) =>
    (['read', 'add', 'post'] as const).map((name) => [name, ...change] as const),
  );
  it.for(sessions)(
    'lets %s do no more than it may now where a session %s',
    async ([name, _, change, status], { server }) => {
      const session = await knownSession(server);
      const { id } = await server.user();
      const response = await changeWhileLookedUp(server, 'sessions', change(session), () =>
        OPERATIONS[name](server, session, id),
      );
      expect(response.status).toBe(status === 403 && name === 'read' ? 200 : status);
      await expectUnchanged(server, id);
    },
  );
});

describe('A change of points by a known token that waits for its account', () => {
  /** Changes the token while the statement of the change waits. */
  const addWhile = async (server: TestServer, token: IssuedToken, id: string, [statement, value]: Statement) => {
    const held = await hold(server, 'select 1 from balances where user_id = $1 for update', [id]);
    const response = OPERATIONS.add(server, token, id);
    await held.reached();
    await server.database.query(statement, [value]);
    await held.release();
    return await response;
  };

  it.for(TOKEN_CHANGES)(
    'is not made, and is refused as a whole, where the token %s',
    async ([_, change, status], { server }) => {
      const token = await knownToken(server);
      const { id } = await server.user();
      const response = await addWhile(server, token, id, change(token));
      expect(response.status).toBe(status);
      expect(response.data).toBeUndefined();
      await expectUnchanged(server, id);
    },
  );

  it('is made once by the scopes that the token has by then', async ({ server }) => {
    const token = await knownToken(server);
    const { id } = await server.user();
    const response = await addWhile(server, token, id, [
      `update tokens set scopes = '{points:add}' where id = $1`,
      token.id,
    ]);
    expect(response.errors).toBeUndefined();
    expect((await keptLedger(server, id)).deltas).toEqual([5]);
  });

  it('is committed before other scopes of its token are', async ({ server }) => {
    const token = await knownToken(server);
    const { id } = await server.user();
    const operation = {
      kind: 'ADD',
      userId: id,
      points: 5,
      ownerId: token.owner.id,
      tokenId: token.id,
      retried: false,
    };
    const underWay = await hold(server, 'select apply_points($1::jsonb, 0)', [JSON.stringify([operation])]);
    const [statement, value] = [`update tokens set scopes = '{audit:read}' where id = $1`, token.id];
    const changed = server.database.query(statement, [value]);
    await underWay.reached();
    await underWay.commit();
    await changed;
    expect((await keptLedger(server, id)).deltas).toEqual([5]);
    expect((await OPERATIONS.add(server, token, id)).status).toBe(403);
  });
});

describe('A WebSocket whose credential is known', () => {
  it.for(['token', 'session'] as const)(
    'is closed before its next operation where a %s has ended',
    async (kind, { server }) => {
      const [by, statement, id] =
        kind === 'token'
          ? await knownToken(server).then(
              (token) => [token, 'update tokens set revoked_at = now() where id = $1', token.id] as const,
            )
          : await knownSession(server).then(
              (session) =>
                [session, 'update sessions set ended_at = now() where id = $1', sessionIdOf(session)] as const,
            );
      const socket = await openSocket(server);
      expect((await socket.init(by))?.type).toBe('connection_ack');
      await server.database.query(statement, [id]);
      const user = await server.user();
      socket.subscribe('1', AddPointsDocument, { input: { user: { id: user.id }, points: 5 } });
      expect((await socket.closed).code).toBe(4401);
      expect(await socket.next()).toBeUndefined();
      await expectUnchanged(server, user.id);
    },
  );
});

describe('The statements of a known token', () => {
  it('are its look-up and the read, beside each other, where it reads', async ({ server }) => {
    const token = await knownToken(server);
    const { id } = await server.user();
    // The look-up waits, and so would a read that came after it.
    const held = await hold(server, 'lock table tokens in access exclusive mode');
    const statements = watchStatements();
    const response = OPERATIONS.read(server, token, id);
    await held.reached();
    const names = statements.queries().map((query) => Object(query).name);
    expect(names.filter((name) => name !== undefined).toSorted()).toEqual(['tokens_by_secret', 'users_by_id']);
    await held.release();
    expect((await response).errors).toBeUndefined();
  });
});

describe('The error of a known token that was revoked', () => {
  it('says so', async ({ server }) => {
    const token = await knownToken(server);
    await server.database.query('update tokens set revoked_at = now() where id = $1', [token.id]);
    const response = await OPERATIONS.add(server, token, (await server.user()).id);
    expect(errorOf(response)).toMatchObject({ code: 'UNAUTHENTICATED', reason: 'TOKEN_REVOKED' });
    expect(response.headers.get('www-authenticate')).toContain('error="invalid_token"');
  });
});
