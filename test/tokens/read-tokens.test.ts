import { describe, expect } from 'vitest';
import {
  IssueTokenDocument,
  type IssueTokenInput,
  RevokeTokenDocument,
  TokensDocument,
  type TokensQueryVariables,
} from '../operations/generated.js';
import { it } from '../support/fixtures.js';
import type { IssuedToken, TestServer } from '../support/server.js';

describe('Query.tokens', () => {
  let admin: IssuedToken;
  it.beforeAll(async ({ server }) => {
    admin = await server.everything();
    for (const username of ['Anna', 'ben', 'shop_keeper']) await server.user({ username });
    for (const [name, username] of [
      ['Web Shop', 'Anna'],
      ['100% Ünique', 'Anna'],
      ['worker', 'shop_keeper'],
      ['shopping list', 'ben'],
      ['other', 'ben'],
    ] as const) {
      const input: IssueTokenInput = { name, scopes: ['POSTS_READ'], owner: { username } };
      await server.send(admin, IssueTokenDocument, { input });
    }
  });

  const list = async (server: TestServer, variables: TokensQueryVariables) =>
    (await server.send(admin, TokensDocument, variables)).data.tokens;
  const names = async (server: TestServer, variables: TokensQueryVariables) =>
    (await list(server, variables)).nodes.map(({ name }) => name);

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
    expect(await names(server, { search: '0% ' })).toEqual(['100% Ünique']);
    expect(await names(server, { search: 'op_' })).toEqual(['worker']);
    expect(await names(server, { search: '%' })).toEqual([]);
    expect(await names(server, { search: '\\' })).toEqual([]);
    expect(await names(server, { search: "'" })).toEqual([]);
  });

  it('takes one or two characters as the beginning of a name', async ({ server }) => {
    expect(await names(server, { search: 'SH' })).toEqual(['shopping list', 'worker']);
    expect(await names(server, { search: 'w' })).toEqual(['worker', 'Web Shop']);
    expect(await names(server, { search: 'Ün' })).toEqual([]);
    expect(await list(server, { search: 'a' })).toMatchObject({ totalCount: 3 });
  });

  it('searches among the tokens of an owner or a state, page by page', async ({ server }) => {
    expect(await names(server, { search: 'shop', owner: { username: 'ben' } })).toEqual(['shopping list']);
    expect(await names(server, { search: 'shop', state: 'REVOKED' })).toEqual([]);
    const { id } = await server.token(['posts:read'], await server.user({ username: 'shop.closed' }));
    await server.send(admin, RevokeTokenDocument, { input: { id } });
    expect(await names(server, { search: 'shop', state: 'REVOKED' })).toEqual(['a test']);

    const first = await list(server, { search: 'shop', state: 'ACTIVE', first: 2 });
    expect(first).toMatchObject({ totalCount: 3, pageInfo: { hasNextPage: true } });
    const second = await list(server, { search: 'shop', state: 'ACTIVE', first: 2, after: first.pageInfo.endCursor });
    expect(second.nodes).toEqual([{ name: 'Web Shop', owner: { username: 'Anna' } }]);
  });

  it.for<[what: string, search: string]>([
    ['a search of 101 characters', 'x'.repeat(101)],
    ['a search with NUL', 'a\0'],
  ])('refuses %s', async ([_what, search], { server }) => {
    const { errors } = await server.send(admin, TokensDocument, { search });
    expect(errors?.[0]?.extensions).toMatchObject({ code: 'BAD_USER_INPUT', field: 'search' });
  });
});
