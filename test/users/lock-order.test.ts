import { describe, expect } from 'vitest';
import { SCOPES } from '../../src/auth/scope.js';
import {
  DeleteUserDocument,
  IssueTokenDocument,
  RevokeSessionDocument,
  RevokeSessionsDocument,
  RevokeTokenDocument,
  RotateTokenDocument,
  SetPasswordDocument,
  UpdatePostDocument,
  UpdateUserDocument,
} from '../operations/generated.js';
import { hold } from '../support/held.js';
import { type LoggedIn, sessionIdOf, type TestResponse, type TestServer } from '../support/server.js';
import { itOnTwoNodes } from '../support/server-fixture.js';

/** The pairs run on two nodes, where no queue of one process keeps them apart: only the order of locks does. */
const it = itOnTwoNodes();

/** Sends a change to a node. */
type Change = (node: TestServer) => Promise<TestResponse>;

/** A row that the test keeps locked until both changes wait, so that they meet in the middle of their transactions. */
type Row = readonly [table: string, column: string, value: string];

interface Pair {
  readonly row: Row;
  readonly changes: readonly [Change, Change];
}

type By = { readonly secret: string };
type DoTo = (by: By, id: string) => Change;

const demote: DoTo = (by, id) => (node) => node.send(by, UpdateUserDocument, { input: { user: { id }, role: 'USER' } });
const remove: DoTo = (by, id) => (node) => node.send(by, DeleteUserDocument, { user: { id } });
const rotate: DoTo = (by, id) => (node) => node.send(by, RotateTokenDocument, { id, overlapSeconds: 60 });
const revoke: DoTo = (by, id) => (node) => node.send(by, RevokeTokenDocument, { input: { id } });
const issue: DoTo = (by, id) => (node) =>
  node.send(by, IssueTokenDocument, { input: { name: 'n', scopes: ['POSTS_READ'], owner: { id } } });
const setPassword: DoTo = (by, id) => (node) =>
  node.send(by, SetPasswordDocument, { user: { id }, password: 'a new Password' });
const endSession =
  (by: By, session: LoggedIn): Change =>
  (node) =>
    node.send(by, RevokeSessionDocument, { id: sessionIdOf(session) });
const endSessions: DoTo = (by, id) => (node) => node.send(by, RevokeSessionsDocument, { user: { id } });
const retitle: DoTo = (by, id) => (node) => node.send(by, UpdatePostDocument, { input: { id, title: 'new' } });

const admin = async (server: TestServer) => await server.session(await server.user({ role: 'ADMIN' }));
const token = async (server: TestServer) => await server.token(SCOPES);
const user = (id: string): Row => ['users', 'id', id];

const lock = (server: TestServer, [table, column, value]: Row) =>
  hold(server, `select 1 from ${table} where ${column} = $1 for update`, [value]);

/** Two changes that lock each other's rows. The row is the last that both want, or comes between two that one wants. */
const PAIRS: readonly [name: string, prepare: (server: TestServer) => Promise<Pair>][] = [
  [
    'two administrators demote each other',
    async (server) => {
      const [one, other] = [await admin(server), await admin(server)];
      return {
        row: user(other.user.id),
        changes: [demote(one, other.user.id), demote(other, one.user.id)],
      };
    },
  ],
  [
    'two administrators set each other’s password',
    async (server) => {
      const [one, other] = [await admin(server), await admin(server)];
      return {
        row: user(other.user.id),
        changes: [setPassword(one, other.user.id), setPassword(other, one.user.id)],
      };
    },
  ],
  [
    'two administrators end each other’s sessions',
    async (server) => {
      const [one, other] = [await admin(server), await admin(server)];
      return {
        row: user(other.user.id),
        changes: [endSessions(one, other.user.id), endSessions(other, one.user.id)],
      };
    },
  ],
  [
    'two tokens delete each other’s owner',
    async (server) => {
      const [one, other] = [await token(server), await token(server)];
      return {
        row: user(other.owner.id),
        changes: [remove(one, other.owner.id), remove(other, one.owner.id)],
      };
    },
  ],
  [
    'an administrator deletes a user, whose token deletes the administrator',
    async (server) => {
      const [one, other] = [await admin(server), await token(server)];
      return {
        row: user(other.owner.id),
        changes: [remove(one, other.owner.id), remove(other, one.user.id)],
      };
    },
  ],
  [
    'two tokens rotate each other',
    async (server) => {
      const [one, other] = [await token(server), await token(server)];
      return {
        row: ['tokens', 'id', other.id],
        changes: [rotate(one, other.id), rotate(other, one.id)],
      };
    },
  ],
  [
    'two tokens revoke each other',
    async (server) => {
      const [one, other] = [await token(server), await token(server)];
      return {
        row: ['tokens', 'id', other.id],
        changes: [revoke(one, other.id), revoke(other, one.id)],
      };
    },
  ],
  [
    'a token deletes its own owner while it issues a token to them',
    async (server) => {
      const one = await token(server);
      return {
        row: user(one.owner.id),
        changes: [remove(one, one.owner.id), issue(one, one.owner.id)],
      };
    },
  ],
  [
    'a token deletes its own owner while it rotates itself',
    async (server) => {
      const one = await token(server);
      return {
        row: user(one.owner.id),
        changes: [rotate(one, one.id), remove(one, one.owner.id)],
      };
    },
  ],
  [
    'a token deletes a user while it revokes an older token of theirs',
    async (server) => {
      const [older, one] = [await token(server), await token(server)];
      await renameOnce(server, older.owner.id);
      return {
        row: ['former_usernames', 'user_id', older.owner.id],
        changes: [remove(one, older.owner.id), revoke(one, older.id)],
      };
    },
  ],
  [
    'a token deletes a user while it rotates an older token of theirs',
    async (server) => {
      const [older, one] = [await token(server), await token(server)];
      await renameOnce(server, older.owner.id);
      return {
        row: ['former_usernames', 'user_id', older.owner.id],
        changes: [remove(one, older.owner.id), rotate(one, older.id)],
      };
    },
  ],
  [
    'a session ends all sessions of a user while it ends one of them',
    async (server) => {
      const first = await server.session();
      const [second, one] = [await server.session(first.user), await admin(server)];
      return {
        row: ['sessions', 'id', sessionIdOf(first)],
        changes: [endSessions(one, first.user.id), endSession(one, second)],
      };
    },
  ],
  [
    'a session sets the password of a user while it ends one of their sessions',
    async (server) => {
      const first = await server.session();
      const [second, one] = [await server.session(first.user), await admin(server)];
      return {
        row: ['sessions', 'id', sessionIdOf(first)],
        changes: [setPassword(one, first.user.id), endSession(one, second)],
      };
    },
  ],
  [
    'a user is deleted while their post is changed',
    async (server) => {
      const [author, one] = [await server.user(), await token(server)];
      const { id } = await server.post(author);
      await renameOnce(server, author.id);
      return {
        row: ['former_usernames', 'user_id', author.id],
        changes: [remove(one, author.id), retitle(await token(server), id)],
      };
    },
  ],
];

/** Leaves a row that their deletion removes after it has locked the user and the credential, and before their tokens. */
async function renameOnce(server: TestServer, id: string): Promise<void> {
  await server.database.query('insert into former_usernames values ($1, 0, $2)', [id, 'earlier']);
}

describe('Two changes that lock the same rows', () => {
  it.for(PAIRS)('are answered, one after the other, where %s', async ([_name, prepare], { server, other }) => {
    const { row, changes } = await prepare(server);
    const held = await lock(server, row);
    const first = changes[0](server);
    await held.reached();
    const second = changes[1](other);
    await held.isFollowed();
    await held.release();
    const codes = [await first, await second].map(({ errors }) => errors?.[0]?.extensions['code']);
    expect(codes[0]).toBeUndefined();
    expect([undefined, 'UNAUTHENTICATED', 'FORBIDDEN', 'USER_NOT_FOUND', 'POST_NOT_FOUND', 'BAD_USER_INPUT']).toContain(
      codes[1],
    );
  });
});

describe('Two changes by one credential', () => {
  it.for([
    ['revoke', revoke],
    ['rotate', rotate],
  ] as const)('%s two tokens without waiting for each other', async ([_name, change], { server, other }) => {
    const [one, busy, free] = [await token(server), await token(server), await token(server)];
    const held = await lock(server, ['tokens', 'id', busy.id]);
    const waiting = change(one, busy.id)(server);
    await held.reached();
    expect((await change(one, free.id)(other)).errors).toBeUndefined();
    await held.release();
    expect((await waiting).errors).toBeUndefined();
  });

  it('end two sessions without waiting for each other', async ({ server, other }) => {
    const one = await admin(server);
    const [busy, free] = [await server.session(), await server.session()];
    const held = await lock(server, ['sessions', 'id', sessionIdOf(busy)]);
    const waiting = endSession(one, busy)(server);
    await held.reached();
    expect((await endSession(one, free)(other)).errors).toBeUndefined();
    await held.release();
    expect((await waiting).errors).toBeUndefined();
  });
});
