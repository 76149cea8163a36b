import { describe, expect } from 'vitest';
import { it } from '../support/fixtures.js';
import type { IssuedToken, TestServer } from '../support/server.js';

const CREATE_POST = /* GraphQL */ `
  mutation ($input: CreatePostInput!) {
    createPost(input: $input) { post { id title body author { username } createdAt updatedAt } }
  }
`;
const UPDATE_POST = /* GraphQL */ `
  mutation ($input: UpdatePostInput!) { updatePost(input: $input) { post { id title body createdAt updatedAt } } }
`;
const DELETE_POST = /* GraphQL */ `
  mutation ($input: DeletePostInput!) { deletePost(input: $input) { deletedPostId } }
`;

let writer: IssuedToken;
it.beforeAll(async ({ server }) => {
  writer = await server.token(['posts:write', 'posts:read']);
});

async function writePost(server: TestServer, title = 'a title'): Promise<{ id: string; updatedAt: string }> {
  const { username } = await server.user();
  const { data } = await server.send(writer, CREATE_POST, { input: { author: { username }, title, body: 'a body' } });
  return data.createPost.post;
}

describe('Mutation.createPost', () => {
  it('writes a post for the author who is named', async ({ server }) => {
    const { id } = await server.user({ username: 'jo' });
    const { data } = await server.send(writer, CREATE_POST, { input: { author: { id }, title: '👋 hi', body: '' } });
    expect(data.createPost.post).toMatchObject({ title: '👋 hi', body: '', author: { username: 'jo' } });
  });

  it('wants an app token to name an author', async ({ server }) => {
    const answer = await server.send(writer, CREATE_POST, { input: { title: 't', body: '' } });
    expect(answer.errors?.[0]?.extensions).toMatchObject({ code: 'BAD_USER_INPUT', field: 'input.author' });
  });

  it('answers USER_NOT_FOUND for an author who does not exist', async ({ server }) => {
    const input = { author: { username: 'nobody' }, title: 't', body: '' };
    const answer = await server.send(writer, CREATE_POST, { input });
    expect(answer.errors?.[0]?.extensions['code']).toBe('USER_NOT_FOUND');
  });

  it.for([
    ['no title', { title: '' }, 'input.title'],
    ['a title of 201 characters', { title: 't'.repeat(201) }, 'input.title'],
    ['a title with NUL', { title: 'a\0b' }, 'input.title'],
    ['a body of 20,001 characters', { body: 'b'.repeat(20_001) }, 'input.body'],
    ['a body with half of a surrogate pair', { body: '\udc00' }, 'input.body'],
  ] as const)('refuses %s', async ([_what, change, field], { server }) => {
    const input = { author: { id: writer.owner.id }, title: 't', body: 'b', ...change };
    const answer = await server.send(writer, CREATE_POST, { input });
    expect(answer.errors?.[0]?.extensions).toMatchObject({ code: 'BAD_USER_INPUT', field });
  });

  it('counts characters, not UTF-16 units', async ({ server }) => {
    const input = { author: { id: writer.owner.id }, title: '😀'.repeat(200), body: '😀'.repeat(20_000) };
    expect((await server.send(writer, CREATE_POST, { input })).errors).toBeUndefined();
  });
});

describe('Mutation.updatePost', () => {
  it('changes what is given, and leaves the rest', async ({ server }) => {
    const { id, updatedAt } = await writePost(server, 'before');
    const { data } = await server.send(writer, UPDATE_POST, { input: { id, title: 'after' } });
    expect(data.updatePost.post).toMatchObject({ id, title: 'after', body: 'a body' });
    expect(Date.parse(data.updatePost.post.updatedAt)).toBeGreaterThan(Date.parse(updatedAt));
  });

  it('answers POST_NOT_FOUND for an id that no post has', async ({ server }) => {
    for (const id of ['x', '', '0193a0a0-0000-7000-8000-000000000000']) {
      const answer = await server.send(writer, UPDATE_POST, { input: { id, title: 't' } });
      expect(answer.errors?.[0]?.extensions['code']).toBe('POST_NOT_FOUND');
    }
  });

  it('refuses a title that is too long, and changes nothing', async ({ server }) => {
    const { id } = await writePost(server, 'kept');
    const answer = await server.send(writer, UPDATE_POST, { input: { id, title: 't'.repeat(201), body: 'changed' } });
    expect(answer.errors?.[0]?.extensions['code']).toBe('BAD_USER_INPUT');
    expect(await server.database.query('select title, body from posts where id = $1', [id])).toEqual([
      { title: 'kept', body: 'a body' },
    ]);
  });
});

describe('Mutation.deletePost', () => {
  it('deletes a post for good', async ({ server }) => {
    const { id } = await writePost(server);
    expect((await server.send(writer, DELETE_POST, { input: { id } })).data).toEqual({
      deletePost: { deletedPostId: id },
    });
    expect((await server.send(writer, `{ post(id: "${id}") { id } }`)).data).toEqual({ post: null });
    const again = await server.send(writer, DELETE_POST, { input: { id } });
    expect(again.errors?.[0]?.extensions['code']).toBe('POST_NOT_FOUND');
  });
});

describe('Posts', () => {
  it.for([
    ['createPost', CREATE_POST, (_id: string) => ({ author: { id: writer.owner.id }, title: 'never', body: '' })],
    ['updatePost', UPDATE_POST, (id: string) => ({ id, title: 'never' })],
    ['deletePost', DELETE_POST, (id: string) => ({ id })],
  ] as const)(
    'are closed by %s to anonymous callers and to tokens without posts:write',
    async ([_field, operation, inputOf], { server }) => {
      const { id } = await writePost(server, 'mine');
      const input = inputOf(id);
      expect((await server.send(undefined, operation, { input })).status).toBe(401);
      const reader = await server.token(['posts:read'], writer.owner);
      const narrow = await server.send(reader, operation, { input });
      expect(narrow.status).toBe(403);
      expect(narrow.errors?.[0]?.extensions['missingScopes']).toEqual(['POSTS_WRITE']);
      expect(await server.database.query(`select 1 from posts where title = 'never'`)).toEqual([]);
      expect(await server.database.query('select title from posts where id = $1', [id])).toEqual([{ title: 'mine' }]);
    },
  );
});
