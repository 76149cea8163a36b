import { describe, expect } from 'vitest';
import { it } from '../support/fixtures.js';
import type { IssuedToken, TestServer } from '../support/server.js';

const TOKENS = /* GraphQL */ `
  query ($search: String, $owner: UserBy, $state: TokenState, $first: Int, $after: String) {
    tokens(search: $search, owner: $owner, state: $state, first: $first, after: $after) {
      totalCount
      nodes { name owner { username } }
      pageInfo { hasNextPage endCursor }
    }
  }
`;
const ISSUE = /* GraphQL */ `
  mutation ($name: String!, $owner: String!) {
    issueToken(input: { name: $name, scopes: [POSTS_READ], owner: { username: $owner } }) { token { id } }
  }
`;
const REVOKE = 'mutation ($id: ID!) { revokeToken(input: { id: $id }) { token { id } } }';

describe('Query.tokens', () => {
  let admin: IssuedToken;
  it.beforeAll(async ({ server }) => {
    admin = await server.everything();
    for (const username of ['Anna', 'ben', 'shop_keeper']) await server.user({ username });
    for (const [name, owner] of [
      ['Web Shop', 'Anna'],
      ['100% Ünique', 'Anna'],
      ['worker', 'shop_keeper'],
      ['shopping list', 'ben'],
      ['other', 'ben'],
    ]) {
      await server.send(admin, ISSUE, { name, owner });
    }
  });

  const list = async (server: TestServer, variables: object) =>
    (await server.send(admin, TOKENS, variables)).data.tokens;
  const names = async (server: TestServer, variables: object) =>
    (await list(server, variables)).nodes.map(({ name }: { name: string }) => name);

  it('searches in the names of tokens and of their owners, without regard to case, newest first', async ({
    server,
  }) => {
    expect(await names(server, { search: 'SHOP' })).toEqual(['shopping list', 'worker', 'Web Shop']);
    expect(await names(server, { search: 'anna' })).toEqual(['100% Ünique', 'Web Shop']);
    expect(await names(server, { search: 'ünique' })).toEqual(['100% Ünique']);
    expect(await names(server, { search: 'nobody' })).toEqual([]);
    expect(await names(server, { search: '' })).toHaveLength(6);
  });

  it('takes every character of the search as it is', async ({ server }) => {
    expect(await names(server, { search: '%' })).toEqual(['100% Ünique']);
    expect(await names(server, { search: 'p_' })).toEqual(['worker']);
    expect(await names(server, { search: '\\' })).toEqual([]);
    expect(await names(server, { search: "'" })).toEqual([]);
  });

  it('searches among those of an owner and in a state, page by page', async ({ server }) => {
    expect(await names(server, { search: 'shop', owner: { username: 'ben' } })).toEqual(['shopping list']);
    expect(await names(server, { search: 'shop', state: 'REVOKED' })).toEqual([]);
    const { id } = await server.token(['posts:read'], await server.user({ username: 'shop.closed' }));
    await server.send(admin, REVOKE, { id });
    expect(await names(server, { search: 'shop', state: 'REVOKED' })).toEqual(['a test']);

    const first = await list(server, { search: 'shop', state: 'ACTIVE', first: 2 });
    expect(first).toMatchObject({ totalCount: 3, pageInfo: { hasNextPage: true } });
    const second = await list(server, { search: 'shop', state: 'ACTIVE', first: 2, after: first.pageInfo.endCursor });
    expect(second.nodes).toEqual([{ name: 'Web Shop', owner: { username: 'Anna' } }]);
  });

  it.for([
    ['a search of 101 characters', 'x'.repeat(101)],
    ['what cannot be part of a name', 'a\0'],
  ])('refuses %s', async ([_what, search], { server }) => {
    const { errors } = await server.send(admin, TOKENS, { search });
    expect(errors?.[0]?.extensions).toMatchObject({ code: 'BAD_USER_INPUT', field: 'search' });
  });
});
