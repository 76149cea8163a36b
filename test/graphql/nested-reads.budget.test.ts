import { describe, expect } from 'vitest';
import {
  AddPointsDocument,
  CreatePostDocument,
  NestedEntriesDocument,
  NestedUsersDocument,
} from '../operations/generated.js';
import { it } from '../support/fixtures.js';
import type { IssuedToken } from '../support/server.js';
import { watchStatements } from '../support/statements.js';

describe('Nested reads', () => {
  let reader: IssuedToken;
  it.beforeAll(async ({ server }) => {
    reader = await server.everything();
    for (let count = 1; count <= 30; count++) {
      const { id } = await server.user({ username: `u${count}` });
      await server.send(reader, AddPointsDocument, { input: { user: { id }, points: count } });
      for (const title of ['1', '2', '3', '4']) {
        await server.send(reader, CreatePostDocument, { input: { author: { id }, title, body: '' } });
      }
    }
  });

  // Fields that read the same kind of object at the same time share a statement: there can be fewer.
  it.for([2, 30])('of %i users cost at most a statement for each field that reads', async (users, { server }) => {
    const statements = watchStatements();
    const response = await server.send(reader, NestedUsersDocument, { first: users });
    const count = statements.count();
    expect(response.errors).toBeUndefined();
    expect(response.data.users.nodes).toHaveLength(users);
    expect(count).toBeLessThanOrEqual(13); // the token, and twelve fields of the query
  });

  it.for([2, 30])('of %i entries cost at most a statement for each field that reads', async (entries, { server }) => {
    const statements = watchStatements();
    const response = await server.send(reader, NestedEntriesDocument, { first: entries });
    const count = statements.count();
    expect(response.errors).toBeUndefined();
    expect(response.data.pointsEntries.nodes).toHaveLength(entries);
    expect(count).toBeLessThanOrEqual(8); // the token, and seven fields of the query: none of the entries reverses another
  });

  it('count a list only where totalCount is selected', async ({ server }) => {
    const statements = watchStatements();
    await server.send(reader, '{ users(first: 1) { nodes { id } } }');
    const without = statements.count();
    await server.send(reader, '{ users(first: 1) { totalCount nodes { id } } }');
    expect(statements.count() - without).toBe(without + 1);
  });

  it('return each user their own posts and entries', async ({ server }) => {
    const { data } = await server.send(reader, NestedUsersDocument, { first: 30 });
    const users = data.users.nodes.filter(({ username }) => /^u\d/.test(username));
    expect(users.length).toBeGreaterThan(20);
    for (const user of users) {
      expect(user.points).toBe(Number(user.username.slice(1)));
      expect(user.posts?.totalCount).toBe(4);
      expect(user.posts?.nodes.map(({ title }) => title)).toEqual(['4', '3', '2']);
      expect(new Set(user.posts?.nodes.map(({ author }) => author.username))).toEqual(new Set([user.username]));
      expect(user.pointsHistory?.nodes).toEqual([{ delta: user.points, user: { username: user.username } }]);
    }
  });
});
