import { describe, expect } from 'vitest';
import { CreatePostDocument, DeletePostDocument, PostDocument, UpdatePostDocument } from '../operations/generated.js';
import { it } from '../support/fixtures.js';
import type { IssuedToken, TestResponse, TestServer } from '../support/server.js';

let writer: IssuedToken;
it.beforeAll(async ({ server }) => {
  writer = await server.token(['posts:write', 'posts:read']);
});

async function writePost(server: TestServer, title = 'a title'): Promise<{ id: string; updatedAt: string }> {
  const { username } = await server.user();
  const { data } = await server.send(writer, CreatePostDocument, {
    input: { author: { username }, title, body: 'a body' },
  });
  return data.createPost.post;
}

describe('Mutation.createPost', () => {
  it('writes a post for the author who is named', async ({ server }) => {
    const { id } = await server.user({ username: 'jo' });
    const { data } = await server.send(writer, CreatePostDocument, {
      input: { author: { id }, title: '👋 hi', body: '' },
    });
    expect(data.createPost.post).toMatchObject({ title: '👋 hi', body: '', author: { username: 'jo' } });
  });

  it('requires the author from an app token', async ({ server }) => {
    const response = await server.send(writer, CreatePostDocument, { input: { title: 't', body: '' } });
    expect(response.errors?.[0]?.extensions).toMatchObject({ code: 'BAD_USER_INPUT', field: 'input.author' });
  });

  it('is refused with USER_NOT_FOUND for an author who does not exist', async ({ server }) => {
    const input = { author: { username: 'nobody' }, title: 't', body: '' };
    const response = await server.send(writer, CreatePostDocument, { input });
    expect(response.errors?.[0]?.extensions['code']).toBe('USER_NOT_FOUND');
  });

  it.for([
    ['no title', { title: '' }, 'input.title'],
    ['a title of 201 characters', { title: 't'.repeat(201) }, 'input.title'],
    ['a title with NUL', { title: 'a\0b' }, 'input.title'],
    ['a body of 20,001 characters', { body: 'b'.repeat(20_001) }, 'input.body'],
    ['a body with half of a surrogate pair', { body: '\udc00' }, 'input.body'],
  ] as const)('refuses %s', async ([_what, change, field], { server }) => {
    const input = { author: { id: writer.owner.id }, title: 't', body: 'b', ...change };
    const response = await server.send(writer, CreatePostDocument, { input });
    expect(response.errors?.[0]?.extensions).toMatchObject({ code: 'BAD_USER_INPUT', field });
  });

  it('counts characters, not UTF-16 units', async ({ server }) => {
    const input = { author: { id: writer.owner.id }, title: '😀'.repeat(200), body: '😀'.repeat(20_000) };
    expect((await server.send(writer, CreatePostDocument, { input })).errors).toBeUndefined();
  });
});

describe('Mutation.updatePost', () => {
  it('changes the given fields, and no others', async ({ server }) => {
    const { id, updatedAt } = await writePost(server, 'before');
    const { data } = await server.send(writer, UpdatePostDocument, { input: { id, title: 'after' } });
    expect(data.updatePost.post).toMatchObject({ id, title: 'after', body: 'a body' });
    expect(Date.parse(data.updatePost.post.updatedAt)).toBeGreaterThan(Date.parse(updatedAt));
  });

  it('is refused with POST_NOT_FOUND for an id that no post has', async ({ server }) => {
    for (const id of ['x', '', '0193a0a0-0000-7000-8000-000000000000']) {
      const response = await server.send(writer, UpdatePostDocument, { input: { id, title: 't' } });
      expect(response.errors?.[0]?.extensions['code']).toBe('POST_NOT_FOUND');
    }
  });

  it('refuses a title that is too long, and changes nothing', async ({ server }) => {
    const { id } = await writePost(server, 'kept');
    const response = await server.send(writer, UpdatePostDocument, {
      input: { id, title: 't'.repeat(201), body: 'changed' },
    });
    expect(response.errors?.[0]?.extensions['code']).toBe('BAD_USER_INPUT');
    expect(await server.database.query('select title, body from posts where id = $1', [id])).toEqual([
      { title: 'kept', body: 'a body' },
    ]);
  });
});

describe('Mutation.deletePost', () => {
  it('deletes a post for good', async ({ server }) => {
    const { id } = await writePost(server);
    expect((await server.send(writer, DeletePostDocument, { input: { id } })).data).toEqual({
      deletePost: { deletedPostId: id },
    });
    expect((await server.send(writer, PostDocument, { id })).data).toEqual({ post: null });
    const again = await server.send(writer, DeletePostDocument, { input: { id } });
    expect(again.errors?.[0]?.extensions['code']).toBe('POST_NOT_FOUND');
  });
});

describe('Posts', () => {
  type Write = (server: TestServer, by: IssuedToken | undefined, id: string) => Promise<TestResponse>;
  it.for<[field: string, write: Write]>([
    [
      'createPost',
      (server, by) => {
        const input = { author: { id: writer.owner.id }, title: 'never', body: '' };
        return server.send(by, CreatePostDocument, { input });
      },
    ],
    ['updatePost', (server, by, id) => server.send(by, UpdatePostDocument, { input: { id, title: 'never' } })],
    ['deletePost', (server, by, id) => server.send(by, DeletePostDocument, { input: { id } })],
  ])(
    'are not changed by %s of an anonymous caller or a token without posts:write',
    async ([_field, write], { server }) => {
      const { id } = await writePost(server, 'mine');
      expect((await write(server, undefined, id)).status).toBe(401);
      const reader = await server.token(['posts:read'], writer.owner);
      const narrow = await write(server, reader, id);
      expect(narrow.status).toBe(403);
      expect(narrow.errors?.[0]?.extensions['missingScopes']).toEqual(['POSTS_WRITE']);
      expect(await server.database.query(`select 1 from posts where title = 'never'`)).toEqual([]);
      expect(await server.database.query('select title from posts where id = $1', [id])).toEqual([{ title: 'mine' }]);
    },
  );
});
