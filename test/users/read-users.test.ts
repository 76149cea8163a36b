import { print } from 'graphql';
import { describe, expect } from 'vitest';
import { UserDocument, UsersDocument, type UsersQueryVariables } from '../operations/generated.js';
import { it } from '../support/fixtures.js';
import type { IssuedToken, TestServer } from '../support/server.js';
import { itWith } from '../support/server-fixture.js';

describe('Query.user', () => {
  let reader: IssuedToken;
  it.beforeAll(async ({ server }) => {
    reader = await server.token(['users:read']);
  });

  it('finds a user by id, and by name without regard to case', async ({ server }) => {
    const { id } = await server.user({ username: 'Hanna' });
    const expected = { user: { id, username: 'Hanna' } };
    expect((await server.send(reader, UserDocument, { by: { id } })).data).toEqual(expected);
    expect((await server.send(reader, UserDocument, { by: { id: id.toUpperCase() } })).data).toEqual(expected);
    expect((await server.send(reader, UserDocument, { by: { username: 'hANNA' } })).data).toEqual(expected);
  });

  it('is null when there is none, whatever the id or name looks like', async ({ server }) => {
    for (const by of [
      { id: '' },
      { id: 'x' },
      { username: 'nobody' },
      { username: '' },
      { username: '\0' },
      { username: '\ud800' },
    ]) {
      const response = await server.send(reader, UserDocument, { by });
      expect(response.errors).toBeUndefined();
      expect(response.data).toEqual({ user: null });
    }
  });

  it('requires exactly one of id and username', async ({ server }) => {
    for (const by of [{}, { id: 'x', username: 'y' }, { id: null }]) {
      const response = await server.send(reader, print(UserDocument), { by });
      expect(response.status).toBe(400);
      expect(response.errors?.[0]?.extensions['code']).toBe('BAD_USER_INPUT');
    }
  });

  it('is refused to an anonymous caller and to a token without users:read', async ({ server }) => {
    expect((await server.send(undefined, UserDocument, { by: { username: 'hanna' } })).status).toBe(401);
    const narrow = await server.send(await server.token(['posts:read']), UserDocument, { by: { username: 'hanna' } });
    expect(narrow.status).toBe(403);
    expect(narrow.data).toBeUndefined();
  });
});

const itElsewhere = itWith();

describe('Query.users', () => {
  const it = itElsewhere;
  let reader: IssuedToken;
  it.beforeAll(async ({ server }) => {
    reader = await server.token(['users:read'], await server.user({ username: 'zz' }));
    for (const username of ['b', 'A', 'd', 'C', 'a_1', 'aX1', 'c-deleted']) await server.user({ username });
    await server.database.query(`update users set deleted_at = now() where username = 'c-deleted'`);
  });

  const list = async (server: TestServer, variables: UsersQueryVariables) =>
    (await server.send(reader, UsersDocument, variables)).data.users;

  it('lists the users by name, page after page, without deleted ones', async ({ server }) => {
    const names: string[] = [];
    let after: string | null = null;
    do {
      const users = await list(server, { first: 3, after });
      expect(users.totalCount).toBe(8);
      expect(users.edges.map((edge) => edge.node)).toEqual(users.nodes);
      expect(users.pageInfo.hasPreviousPage).toBe(after !== null);
      expect(users.pageInfo.endCursor).toBe(users.edges.at(-1)?.cursor);
      names.push(...users.nodes.map((user) => user.username));
      after = users.pageInfo.hasNextPage ? users.pageInfo.endCursor : null;
    } while (after !== null);
    expect(names).toEqual(['A', 'a_1', 'admin', 'aX1', 'b', 'C', 'd', 'zz']);
  });

  it('neither repeats nor skips a user when others are created and deleted between two pages', async ({ server }) => {
    const first = await server.send(reader, UsersDocument, { first: 4 });
    await server.user({ username: 'aa' });
    await server.user({ username: 'bb' });
    await server.database.query(`update users set deleted_at = now() where username = 'aX1'`); // of the cursor
    const { data } = await server.send(reader, UsersDocument, { first: 2, after: first.data.users.pageInfo.endCursor });
    expect(data.users.nodes).toEqual([{ username: 'b' }, { username: 'bb' }]);
    await server.database.query(`update users set deleted_at = now() where username in ('aa', 'bb')`);
    await server.database.query(`update users set deleted_at = null where username = 'aX1'`);
  });

  it('searches in names, and takes every character of the search as it is', async ({ server }) => {
    const found = (search: string) => list(server, { search });
    expect((await found('A_')).nodes).toEqual([{ username: 'a_1' }]);
    expect(await found('%')).toMatchObject({
      nodes: [],
      totalCount: 0,
      pageInfo: { startCursor: null, endCursor: null },
    });
  });

  it.for([
    ['a page of 0', { first: 0 }, 'first'],
    ['a page of -1', { first: -1 }, 'first'],
    ['a page of 101', { first: 101 }, 'first'],
    ['an invalid cursor', { after: 'x' }, 'after'],
    ['a search of 101 characters', { search: 'x'.repeat(101) }, 'search'],
    ['a search with NUL', { search: 'a\0' }, 'search'],
    ['a cursor of another list', { after: Buffer.from('[17]').toString('base64url') }, 'after'],
  ] as const)('refuses %s', async ([_what, variables, field], { server }) => {
    const response = await server.send(reader, UsersDocument, variables);
    expect(response.errors?.[0]?.extensions).toMatchObject({ code: 'BAD_USER_INPUT', field });
  });
});
