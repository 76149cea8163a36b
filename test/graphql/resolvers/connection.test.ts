import { getNamedType, isObjectType } from 'graphql';
import { describe, expect } from 'vitest';
import { buildSchema } from '../../../src/graphql/build-schema.js';
import {
  AddPointsDocument,
  CreateWebhookDocument,
  HoldPointsDocument,
  PointsHistoryDocument,
  PostsDocument,
  UpdateUserDocument,
} from '../../operations/generated.js';
import { it } from '../../support/fixtures.js';
import type { IssuedToken, TestServer } from '../../support/server.js';

/** A query of each list, with the variables `$after` and `$user`, by coordinate. */
const LISTS: Readonly<Record<string, string>> = {
  'Query.auditLog': '{ list: auditLog(first: 1, after: $after) { pageInfo { endCursor } } }',
  'Query.leaderboard': '{ list: leaderboard(first: 1, after: $after) { pageInfo { endCursor } } }',
  'Query.pointsEntries': '{ list: pointsEntries(first: 1, after: $after) { pageInfo { endCursor } } }',
  'Query.pointsHolds': '{ list: pointsHolds(first: 1, after: $after) { pageInfo { endCursor } } }',
  'Query.posts': '{ list: posts(first: 1, after: $after) { pageInfo { endCursor } } }',
  'Query.sessions': '{ list: sessions(first: 1, after: $after) { pageInfo { endCursor } } }',
  'Query.tokens': '{ list: tokens(first: 1, after: $after) { pageInfo { endCursor } } }',
  'Query.users': '{ list: users(first: 1, after: $after) { pageInfo { endCursor } } }',
  'Query.webhooks': '{ list: webhooks(first: 1, after: $after) { pageInfo { endCursor } } }',
  'User.pointsHistory':
    '{ user(by: { id: $user }) { list: pointsHistory(first: 1, after: $after) { pageInfo { endCursor } } } }',
  'User.pointsHolds':
    '{ user(by: { id: $user }) { list: pointsHolds(first: 1, after: $after) { pageInfo { endCursor } } } }',
  'User.posts': '{ user(by: { id: $user }) { list: posts(first: 1, after: $after) { pageInfo { endCursor } } } }',
  'User.sessions': '{ user(by: { id: $user }) { list: sessions(first: 1, after: $after) { pageInfo { endCursor } } } }',
  'User.tokens': '{ user(by: { id: $user }) { list: tokens(first: 1, after: $after) { pageInfo { endCursor } } } }',
};

const NAMES = Object.keys(LISTS);

/** Lists with filters, and who else returns the same list. */
const SELECTED: readonly (readonly [list: string, same: string | undefined])[] = [
  ['auditLog(action: USER_CREATED, first: 1, after: $after)', undefined],
  ['auditLog(user: { id: $user }, first: 1, after: $after)', undefined],
  ['pointsHolds(state: HELD, first: 1, after: $after)', undefined],
  ['posts(author: { id: $user }, first: 1, after: $after)', 'User.posts'],
  ['sessions(user: { id: $user }, first: 1, after: $after)', 'User.sessions'],
  ['tokens(owner: { id: $user }, first: 1, after: $after)', 'User.tokens'],
  ['tokens(state: ACTIVE, first: 1, after: $after)', undefined],
  ['tokens(search: "a", first: 1, after: $after)', undefined],
  ['users(search: "u", first: 1, after: $after)', undefined],
];

describe('A cursor', () => {
  let reader: IssuedToken;
  let user: string;
  let cursors: Map<string, string>;
  it.beforeAll(async ({ server }) => {
    reader = await server.everything();
    const session = await server.session(reader.owner);
    user = session.user.id;
    await server.post(session.user);
    const input = { user: { id: user }, points: 1 };
    expect((await server.send(reader, AddPointsDocument, { input })).errors).toBeUndefined();
    const held = { ...input, expiresInSeconds: 60 };
    expect((await server.send(reader, HoldPointsDocument, { input: held })).errors).toBeUndefined();
    const webhook = { url: 'https://8.8.8.8/', events: ['POINTS_ENTRY' as const] };
    expect((await server.send(reader, CreateWebhookDocument, { input: webhook })).errors).toBeUndefined();
    cursors = new Map();
    for (const name of NAMES) {
      const { list } = await read(server, name, null);
      cursors.set(name, list?.pageInfo.endCursor);
    }
  });

  async function read(server: TestServer, name: string, after: string | null | undefined) {
    const variables = LISTS[name]?.includes('$user') ? '($after: String, $user: ID!)' : '($after: String)';
    const { data, errors } = await server.send(reader, `query ${variables} ${LISTS[name]}`, { after, user });
    return { list: data?.list ?? data?.user?.list, extensions: errors?.[0]?.extensions };
  }

  it.for(NAMES)('is refused where it is longer than any that a list returns: %s', async (name, { server }) => {
    const cursor = Buffer.from(cursors.get(name) ?? '', 'base64url').toString();
    const padded = (length: number) => Buffer.from(cursor.padEnd(length, ' ')).toString('base64url');
    expect((await read(server, name, padded(192))).extensions).toBeUndefined();
    expect((await read(server, name, padded(193))).extensions).toEqual({ code: 'BAD_USER_INPUT', field: 'after' });
  });

  it('is tested here on every list of the schema', () => {
    const lists = Object.values(buildSchema().getTypeMap()).flatMap((type) =>
      isObjectType(type)
        ? Object.values(type.getFields())
            .filter((field) => getNamedType(field.type).name.endsWith('Connection'))
            .map((field) => `${type.name}.${field.name}`)
        : [],
    );
    expect(lists.sort()).toEqual(NAMES);
  });

  it.for(NAMES)('of %s is accepted by this list, and refused by all others', async (from, { server }) => {
    const cursor = cursors.get(from);
    expect(cursor).toEqual(expect.any(String));
    for (const name of NAMES) {
      const { list, extensions } = await read(server, name, cursor);
      if (name === from)
        expect({ list, extensions }).toEqual({ list: { pageInfo: expect.anything() }, extensions: undefined });
      else expect({ name, ...extensions }).toEqual({ name, code: 'BAD_USER_INPUT', field: 'after' });
    }
  });

  it.for(SELECTED)('of %s is refused without its filter', async ([list, same], { server }) => {
    const ask = async (selection: string, after?: string) => {
      const named = selection.replace('$user', JSON.stringify(user));
      const document = `query ($after: String) { list: ${named} { pageInfo { endCursor } } }`;
      const { data, errors } = await server.send(reader, document, { after });
      return { list: data?.list, extensions: errors?.[0]?.extensions };
    };
    const cursor = (await ask(list)).list?.pageInfo.endCursor;
    expect(cursor).toEqual(expect.any(String));
    expect((await ask(list, cursor)).extensions).toBeUndefined();
    const bare = list.replace(/(action|user|author|owner|state|search): (\{[^}]*\}|"[^"]*"|\w+), /, '');
    expect((await ask(bare, cursor)).extensions).toEqual({ code: 'BAD_USER_INPUT', field: 'after' });
    if (same !== undefined) expect((await read(server, same, cursor)).extensions).toBeUndefined();
  });

  it('of the history of one user is refused by that of another', async ({ server }) => {
    const other = await server.user();
    const history = (id: string, after: string | undefined) =>
      server.send(reader, PointsHistoryDocument, { id, after });
    const cursor = cursors.get('User.pointsHistory');
    expect(cursor).toEqual(expect.any(String));
    expect((await history(user, cursor)).errors).toBeUndefined();
    expect((await history(other.id, cursor)).errors).toMatchObject([
      {
        message: expect.stringContaining('that this list returned'),
        extensions: { code: 'BAD_USER_INPUT', field: 'after' },
      },
    ]);
  });

  it('is accepted by its list after the user was renamed', async ({ server }) => {
    const author = await server.user();
    for (let count = 0; count < 2; count++) await server.post(author);
    const list = (by: string, after: string | null) =>
      server.send(reader, PostsDocument, { author: { username: by }, first: 1, after });
    const { data } = await list(author.username, null);
    const rename = { user: { id: author.id }, username: 'renamed' };
    expect((await server.send(reader, UpdateUserDocument, { input: rename })).errors).toBeUndefined();
    const next = await list('renamed', data.posts.pageInfo.endCursor);
    expect(next.errors).toBeUndefined();
    expect(next.data.posts.nodes).toHaveLength(1);
  });

  it.for(NAMES)(
    'of %s that release 0.1.0 returned, without the name of the list, is still accepted',
    async (name, { server }) => {
      const parts: unknown[] = JSON.parse(Buffer.from(cursors.get(name) ?? '', 'base64url').toString());
      const key = parts.slice(name.startsWith('User.') ? 2 : 1); // behind the name, and what selects the list
      const { list, extensions } = await read(server, name, Buffer.from(JSON.stringify(key)).toString('base64url'));
      expect(extensions).toBeUndefined();
      expect(list).toEqual((await read(server, name, cursors.get(name))).list);
    },
  );
});
