import { print } from 'graphql';
import { describe, expect } from 'vitest';
import { SCOPES } from '../../src/auth/scope.js';
import {
  AddPointsDocument,
  DeleteUserDocument,
  IssueRestrictedTokenDocument,
  type IssueTokenInput,
  RestrictedTokenDocument,
  RevokeTokenDocument,
  RotateTokenDocument,
  UpdateTokenDocument,
  type UpdateTokenInput,
  ViewerDocument,
} from '../operations/generated.js';
import type { IssuedToken, TestServer } from '../support/server.js';
import { itOnTwoNodes } from '../support/server-fixture.js';

const it = itOnTwoNodes();

const NO_LIMITS = {
  maxPointsPerChange: null,
  maxAddedPerDay: null,
  maxSpentPerDay: null,
  maxAddedPerUserPerDay: null,
  maxSpentPerUserPerDay: null,
  requestsPerMinute: null,
};
const HOUR = 3_600_000;

/** The end of an hour from now, and so on, as the API writes instants. */
const inHours = (hours: number) => new Date(Date.now() + hours * HOUR).toISOString();

describe('Mutation.updateToken', () => {
  let admin: IssuedToken;
  it.beforeAll(async ({ server }) => {
    admin = await server.everything();
  });

  const update = async (server: TestServer, input: UpdateTokenInput) => {
    const { data, errors } = await server.send(admin, UpdateTokenDocument, { input });
    expect(errors).toBeUndefined();
    return data.updateToken.token;
  };
  const read = async (server: TestServer, id: string) =>
    (await server.send(admin, RestrictedTokenDocument, { id })).data.token;
  const detailsOf = async (server: TestServer, id: string) =>
    (
      await server.database.query(
        `select detail from audit_events where token_id = $1 and action = 'TOKEN_UPDATED' order by id`,
        [id],
      )
    ).map(({ detail }) => String(detail));
  const issueJwt = async (server: TestServer, expiresAt: string | null) => {
    const input: IssueTokenInput = { name: 'j', scopes: ['POINTS_READ'], format: 'JWT', expiresAt };
    return (await server.send(admin, IssueRestrictedTokenDocument, { input })).data.issueToken;
  };

  it('changes the name, expiry, limits and networks, and leaves what is left out', async ({ server }) => {
    const { id } = await server.token(['points:add']);
    const expiresAt = inHours(1);
    expect(await update(server, { id, name: 'web shop', expiresAt })).toMatchObject({
      id,
      name: 'web shop',
      expiresAt,
      limits: null,
      networks: [],
    });
    const limits = { maxPointsPerChange: 50, requestsPerMinute: 600 };
    expect(await update(server, { id, limits })).toMatchObject({ limits: { ...NO_LIMITS, ...limits } });
    const networks = ['10.0.0.0/8', '2001:db8::/32'];
    expect(await update(server, { id, networks })).toMatchObject({
      name: 'web shop',
      expiresAt,
      limits: { ...NO_LIMITS, ...limits },
      networks,
      state: 'ACTIVE',
    });
    expect(await read(server, id)).toMatchObject({ name: 'web shop', expiresAt, networks });
  });

  it('replaces all limits by those that are given, and removes limits, networks and expiry by null', async ({
    server,
  }) => {
    const { id } = await server.token(['points:add'], undefined, {
      limits: { maxPointsPerChange: 5, maxAddedPerDay: 10 },
      networks: ['10.0.0.0/8'],
    });
    expect(await update(server, { id, expiresAt: inHours(1), limits: { maxAddedPerDay: 20 } })).toMatchObject({
      limits: { ...NO_LIMITS, maxAddedPerDay: 20 },
    });
    expect(await update(server, { id, expiresAt: null, limits: null, networks: null, name: null })).toMatchObject({
      name: 'a test',
      expiresAt: null,
      limits: null,
      networks: [],
      today: null,
    });
  });

  it('keeps to the new limit from the next change on, on every node, and counts what was used before', async ({
    server,
    other,
  }) => {
    const { id } = await server.user();
    const token = await server.token(['points:add'], undefined, { limits: { maxAddedPerDay: 100 } });
    const add = (node: TestServer, points: number) =>
      node.send(token, AddPointsDocument, { input: { user: { id }, points } });
    for (const node of [server, other]) expect((await add(node, 30)).errors).toBeUndefined();
    await update(server, { id: token.id, limits: { maxAddedPerDay: 70 } });
    const refused = await add(other, 11);
    expect(refused.errors?.[0]?.extensions).toMatchObject({ code: 'TOKEN_LIMIT', max: 70, used: 60, effect: 'NONE' });
    expect((await add(other, 10)).errors).toBeUndefined();
    expect((await read(other, token.id)).today).toMatchObject({ added: 70, spent: 0 });
  });

  it('counts nothing that was used before there was a limit', async ({ server }) => {
    const { id } = await server.user();
    const token = await server.token(['points:add'], undefined, { limits: { maxSpentPerDay: 100 } });
    const add = (points: number) => server.send(token, AddPointsDocument, { input: { user: { id }, points } });
    await add(500);
    expect((await read(server, token.id)).today).toMatchObject({ added: 500, spent: 0 });
    const updated = await update(server, { id: token.id, limits: { maxAddedPerDay: 10, maxSpentPerDay: 100 } });
    expect(updated.today).toMatchObject({ added: 0, spent: 0 });
    expect((await add(10)).errors).toBeUndefined();
    expect((await add(1)).errors?.[0]?.extensions).toMatchObject({ code: 'TOKEN_LIMIT', used: 10 });
    expect((await read(server, token.id)).today).toMatchObject({ added: 10 });
  });

  it('ends a token at its new expiry', async ({ server, other }) => {
    const token = await server.token(['points:read']);
    await update(server, { id: token.id, expiresAt: inHours(1) });
    expect((await other.send(token, ViewerDocument)).data.viewer.expiresAt).not.toBeNull();
    await server.database.query('update tokens set expires_at = now() where id = $1', [token.id]);
    expect((await other.send(token, ViewerDocument)).errors?.[0]?.extensions['reason']).toBe('TOKEN_EXPIRED');
  });

  it('never lets a JWT end later than by its signature, however often it is updated', async ({ server }) => {
    const expiresAt = inHours(2);
    const { secret, token } = await issueJwt(server, expiresAt);
    const refuse = async (end: string | null) => {
      const input = { id: token.id, expiresAt: end };
      const { errors } = await server.send(admin, UpdateTokenDocument, { input });
      expect(errors?.[0]?.extensions).toMatchObject({ code: 'BAD_USER_INPUT', field: 'input.expiresAt' });
    };
    await refuse(inHours(3));
    await refuse(null);
    expect(await update(server, { id: token.id, expiresAt: inHours(1) })).toMatchObject({ state: 'ACTIVE' });
    await refuse(inHours(3));
    await refuse(null);
    expect(await update(server, { id: token.id, expiresAt })).toMatchObject({ expiresAt });
    expect((await server.send(secret, ViewerDocument)).status).toBe(200);
  });

  it('takes the end of a JWT of an earlier release for that of its signature', async ({ server }) => {
    const expiresAt = inHours(2);
    const { token } = await issueJwt(server, expiresAt);
    await server.database.query('update tokens set signed_expires_at = null where id = $1', [token.id]);
    await update(server, { id: token.id, expiresAt: inHours(1) });
    expect(await update(server, { id: token.id, expiresAt })).toMatchObject({ expiresAt });
    const { errors } = await server.send(admin, UpdateTokenDocument, { input: { id: token.id, expiresAt: null } });
    expect(errors?.[0]?.extensions['field']).toBe('input.expiresAt');
  });

  it('gives a JWT without an end one, and takes it away again', async ({ server }) => {
    const { secret, token } = await issueJwt(server, null);
    for (const expiresAt of [inHours(1), inHours(2), null]) {
      expect(await update(server, { id: token.id, expiresAt })).toMatchObject({ expiresAt });
    }
    expect((await server.send(secret, ViewerDocument)).data.viewer.expiresAt).toBeNull();
  });

  it('records from what to what it changed, but no names; and nothing where nothing changes', async ({ server }) => {
    const { id } = await server.token(['points:add'], undefined, { networks: ['10.0.0.0/8', '::102:304/128'] });
    const input: UpdateTokenInput = {
      id,
      name: 'a secret campaign',
      expiresAt: '2099-01-01T00:00:00.000Z',
      limits: { maxAddedPerDay: 100 },
      networks: ['10.0.0.0/8'],
    };
    const first = await update(server, input);
    expect(await update(server, input)).toEqual(first);
    expect(await update(server, { id })).toEqual(first);
    await update(server, { id, expiresAt: null, limits: { maxAddedPerDay: 50, maxSpentPerDay: 5 }, networks: null });
    expect(await detailsOf(server, id)).toEqual([
      'name; expiresAt: never to 2099-01-01T00:00:00.000Z; maxAddedPerDay: none to 100; ' +
        'networks: 10.0.0.0/8 ::102:304/128 to 10.0.0.0/8',
      'expiresAt: 2099-01-01T00:00:00.000Z to never; maxAddedPerDay: 100 to 50; maxSpentPerDay: none to 5; ' +
        'networks: 10.0.0.0/8 to any',
    ]);
  });

  it('records an update of everything, too long for one event, without its last values', async ({ server }) => {
    const limitsOf = (points: number, requestsPerMinute: number) => ({
      ...Object.fromEntries(Object.keys(NO_LIMITS).map((name) => [name, points])),
      requestsPerMinute,
    });
    const max = Number.MAX_SAFE_INTEGER;
    const { id } = await server.token(['points:add'], undefined, { limits: limitsOf(max, 1) });
    const networks = Array.from({ length: 50 }, (_, n) => `10.0.0.${n}`);
    await update(server, { id, name: 'n', expiresAt: inHours(1), limits: limitsOf(max - 1, 2), networks });
    const [detail] = await detailsOf(server, id);
    expect(detail).toMatch(/^name; expiresAt: never to .*; maxPointsPerChange; .*requestsPerMinute.*; networks/);
    expect(detail?.length).toBeLessThanOrEqual(200);
  });

  it('is denied to a caller who lacks a scope of the token, and changes nothing', async ({ server }) => {
    const wide = await server.token(['points:add', 'points:spend'], undefined, { limits: { maxAddedPerDay: 5 } });
    const caller = await server.token(['tokens:issue', 'points:add']);
    const { status, data, errors } = await server.send(caller, UpdateTokenDocument, {
      input: { id: wide.id, limits: null },
    });
    expect([status, data]).toEqual([200, { updateToken: null }]);
    expect(errors?.[0]?.extensions).toMatchObject({
      code: 'FORBIDDEN',
      coordinate: 'Mutation.updateToken',
      requiredScopes: ['POINTS_ADD', 'POINTS_SPEND'],
      missingScopes: ['POINTS_SPEND'],
    });
    expect((await read(server, wide.id)).limits).toMatchObject({ maxAddedPerDay: 5 });
    expect(await detailsOf(server, wide.id)).toEqual([]);
  });

  it('is refused to an anonymous caller, without tokens:issue, and to a revoked token', async ({ server }) => {
    const { id } = await server.token(['points:read']);
    const input = { id, name: 'new' };
    expect((await server.send(undefined, UpdateTokenDocument, { input })).status).toBe(401);
    const narrow = await server.token(SCOPES.filter((scope) => scope !== 'tokens:issue'));
    const denied = await server.send(narrow, UpdateTokenDocument, { input });
    expect(denied.status).toBe(403);
    expect(denied.errors?.[0]?.extensions).toMatchObject({
      coordinate: 'Mutation.updateToken',
      missingScopes: ['TOKENS_ISSUE'],
    });
    const dead = await server.everything();
    await server.send(admin, RevokeTokenDocument, { input: { id: dead.id } });
    expect((await server.send(dead, UpdateTokenDocument, { input })).status).toBe(401);
    expect((await read(server, id)).name).toBe('a test');
  });

  it.for<[what: string, end: (server: TestServer, token: IssuedToken) => Promise<unknown>]>([
    ['was revoked', (server, { id }) => server.send(admin, RevokeTokenDocument, { input: { id } })],
    [
      'has expired',
      (server, { id }) => server.database.query('update tokens set expires_at = now() where id = $1', [id]),
    ],
    ['was rotated', (server, { id }) => server.send(admin, RotateTokenDocument, { id })],
    [
      'was rotated and is in its overlap',
      (server, { id }) => server.send(admin, RotateTokenDocument, { id, overlapSeconds: 60 }),
    ],
    ['lost its owner', (server, { owner }) => server.send(admin, DeleteUserDocument, { user: { id: owner.id } })],
  ])('refuses a token that %s', async ([_what, end], { server }) => {
    const token = await server.token(['points:read']);
    await end(server, token);
    const { errors } = await server.send(admin, UpdateTokenDocument, { input: { id: token.id, expiresAt: null } });
    expect(errors?.[0]?.extensions).toMatchObject({ code: 'BAD_USER_INPUT', field: 'input.id' });
  });

  it.for<[what: string, change: object, field: string]>([
    ['an empty name', { name: '' }, 'input.name'],
    ['a name of 101 characters', { name: 'n'.repeat(101) }, 'input.name'],
    ['an expiry in the past', { expiresAt: '2020-01-01T00:00:00Z' }, 'input.expiresAt'],
    ['no limit', { limits: {} }, 'input.limits'],
    ['limits that are null', { limits: NO_LIMITS }, 'input.limits'],
    ['a limit of 0 points', { limits: { maxSpentPerUserPerDay: 0 } }, 'input.limits.maxSpentPerUserPerDay'],
    ['a limit of 0 requests', { limits: { requestsPerMinute: 0 } }, 'input.limits.requestsPerMinute'],
    ['no network', { networks: [] }, 'input.networks'],
    ['a network that is none', { networks: ['10.0.0.0/8', 'example.com'] }, 'input.networks.1'],
    ['a network with host bits', { networks: ['10.0.0.1/8'] }, 'input.networks.0'],
  ])('refuses %s', async ([_what, change, field], { server }) => {
    const { id } = await server.token(['points:read']);
    const before = await read(server, id);
    const { errors } = await server.send(admin, UpdateTokenDocument, { input: { id, ...change } });
    expect(errors?.[0]?.extensions).toMatchObject({ code: 'BAD_USER_INPUT', field });
    expect(await read(server, id)).toEqual(before);
  });

  it.for([
    ['a negative limit', { limits: { maxAddedPerDay: -1 } }],
    ['a limit beyond 2^53-1', { limits: { maxAddedPerDay: 2 ** 53 } }],
    ['requests beyond 2^31-1', { limits: { requestsPerMinute: 2 ** 31 } }],
    ['a network that is null', { networks: [null] }],
  ])('refuses %s before anything runs', async ([_what, change], { server }) => {
    const variables = { input: { id: admin.id, ...(change as object) } };
    const response = await server.send(admin, print(UpdateTokenDocument), variables);
    expect([response.status, response.errors?.[0]?.extensions['code']]).toEqual([400, 'BAD_USER_INPUT']);
  });

  it('is refused with TOKEN_NOT_FOUND for an id that no token has', async ({ server }) => {
    for (const id of ['x', '', '0193a0a0-0000-7000-8000-000000000000']) {
      const { errors } = await server.send(admin, UpdateTokenDocument, { input: { id, name: 'n' } });
      expect(errors?.[0]?.extensions['code']).toBe('TOKEN_NOT_FOUND');
    }
  });
});
