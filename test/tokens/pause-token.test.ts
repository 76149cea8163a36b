import { describe, expect } from 'vitest';
import {
  DeleteUserDocument,
  PauseTokenDocument,
  ResumeTokenDocument,
  RevokeTokenDocument,
  RotateTokenDocument,
  TokensDocument,
  ViewerDocument,
} from '../operations/generated.js';
import type { IssuedToken, TestServer } from '../support/server.js';
import { itOnTwoNodes } from '../support/server-fixture.js';

const it = itOnTwoNodes();
let admin: IssuedToken;
it.beforeAll(async ({ server }) => {
  admin = await server.everything();
});

const reasonOf = async (server: TestServer, token: IssuedToken) =>
  (await server.send(token, ViewerDocument)).errors?.[0]?.extensions['reason'];
const actionsOn = async (server: TestServer, id: string) =>
  (await server.database.query('select action from audit_events where token_id = $1 order by id', [id])).map(
    ({ action }) => action,
  );

/** What neither is paused nor resumed. */
const ENDED: readonly [what: string, end: (server: TestServer, token: IssuedToken) => Promise<unknown>][] = [
  ['was revoked', (server, { id }) => server.send(admin, RevokeTokenDocument, { input: { id } })],
  [
    'has expired',
    (server, { id }) => server.database.query('update tokens set expires_at = now() where id = $1', [id]),
  ],
  [
    'was rotated and is in its overlap',
    (server, { id }) => server.send(admin, RotateTokenDocument, { id, overlapSeconds: 60 }),
  ],
  ['lost its owner', (server, { owner }) => server.send(admin, DeleteUserDocument, { user: { id: owner.id } })],
];

describe('Mutation.pauseToken', () => {
  it('rejects the token from its next request on, on every node, until it is resumed', async ({ server, other }) => {
    const token = await server.token(['posts:read']);
    for (const node of [server, other]) expect(await reasonOf(node, token)).toBeUndefined();
    const paused = await server.send(admin, PauseTokenDocument, { id: token.id });
    expect(paused.data.pauseToken.token).toEqual({ id: token.id, state: 'PAUSED', pausedAt: expect.any(String) });
    for (const node of [server, other]) expect(await reasonOf(node, token)).toBe('TOKEN_PAUSED');
    const resumed = await other.send(admin, ResumeTokenDocument, { id: token.id });
    expect(resumed.data.resumeToken.token).toEqual({ id: token.id, state: 'ACTIVE', pausedAt: null });
    for (const node of [server, other]) expect(await reasonOf(node, token)).toBeUndefined();
    expect(await actionsOn(server, token.id)).toEqual(['TOKEN_ISSUED', 'TOKEN_PAUSED', 'TOKEN_RESUMED']);
  });

  it('gives the same response twice, with the first pausedAt, and is recorded once', async ({ server }) => {
    const { id } = await server.token(['posts:read']);
    const first = await server.send(admin, PauseTokenDocument, { id });
    expect((await server.send(admin, PauseTokenDocument, { id })).data).toEqual(first.data);
    expect(await actionsOn(server, id)).toEqual(['TOKEN_ISSUED', 'TOKEN_PAUSED']);
  });

  it('needs no scope of the token but tokens:revoke', async ({ server }) => {
    const token = await server.token(['points:add', 'users:write']);
    const revoker = await server.token(['tokens:revoke']);
    expect((await server.send(revoker, PauseTokenDocument, { id: token.id })).errors).toBeUndefined();
  });

  it('is refused to an anonymous caller, without tokens:revoke, to a revoked token and to a paused one', async ({
    server,
  }) => {
    const { id } = await server.token(['posts:read']);
    expect((await server.send(undefined, PauseTokenDocument, { id })).status).toBe(401);
    const denied = await server.send(await server.token(['tokens:issue']), PauseTokenDocument, { id });
    expect(denied.status).toBe(403);
    expect(denied.errors?.[0]?.extensions).toMatchObject({
      coordinate: 'Mutation.pauseToken',
      missingScopes: ['TOKENS_REVOKE'],
    });
    const [revoked, paused] = [await server.everything(), await server.everything()];
    await server.send(admin, RevokeTokenDocument, { input: { id: revoked.id } });
    await server.send(admin, PauseTokenDocument, { id: paused.id });
    for (const caller of [revoked, paused]) {
      expect((await server.send(caller, PauseTokenDocument, { id })).status).toBe(401);
    }
    expect(await actionsOn(server, id)).toEqual(['TOKEN_ISSUED']);
  });

  it.for(ENDED)('refuses a token that %s', async ([_what, end], { server }) => {
    const token = await server.token(['posts:read']);
    await end(server, token);
    const { errors } = await server.send(admin, PauseTokenDocument, { id: token.id });
    expect(errors?.[0]?.extensions).toMatchObject({ code: 'BAD_USER_INPUT', field: 'input.id' });
  });

  it('is refused with TOKEN_NOT_FOUND for an id that no token has', async ({ server }) => {
    for (const id of ['x', '0193a0a0-0000-7000-8000-000000000000']) {
      const { errors } = await server.send(admin, PauseTokenDocument, { id });
      expect(errors?.[0]?.extensions['code']).toBe('TOKEN_NOT_FOUND');
    }
  });

  it('leaves a paused token that expires or is revoked in that state', async ({ server }) => {
    const [expired, revoked] = [await server.token(['posts:read']), await server.token(['posts:read'])];
    for (const { id } of [expired, revoked]) await server.send(admin, PauseTokenDocument, { id });
    await server.database.query('update tokens set expires_at = now() where id = $1', [expired.id]);
    const { data } = await server.send(admin, RevokeTokenDocument, { input: { id: revoked.id } });
    expect(data.revokeToken.token?.state).toBe('REVOKED');
    expect(await reasonOf(server, expired)).toBe('TOKEN_EXPIRED');
    expect(await reasonOf(server, revoked)).toBe('TOKEN_REVOKED');
  });

  it('pauses the token that the request carries, which cannot resume itself', async ({ server }) => {
    const token = await server.everything();
    expect((await server.send(token, PauseTokenDocument, { id: token.id })).status).toBe(200);
    expect((await server.send(token, ResumeTokenDocument, { id: token.id })).status).toBe(401);
  });

  it('keeps a token from being rotated until it is resumed', async ({ server }) => {
    const { id } = await server.token(['posts:read']);
    await server.send(admin, PauseTokenDocument, { id });
    const { errors } = await server.send(admin, RotateTokenDocument, { id });
    expect(errors?.[0]).toMatchObject({
      message: expect.stringContaining('Resume'),
      extensions: { code: 'BAD_USER_INPUT', field: 'input.id' },
    });
    await server.send(admin, ResumeTokenDocument, { id });
    expect((await server.send(admin, RotateTokenDocument, { id })).errors).toBeUndefined();
  });
});

describe('Mutation.resumeToken', () => {
  it('gives the same response for a token that is not paused, and records nothing', async ({ server }) => {
    const { id } = await server.token(['posts:read']);
    for (let time = 0; time < 2; time++) {
      const { data } = await server.send(admin, ResumeTokenDocument, { id });
      expect(data.resumeToken.token).toEqual({ id, state: 'ACTIVE', pausedAt: null });
    }
    expect(await actionsOn(server, id)).toEqual(['TOKEN_ISSUED']);
  });

  it('is denied to a caller who lacks a scope of the token, which stays paused', async ({ server }) => {
    const wide = await server.token(['posts:read', 'points:add']);
    await server.send(admin, PauseTokenDocument, { id: wide.id });
    const caller = await server.token(['tokens:issue', 'tokens:revoke', 'posts:read']);
    const { data, errors } = await server.send(caller, ResumeTokenDocument, { id: wide.id });
    expect(data).toEqual({ resumeToken: null });
    expect(errors?.[0]?.extensions).toMatchObject({
      code: 'FORBIDDEN',
      coordinate: 'Mutation.resumeToken',
      missingScopes: ['POINTS_ADD'],
    });
    expect(await reasonOf(server, wide)).toBe('TOKEN_PAUSED');
  });

  it('is refused to an anonymous caller, without both of its scopes, and to a revoked token', async ({ server }) => {
    const { id } = await server.token(['posts:read']);
    await server.send(admin, PauseTokenDocument, { id });
    expect((await server.send(undefined, ResumeTokenDocument, { id })).status).toBe(401);
    const denied = await server.send(await server.token(['tokens:revoke', 'posts:read']), ResumeTokenDocument, { id });
    expect(denied.status).toBe(403);
    expect(denied.errors?.[0]?.extensions).toMatchObject({
      coordinate: 'Mutation.resumeToken',
      missingScopes: ['TOKENS_ISSUE'],
    });
    const dead = await server.everything();
    await server.send(admin, RevokeTokenDocument, { input: { id: dead.id } });
    expect((await server.send(dead, ResumeTokenDocument, { id })).status).toBe(401);
    expect(await actionsOn(server, id)).toEqual(['TOKEN_ISSUED', 'TOKEN_PAUSED']);
  });

  it.for(ENDED.filter(([what]) => !what.includes('rotated')))(
    'refuses a paused token that %s',
    async ([_what, end], { server }) => {
      const token = await server.token(['posts:read']);
      await server.send(admin, PauseTokenDocument, { id: token.id });
      await end(server, token);
      const { errors } = await server.send(admin, ResumeTokenDocument, { id: token.id });
      expect(errors?.[0]?.extensions).toMatchObject({ code: 'BAD_USER_INPUT', field: 'input.id' });
    },
  );

  it('refuses a token in its overlap, and an id that no token has', async ({ server }) => {
    const { id } = await server.token(['posts:read']);
    await server.send(admin, RotateTokenDocument, { id, overlapSeconds: 60 });
    const rotated = await server.send(admin, ResumeTokenDocument, { id });
    expect(rotated.errors?.[0]?.extensions).toMatchObject({ code: 'BAD_USER_INPUT', field: 'input.id' });
    const unknown = await server.send(admin, ResumeTokenDocument, { id: 'x' });
    expect(unknown.errors?.[0]?.extensions['code']).toBe('TOKEN_NOT_FOUND');
  });
});

describe('Query.tokens', () => {
  it('lists paused tokens apart from active, expired and revoked ones', async ({ server }) => {
    const owner = await server.user();
    const [paused, expired, revoked] = [
      await server.token(['posts:read'], owner),
      await server.token(['posts:read'], owner),
      await server.token(['posts:read'], owner),
    ];
    await server.token(['posts:read'], owner);
    for (const { id } of [paused, expired, revoked]) await server.send(admin, PauseTokenDocument, { id });
    await server.database.query('update tokens set expires_at = now() where id = $1', [expired.id]);
    await server.send(admin, RevokeTokenDocument, { input: { id: revoked.id } });
    for (const state of ['ACTIVE', 'PAUSED', 'EXPIRED', 'REVOKED'] as const) {
      for (const search of [undefined, 'a test']) {
        const variables = { owner: { id: owner.id }, state, search };
        const { tokens } = (await server.send(admin, TokensDocument, variables)).data;
        expect([tokens.totalCount, tokens.nodes.length], `${state} ${search}`).toEqual([1, 1]);
      }
    }
    const ofAll = (await server.send(admin, TokensDocument, { state: 'PAUSED', first: 1 })).data.tokens;
    expect(ofAll.nodes).toHaveLength(1);
  });
});
