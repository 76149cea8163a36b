import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { SCOPES } from '../../src/auth/scope.js';
import { hold } from '../support/held.js';
import { type IssuedToken, type LoggedIn, sessionIdOf, startServer, type TestServer } from '../support/server.js';

/** The pairs run on two nodes, where no queue of one process keeps them apart: only the order of locks does. */
let nodes: readonly [TestServer, TestServer];
beforeAll(async () => {
  const one = await startServer();
  nodes = [one, await startServer({ DATABASE_URL: one.database.url })];
});
afterAll(async () => {
  await nodes[1].close();
  await nodes[0].close();
});

type Change = readonly [credential: { readonly secret: string }, field: string];

/** A row that the test keeps locked until both changes wait, so that they meet in the middle of their transactions. */
type Row = readonly [table: string, column: string, value: string];

interface Pair {
  readonly row: Row;
  readonly changes: readonly [Change, Change];
}

const demote = (id: string) => `updateUser(input: { user: { id: "${id}" }, role: USER }) { user { id } }`;
const remove = (id: string) => `deleteUser(input: { user: { id: "${id}" } }) { deletedUserId }`;
const rotate = (id: string) => `rotateToken(input: { id: "${id}", overlapSeconds: 60 }) { secret }`;
const revoke = (id: string) => `revokeToken(input: { id: "${id}" }) { token { state } }`;
const issue = (id: string) =>
  `issueToken(input: { name: "n", scopes: [POSTS_READ], owner: { id: "${id}" } }) { secret }`;
const setPassword = (id: string) =>
  `setPassword(input: { user: { id: "${id}" }, password: "a new Password" }) { user { id } }`;
const endSession = (session: LoggedIn) =>
  `revokeSession(input: { id: "${sessionIdOf(session)}" }) { session { state } }`;
const endSessions = (id: string) => `revokeSessions(input: { user: { id: "${id}" } }) { count }`;
const retitle = (id: string) => `updatePost(input: { id: "${id}", title: "new" }) { post { id } }`;

const admin = async () => await nodes[0].session(await nodes[0].user({ role: 'ADMIN' }));
const token = async () => await nodes[0].token(SCOPES);
const user = (id: string): Row => ['users', 'id', id];

async function lock([table, column, value]: Row) {
  return await hold(nodes[0], `select 1 from ${table} where ${column} = $1 for update`, [value]);
}

const send = (node: 0 | 1, [credential, field]: Change) => nodes[node].send(credential, `mutation { ${field} }`);

/** Two changes that lock each other's rows. The row is the last that both want, or comes between two that one wants. */
const PAIRS: readonly [name: string, prepare: () => Promise<Pair>][] = [
  [
    'two administrators demote each other',
    async () => {
      const [one, other] = [await admin(), await admin()];
      return {
        row: user(other.user.id),
        changes: [
          [one, demote(other.user.id)],
          [other, demote(one.user.id)],
        ],
      };
    },
  ],
  [
    'two administrators set each other’s password',
    async () => {
      const [one, other] = [await admin(), await admin()];
      return {
        row: user(other.user.id),
        changes: [
          [one, setPassword(other.user.id)],
          [other, setPassword(one.user.id)],
        ],
      };
    },
  ],
  [
    'two administrators end each other’s sessions',
    async () => {
      const [one, other] = [await admin(), await admin()];
      return {
        row: user(other.user.id),
        changes: [
          [one, endSessions(other.user.id)],
          [other, endSessions(one.user.id)],
        ],
      };
    },
  ],
  [
    'two tokens delete each other’s owner',
    async () => {
      const [one, other] = [await token(), await token()];
      return {
        row: user(other.owner.id),
        changes: [
          [one, remove(other.owner.id)],
          [other, remove(one.owner.id)],
        ],
      };
    },
  ],
  [
    'an administrator deletes a user, whose token deletes the administrator',
    async () => {
      const [one, other] = [await admin(), await token()];
      return {
        row: user(other.owner.id),
        changes: [
          [one, remove(other.owner.id)],
          [other, remove(one.user.id)],
        ],
      };
    },
  ],
  [
    'two tokens rotate each other',
    async () => {
      const [one, other] = [await token(), await token()];
      return {
        row: ['tokens', 'id', other.id],
        changes: [
          [one, rotate(other.id)],
          [other, rotate(one.id)],
        ],
      };
    },
  ],
  [
    'two tokens revoke each other',
    async () => {
      const [one, other] = [await token(), await token()];
      return {
        row: ['tokens', 'id', other.id],
        changes: [
          [one, revoke(other.id)],
          [other, revoke(one.id)],
        ],
      };
    },
  ],
  [
    'a token deletes its own owner while it issues a token to them',
    async () => {
      const one = await token();
      return {
        row: user(one.owner.id),
        changes: [
          [one, remove(one.owner.id)],
          [one, issue(one.owner.id)],
        ],
      };
    },
  ],
  [
    'a token deletes its own owner while it rotates itself',
    async () => {
      const one = await token();
      return {
        row: user(one.owner.id),
        changes: [
          [one, rotate(one.id)],
          [one, remove(one.owner.id)],
        ],
      };
    },
  ],
  [
    'a token deletes a user while it revokes an older token of theirs',
    async () => {
      const [older, one] = [await token(), await token()];
      await renameOnce(older.owner.id);
      return {
        row: ['former_usernames', 'user_id', older.owner.id],
        changes: [
          [one, remove(older.owner.id)],
          [one, revoke(older.id)],
        ],
      };
    },
  ],
  [
    'a token deletes a user while it rotates an older token of theirs',
    async () => {
      const [older, one] = [await token(), await token()];
      await renameOnce(older.owner.id);
      return {
        row: ['former_usernames', 'user_id', older.owner.id],
        changes: [
          [one, remove(older.owner.id)],
          [one, rotate(older.id)],
        ],
      };
    },
  ],
  [
    'a session ends all sessions of a user while it ends one of them',
    async () => {
      const first = await nodes[0].session();
      const [second, one] = [await nodes[0].session(first.user), await admin()];
      return {
        row: ['sessions', 'id', sessionIdOf(first)],
        changes: [
          [one, endSessions(first.user.id)],
          [one, endSession(second)],
        ],
      };
    },
  ],
  [
    'a session sets the password of a user while it ends one of their sessions',
    async () => {
      const first = await nodes[0].session();
      const [second, one] = [await nodes[0].session(first.user), await admin()];
      return {
        row: ['sessions', 'id', sessionIdOf(first)],
        changes: [
          [one, setPassword(first.user.id)],
          [one, endSession(second)],
        ],
      };
    },
  ],
  [
    'a user is deleted while their post is changed',
    async () => {
      const [author, one] = [await nodes[0].user(), await token()];
      const { id } = await nodes[0].post(author);
      await renameOnce(author.id);
      return {
        row: ['former_usernames', 'user_id', author.id],
        changes: [
          [one, remove(author.id)],
          [await token(), retitle(id)],
        ],
      };
    },
  ],
];

/** Leaves a row that their deletion removes after it has locked the user and the credential, and before their tokens. */
async function renameOnce(id: string): Promise<void> {
  await nodes[0].database.query('insert into former_usernames values ($1, 0, $2)', [id, 'earlier']);
}

describe('Two changes that meet', () => {
  it.each(PAIRS)('are answered, one after the other, where %s', async (_name, prepare) => {
    const { row, changes } = await prepare();
    const held = await lock(row);
    const first = send(0, changes[0]);
    await held.reached();
    const second = send(1, changes[1]);
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
  const later = async (): Promise<[IssuedToken, IssuedToken, IssuedToken]> => [
    await token(),
    await token(),
    await token(),
  ];

  it.each([
    ['revoke', revoke],
    ['rotate', rotate],
  ])('%s two tokens without waiting for each other', async (_name, change) => {
    const [one, busy, free] = await later();
    const held = await lock(['tokens', 'id', busy.id]);
    const waiting = send(0, [one, change(busy.id)]);
    await held.reached();
    expect((await send(1, [one, change(free.id)])).errors).toBeUndefined();
    await held.release();
    expect((await waiting).errors).toBeUndefined();
  });

  it('end two sessions without waiting for each other', async () => {
    const one = await admin();
    const [busy, free] = [await nodes[0].session(), await nodes[0].session()];
    const held = await lock(['sessions', 'id', sessionIdOf(busy)]);
    const waiting = send(0, [one, endSession(busy)]);
    await held.reached();
    expect((await send(1, [one, endSession(free)])).errors).toBeUndefined();
    await held.release();
    expect((await waiting).errors).toBeUndefined();
  });
});
