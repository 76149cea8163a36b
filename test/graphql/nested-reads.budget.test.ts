import { describe, expect } from 'vitest';
import { it } from '../support/fixtures.js';
import type { IssuedToken } from '../support/server.js';
import { watchStatements } from '../support/statements.js';

const NESTED = /* GraphQL */ `
  query ($users: Int!) {
    users(first: $users) {
      totalCount
      nodes {
        username
        points
        posts(first: 3) { totalCount nodes { title author { username points } } }
        tokens(first: 2) { nodes { owner { username } } }
        pointsHistory(first: 2) { totalCount nodes { delta user { username } } }
      }
    }
  }
`;

const LEDGER = /* GraphQL */ `
  query ($entries: Int!) {
    pointsEntries(first: $entries) {
      totalCount
      nodes { delta reverses { sequence } user { username points tokens(first: 1) { nodes { owner { username } } } } }
    }
    pointsTotals { points }
  }
`;

describe('Nested reads', () => {
  let reader: IssuedToken;
  it.beforeAll(async ({ server }) => {
    reader = await server.everything();
    for (let count = 1; count <= 30; count++) {
      const { id } = await server.user({ username: `u${count}` });
      const fields = [1, 2, 3, 4].map(
        (n) => `p${n}: createPost(input: { author: { id: "${id}" }, title: "${n}", body: "" }) { post { id } }`,
      );
      await server.send(
        reader,
        `mutation { addPoints(input: { user: { id: "${id}" }, points: ${count} }) { points } ${fields.join(' ')} }`,
      );
    }
  });

  // Places that read the same kind of thing share a statement where they come up together: there can be fewer.
  it.for([2, 30])('cost at most a statement for each place that reads, here of %i users', async (users, { server }) => {
    const statements = watchStatements();
    const answer = await server.send(reader, NESTED, { users });
    const count = statements.count();
    statements.stop();
    expect(answer.errors).toBeUndefined();
    expect(answer.data.users.nodes).toHaveLength(users);
    expect(count).toBeLessThanOrEqual(13); // the token, and twelve places in the query
  });

  it.for([2, 30])(
    'cost at most a statement for each place that reads, here of %i entries',
    async (entries, { server }) => {
      const statements = watchStatements();
      const answer = await server.send(reader, LEDGER, { entries });
      const count = statements.count();
      statements.stop();
      expect(answer.errors).toBeUndefined();
      expect(answer.data.pointsEntries.nodes).toHaveLength(entries);
      expect(count).toBeLessThanOrEqual(8); // the token, and seven places in the query: none of the entries reverses another
    },
  );

  it('count a list only when its totalCount is selected', async ({ server }) => {
    const statements = watchStatements();
    await server.send(reader, '{ users(first: 1) { nodes { id } } }');
    const without = statements.count();
    await server.send(reader, '{ users(first: 1) { totalCount nodes { id } } }');
    expect(statements.count() - without).toBe(without + 1);
    statements.stop();
  });

  it('give each parent its own page', async ({ server }) => {
    const { data } = await server.send(reader, NESTED, { users: 30 });
    for (const user of data.users.nodes.filter((node: { username: string }) => /^u\d/.test(node.username))) {
      expect(user.points).toBe(Number(user.username.slice(1)));
      expect(user.posts.totalCount).toBe(4);
      expect(user.posts.nodes.map((post: { title: string }) => post.title)).toEqual(['4', '3', '2']);
      expect(
        user.posts.nodes.every((post: { author: { username: string } }) => post.author.username === user.username),
      ).toBe(true);
      expect(user.pointsHistory.nodes).toEqual([{ delta: user.points, user: { username: user.username } }]);
    }
  });
});
