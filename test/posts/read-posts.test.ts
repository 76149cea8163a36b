import { describe, expect } from 'vitest';
import type { User } from '../../src/users/user.js';
import { CreatePostDocument, PostsDocument } from '../operations/generated.js';
import { it } from '../support/fixtures.js';
import type { IssuedToken } from '../support/server.js';

describe('Query.posts', () => {
  let reader: IssuedToken;
  let kim: User;
  it.beforeAll(async ({ server }) => {
    reader = await server.token(['posts:read']);
    const writer = await server.token(['posts:write']);
    kim = await server.user({ username: 'kim' });
    await server.user({ username: 'lee' });
    for (const [title, username] of [
      ['1', 'kim'],
      ['2', 'lee'],
      ['3', 'kim'],
      ['4', 'kim'],
      ['5', 'lee'],
    ] as const) {
      await server.send(writer, CreatePostDocument, { input: { author: { username }, title, body: '' } });
    }
  });

  const titles = (page: { nodes: { title: string }[] }) => page.nodes.map(({ title }) => title).join('');

  it('lists them newest first, page after page', async ({ server }) => {
    const first = (await server.send(reader, PostsDocument, { first: 3 })).data.posts;
    expect(titles(first)).toBe('543');
    expect(first).toMatchObject({ totalCount: 5, pageInfo: { hasNextPage: true } });
    const second = (await server.send(reader, PostsDocument, { first: 3, after: first.pageInfo.endCursor })).data.posts;
    expect(titles(second)).toBe('21');
    expect(second.pageInfo.hasNextPage).toBe(false);
  });

  it('returns the selected fields of each post of an author, by any fragments', async ({ server }) => {
    const query = `
      query ($id: ID!) { user(by: { id: $id }) { posts { nodes { ...Rest } brief: __typename } } }
      fragment Rest on Post { ... { title createdAt } ...Text }
      fragment Text on Post { body updatedAt }
    `;
    const { errors, data } = await server.send(await server.everything(), query, { id: kim.id });
    expect(errors).toBeUndefined();
    expect(data.user.posts.nodes).toHaveLength(3);
    for (const post of data.user.posts.nodes) {
      expect(post).toEqual({
        title: expect.any(String),
        createdAt: expect.any(String),
        body: '',
        updatedAt: post.createdAt,
      });
    }
  });

  it('lists the posts of one author, by id or by username', async ({ server }) => {
    for (const author of [{ id: kim.id }, { username: 'KIM' }]) {
      const page = (await server.send(reader, PostsDocument, { author, first: 2 })).data.posts;
      expect(titles(page)).toBe('43');
      expect(page).toMatchObject({ totalCount: 3, pageInfo: { hasNextPage: true } });
      const next = (await server.send(reader, PostsDocument, { author, after: page.pageInfo.endCursor })).data.posts;
      expect(titles(next)).toBe('1');
    }
  });

  it('is empty for an author who does not exist', async ({ server }) => {
    const { posts } = (await server.send(reader, PostsDocument, { author: { username: 'nobody' } })).data;
    expect(posts).toEqual({ nodes: [], pageInfo: { hasNextPage: false, endCursor: null }, totalCount: 0 });
  });

  it('is refused to an anonymous caller and to a token without posts:read', async ({ server }) => {
    expect((await server.send(undefined, PostsDocument)).status).toBe(401);
    expect((await server.send(await server.token(['posts:write']), PostsDocument)).status).toBe(403);
  });
});
