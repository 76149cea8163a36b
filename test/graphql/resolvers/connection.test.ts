import { getNamedType, isObjectType } from 'graphql';
import { describe, expect } from 'vitest';
import { buildSchema } from '../../../src/graphql/build-schema.js';
import { it } from '../../support/fixtures.js';
import type { IssuedToken, TestServer } from '../../support/server.js';

/** A query of each list, with the variables `$after` and `$user`, by coordinate. */
const LISTS: Readonly<Record<string, string>> = {
  'Query.auditLog': '{ list: auditLog(first: 1, after: $after) { pageInfo { endCursor } } }',
  'Query.leaderboard': '{ list: leaderboard(first: 1, after: $after) { pageInfo { endCursor } } }',
  'Query.pointsEntries': '{ list: pointsEntries(first: 1, after: $after) { pageInfo { endCursor } } }',
  'Query.posts': '{ list: posts(first: 1, after: $after) { pageInfo { endCursor } } }',
  'Query.sessions': '{ list: sessions(first: 1, after: $after) { pageInfo { endCursor } } }',
  'Query.tokens': '{ list: tokens(first: 1, after: $after) { pageInfo { endCursor } } }',
  'Query.users': '{ list: users(first: 1, after: $after) { pageInfo { endCursor } } }',
  'User.pointsHistory':
    '{ user(by: { id: $user }) { list: pointsHistory(first: 1, after: $after) { pageInfo { endCursor } } } }',
  'User.posts': '{ user(by: { id: $user }) { list: posts(first: 1, after: $after) { pageInfo { endCursor } } } }',
  'User.sessions': '{ user(by: { id: $user }) { list: sessions(first: 1, after: $after) { pageInfo { endCursor } } } }',
  'User.tokens': '{ user(by: { id: $user }) { list: tokens(first: 1, after: $after) { pageInfo { endCursor } } } }',
};

const NAMES = Object.keys(LISTS);

/** The name of the field: `Query.posts` and `User.posts` are lists of the same kind, in the same order. */
const kindOf = (name: string) => name.split('.')[1];

describe('A cursor', () => {
  let reader: IssuedToken;
  let user: string;
  let cursors: Map<string, string>;
  it.beforeAll(async ({ server }) => {
    reader = await server.everything();
    const session = await server.session(reader.owner);
    user = session.user.id;
    await server.post(session.user);
    const add = `mutation { addPoints(input: { user: { id: "${user}" }, points: 1 }) { points } }`;
    expect((await server.send(reader, add)).errors).toBeUndefined();
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

  it.for(NAMES)('costs nothing when it is longer than any that a list returns: %s', async (name, { server }) => {
    const cursor = Buffer.from(cursors.get(name) ?? '', 'base64url').toString();
    const padded = (length: number) => Buffer.from(cursor.padEnd(length, ' ')).toString('base64url');
    expect((await read(server, name, padded(192))).extensions).toBeUndefined();
    expect((await read(server, name, padded(193))).extensions).toEqual({ code: 'BAD_USER_INPUT', field: 'after' });
  });

  it('is tried here on every list of the schema', () => {
    const lists = Object.values(buildSchema().getTypeMap()).flatMap((type) =>
      isObjectType(type)
        ? Object.values(type.getFields())
            .filter((field) => getNamedType(field.type).name.endsWith('Connection'))
            .map((field) => `${type.name}.${field.name}`)
        : [],
    );
    expect(lists.sort()).toEqual(NAMES);
  });

  it.for(NAMES)('of %s is taken by lists of its kind, and refused by all others', async (from, { server }) => {
    const cursor = cursors.get(from);
    expect(cursor).toEqual(expect.any(String));
    for (const name of NAMES) {
      const { list, extensions } = await read(server, name, cursor);
      if (kindOf(name) === kindOf(from)) expect(list, name).toBeDefined();
      else expect({ name, ...extensions }).toEqual({ name, code: 'BAD_USER_INPUT', field: 'after' });
    }
  });

  it.for(NAMES)(
    'of %s that release 0.1.0 gave out, without the name of the list, is still taken',
    async (name, { server }) => {
      const [, ...key] = JSON.parse(Buffer.from(cursors.get(name) ?? '', 'base64url').toString());
      const { list, extensions } = await read(server, name, Buffer.from(JSON.stringify(key)).toString('base64url'));
      expect(extensions).toBeUndefined();
      expect(list).toEqual((await read(server, name, cursors.get(name))).list);
    },
  );
});
