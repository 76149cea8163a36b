import { print } from 'graphql';
import { describe, expect } from 'vitest';
import {
  AuditLogDocument,
  IssueRestrictedTokenDocument,
  IssueTokenDocument,
  type IssueTokenInput,
  RevokeCurrentTokenDocument,
  UpdateUserDocument,
  type UpdateUserInput,
  ViewerDocument,
} from '../operations/generated.js';
import { it } from '../support/fixtures.js';

describe('Mutation.issueToken', () => {
  it('issues a token that works at once, and neither stores nor logs its secret', async ({ server }) => {
    const issuer = await server.token(
      ['tokens:issue', 'points:add', 'points:read'],
      await server.user({ username: 'ira' }),
    );
    await server.user({ username: 'shop-owner' });
    const input: IssueTokenInput = {
      name: 'shop',
      scopes: ['POINTS_READ', 'POINTS_ADD', 'POINTS_ADD'],
      owner: { username: 'shop-owner' },
    };
    const { secret, token } = (await server.send(issuer, IssueTokenDocument, { input })).data.issueToken;
    expect(secret).toMatch(/^scrip_app_[0-9A-Za-z]{49}$/);
    expect(token).toMatchObject({
      name: 'shop',
      format: 'OPAQUE',
      hint: `scrip_app_…${secret.slice(-4)}`,
      scopes: ['POINTS_READ', 'POINTS_ADD'],
      owner: { username: 'shop-owner' },
      issuedBy: { username: 'ira' },
      expiresAt: null,
      revokedAt: null,
      state: 'ACTIVE',
    });
    const viewer = await server.send(secret, ViewerDocument);
    expect(viewer.data.viewer).toEqual({
      kind: 'APP',
      scopes: ['POINTS_READ', 'POINTS_ADD'],
      user: { id: token.owner.id, username: 'shop-owner' },
      token: { id: token.id },
      expiresAt: null,
    });
    const rows = JSON.stringify(
      await server.database.query('select t.*, encode(secret_hash, $1) from tokens t', ['escape']),
    );
    expect(rows + server.log.join('')).not.toContain(secret);
  });

  it('belongs to the caller’s user when no owner is named', async ({ server }) => {
    const issuer = await server.token(['tokens:issue', 'points:add']);
    const { data } = await server.send(issuer, IssueTokenDocument, { input: { name: 'own', scopes: ['POINTS_ADD'] } });
    expect(data.issueToken.token.owner.username).toBe(issuer.owner.username);
  });

  it('grants no scope that the issuer lacks', async ({ server }) => {
    const issuer = await server.token(['tokens:issue', 'points:add']);
    const input: IssueTokenInput = { name: 'too wide', scopes: ['POINTS_ADD', 'POINTS_SPEND', 'USERS_READ'] };
    const response = await server.send(issuer, IssueTokenDocument, { input });
    expect(response.status).toBe(403);
    expect(response.data).toBeUndefined();
    expect(response.errors?.[0]?.extensions).toMatchObject({
      code: 'FORBIDDEN',
      coordinate: 'IssueTokenInput.scopes',
      missingScopes: ['USERS_READ', 'POINTS_SPEND'],
    });
    expect(await server.database.query(`select 1 from tokens where name = 'too wide'`)).toEqual([]);
  });

  it.for([
    ['a list', 'mutation { issueToken(input: { name: "n", scopes: [POINTS_ADD, POINTS_SPEND] }) { secret } }', {}],
    ['one in place of a list', 'mutation { issueToken(input: { name: "n", scopes: POINTS_SPEND }) { secret } }', {}],
    [
      'a variable in a list',
      'mutation ($s: Scope!) { issueToken(input: { name: "n", scopes: [POINTS_ADD, $s] }) { secret } }',
      { s: 'POINTS_SPEND' },
    ],
    [
      'a variable for the list',
      'mutation ($s: [Scope!]!) { issueToken(input: { name: "n", scopes: $s }) { secret } }',
      { s: ['POINTS_SPEND'] },
    ],
    [
      'a variable for the input, with one in place of a list',
      'mutation ($input: IssueTokenInput!) { issueToken(input: $input) { secret } }',
      { input: { name: 'n', scopes: 'POINTS_SPEND' } },
    ],
    [
      'a default',
      'mutation ($s: [Scope!]! = [POINTS_SPEND]) { issueToken(input: { name: "n", scopes: $s }) { secret } }',
      {},
    ],
  ] as const)('checks the scopes that are given by %s', async ([_how, operation, variables], { server }) => {
    const issuer = await server.token(['tokens:issue', 'points:add']);
    const response = await server.send(issuer, operation, variables);
    expect(response.status).toBe(403);
    expect(response.errors?.[0]?.extensions).toMatchObject({
      coordinate: 'IssueTokenInput.scopes',
      missingScopes: ['POINTS_SPEND'],
    });
    const wide = await server.token(['tokens:issue', 'points:add', 'points:spend']);
    expect((await server.send(wide, operation, variables)).data.issueToken.secret).toMatch(/^scrip_app_/);
  });

  it('is refused to an anonymous caller and to a token without tokens:issue', async ({ server }) => {
    const input: IssueTokenInput = { name: 'none', scopes: ['POINTS_ADD'] };
    expect((await server.send(undefined, IssueTokenDocument, { input })).status).toBe(401);
    const narrow = await server.send(await server.token(['points:add']), IssueTokenDocument, { input });
    expect(narrow.status).toBe(403);
    expect(narrow.errors?.[0]?.extensions['coordinate']).toBe('Mutation.issueToken');
  });

  it.for<[what: string, change: Partial<IssueTokenInput>, field: string]>([
    ['no name', { name: '' }, 'input.name'],
    ['a name of 101 characters', { name: 'n'.repeat(101) }, 'input.name'],
    ['a name with NUL', { name: 'a\0' }, 'input.name'],
    ['no scope', { scopes: [] }, 'input.scopes'],
    ['scopes that are null', { scopes: null }, 'input.scopes'],
    ['scopes that are left out', { scopes: undefined }, 'input.scopes'],
    ['an expiry in the past', { expiresAt: '2020-01-01T00:00:00Z' }, 'input.expiresAt'],
    ['an expiry in the year 0', { expiresAt: '0000-01-01T00:00:00Z' }, 'input.expiresAt'],
  ])('refuses %s', async ([_what, change, field], { server }) => {
    const input: IssueTokenInput = { name: 'n', scopes: ['POINTS_ADD'], ...change };
    const response = await server.send(await server.everything(), IssueTokenDocument, { input });
    expect(response.errors?.[0]?.extensions).toMatchObject({ code: 'BAD_USER_INPUT', field });
  });

  it('issues a token with limits and networks in one notation, each network once', async ({ server }) => {
    const limits = { maxPointsPerChange: 1, maxAddedPerDay: Number.MAX_SAFE_INTEGER, requestsPerMinute: 2 ** 31 - 1 };
    const networks = ['10.0.0.1', '::ffff:10.0.0.1', '10.0.0.1/32', '2001:DB8:0::/32'];
    const input: IssueTokenInput = { name: 'n', scopes: ['POINTS_ADD'], limits, networks };
    const { data } = await server.send(await server.everything(), IssueRestrictedTokenDocument, { input });
    expect(data.issueToken.token).toMatchObject({
      limits: { ...limits, maxSpentPerDay: null, maxAddedPerUserPerDay: null, maxSpentPerUserPerDay: null },
      networks: ['10.0.0.1/32', '2001:db8::/32'],
      pausedAt: null,
      today: { day: expect.stringMatching(/T00:00:00.000Z$/), added: 0, spent: 0 },
    });
  });

  it.for<[what: string, change: Partial<IssueTokenInput>, field: string]>([
    ['limits of which none is given', { limits: {} }, 'input.limits'],
    ['a limit of 0', { limits: { maxAddedPerDay: 0 } }, 'input.limits.maxAddedPerDay'],
    ['negative requests per minute', { limits: { requestsPerMinute: -1 } }, 'input.limits.requestsPerMinute'],
    ['no network', { networks: [] }, 'input.networks'],
    ['51 networks', { networks: Array.from({ length: 51 }, (_, n) => `10.0.0.${n}`) }, 'input.networks'],
    ['a network with host bits', { networks: ['10.0.0.0/8', '10.0.0.1/8'] }, 'input.networks.1'],
  ])('refuses %s, and issues nothing', async ([_what, change, field], { server }) => {
    const input: IssueTokenInput = { name: 'restricted', scopes: ['POINTS_ADD'], ...change };
    const response = await server.send(await server.everything(), IssueTokenDocument, { input });
    expect(response.errors?.[0]?.extensions).toMatchObject({ code: 'BAD_USER_INPUT', field });
    expect(await server.database.query(`select 1 from tokens where name = 'restricted'`)).toEqual([]);
  });

  it('refuses an owner who does not exist', async ({ server }) => {
    const input: IssueTokenInput = { name: 'n', scopes: ['POINTS_ADD'], owner: { username: 'nobody' } };
    const response = await server.send(await server.everything(), IssueTokenDocument, { input });
    expect(response.errors?.[0]?.extensions['code']).toBe('USER_NOT_FOUND');
  });

  it.for([
    ['of which one does not exist', ['POINTS_ADD', '*']],
    ['as they are spelt in a JWT', ['points:add']],
    ['of which one is null', ['POINTS_ADD', null]],
  ] as const)('refuses scopes %s before anything runs', async ([_what, scopes], { server }) => {
    const variables = { input: { name: 'n', scopes } };
    const response = await server.send(await server.everything(), print(IssueTokenDocument), variables);
    expect(response.status).toBe(400);
    expect(response.errors?.[0]?.extensions['code']).toBe('BAD_USER_INPUT');
  });

  it('stores a scope once that is given a thousand times', async ({ server }) => {
    const input = { name: 'n', scopes: Array(1_000).fill('POINTS_ADD') };
    const { data } = await server.send(await server.everything(), IssueTokenDocument, { input });
    expect(data.issueToken.token.scopes).toEqual(['POINTS_ADD']);
  });

  it('issues a token that stays valid when its issuer is revoked and its owner is demoted', async ({ server }) => {
    const admin = await server.everything();
    const [issuer, owner] = [await server.everything(), await server.user({ role: 'ADMIN' })];
    const input: IssueTokenInput = { name: 'n', scopes: ['AUDIT_READ'], owner: { id: owner.id } };
    const { secret } = (await server.send(issuer, IssueTokenDocument, { input })).data.issueToken;
    await server.send(issuer, RevokeCurrentTokenDocument);
    const demotion: UpdateUserInput = { user: { id: owner.id }, role: 'USER' };
    expect((await server.send(admin, UpdateUserDocument, { input: demotion })).data.updateUser.user.role).toBe('USER');
    expect((await server.send(secret, ViewerDocument)).data.viewer.scopes).toEqual(['AUDIT_READ']);
    expect((await server.send(secret, AuditLogDocument, { first: 1 })).errors).toBeUndefined();
    expect((await server.send(await server.session(owner), AuditLogDocument)).status).toBe(403);
  });
});
