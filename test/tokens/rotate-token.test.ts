import { describe, expect } from 'vitest';
import {
  AddPointsDocument,
  DeleteUserDocument,
  IssueTokenDocument,
  type IssueTokenInput,
  RestrictedTokenDocument,
  RotateRestrictedTokenDocument,
  RotateTokenDocument,
  TokenDocument,
  ViewerDocument,
} from '../operations/generated.js';
import { it } from '../support/fixtures.js';

describe('Mutation.rotateToken', () => {
  it('issues a token with the same name, owner, scopes and expiry; the old one expires at once', async ({ server }) => {
    const [old, admin] = [await server.token(['points:add', 'points:read']), await server.everything()];
    const expiresAt = new Date(Date.now() + 3_600_000).toISOString();
    await server.database.query('update tokens set expires_at = $2 where id = $1', [old.id, expiresAt]);
    const { data, errors } = await server.send(admin, RotateTokenDocument, { id: old.id });
    expect(errors).toBeUndefined();
    const { secret, token } = data.rotateToken;
    expect(token).toEqual({
      id: expect.not.stringMatching(old.id),
      name: 'a test',
      format: 'OPAQUE',
      scopes: ['POINTS_READ', 'POINTS_ADD'],
      owner: { username: old.owner.username },
      issuedBy: { username: admin.owner.username },
      expiresAt,
      state: 'ACTIVE',
    });
    expect((await server.send(secret, ViewerDocument)).data.viewer.token?.id).toBe(token.id);
    const refused = await server.send(old, ViewerDocument);
    expect({ status: refused.status, reason: refused.errors?.[0]?.extensions['reason'] }).toEqual({
      status: 401,
      reason: 'TOKEN_EXPIRED',
    });
  });

  it('keeps the old token valid during the overlap, and never prolongs it', async ({ server }) => {
    const [old, brief, admin] = [
      await server.token(['points:read']),
      await server.token(['points:read']),
      await server.everything(),
    ];
    await server.database.query(`update tokens set expires_at = now() + interval '1 min' where id = $1`, [brief.id]);
    const before = (await server.send(admin, TokenDocument, { id: brief.id })).data.token.expiresAt;
    for (const { id } of [old, brief]) await server.send(admin, RotateTokenDocument, { id, overlapSeconds: 604_800 });
    expect((await server.send(old, ViewerDocument)).status).toBe(200);
    const { expiresAt } = (await server.send(admin, TokenDocument, { id: old.id })).data.token;
    expect(Math.round((Date.parse(expiresAt ?? '') - Date.now()) / 60_000)).toBe(604_800 / 60);
    expect((await server.send(admin, TokenDocument, { id: brief.id })).data.token.expiresAt).toBe(before);
    await server.database.query(`update tokens set expires_at = expires_at - interval '604801 s' where id = $1`, [
      old.id,
    ]);
    expect((await server.send(old, ViewerDocument)).status).toBe(401);
  });

  it('is denied to a caller who lacks a scope of the token, and changes nothing', async ({ server }) => {
    const wide = await server.token(['points:add', 'users:write', 'points:read']);
    const caller = await server.token(['tokens:issue', 'tokens:revoke', 'points:read']);
    const { data, errors } = await server.send(caller, RotateTokenDocument, { id: wide.id });
    expect(data).toEqual({ rotateToken: null });
    expect(errors?.[0]?.extensions).toMatchObject({
      code: 'FORBIDDEN',
      coordinate: 'Mutation.rotateToken',
      requiredScopes: ['USERS_WRITE', 'POINTS_READ', 'POINTS_ADD'],
      missingScopes: ['USERS_WRITE', 'POINTS_ADD'],
    });
    expect((await server.send(wide, ViewerDocument)).status).toBe(200);
    expect(
      await server.database.query('select count(*)::int from tokens where owner_id = $1', [wide.owner.id]),
    ).toEqual([{ count: 1 }]);
  });

  it('keeps limits and networks, and both tokens share what is used of them', async ({ server }) => {
    const admin = await server.everything();
    const { id: user } = await server.user();
    const networks = ['127.0.0.0/8', '::1/128'];
    const old = await server.token(['points:add'], undefined, { limits: { maxAddedPerDay: 10 }, networks });
    const add = (token: { secret: string }, points: number) =>
      server.send(token, AddPointsDocument, { input: { user: { id: user }, points } });
    await add(old, 4);
    const { data } = await server.send(admin, RotateRestrictedTokenDocument, { id: old.id, overlapSeconds: 60 });
    const first = data.rotateToken;
    expect(first.token).toMatchObject({ limits: { maxAddedPerDay: 10, maxSpentPerDay: null }, networks });
    expect(first.token.today).toMatchObject({ added: 4, spent: 0 });
    await add(first, 5);
    const again = (await server.send(admin, RotateRestrictedTokenDocument, { id: first.token.id })).data.rotateToken;
    expect(again.token.today).toMatchObject({ added: 9 });
    expect((await add(old, 2)).errors?.[0]?.extensions).toMatchObject({ code: 'TOKEN_LIMIT', used: 9 });
    expect((await add(again, 1)).errors).toBeUndefined();
    for (const { id } of [old, first.token, again.token]) {
      const read = await server.send(admin, RestrictedTokenDocument, { id });
      expect(read.data.token.today).toMatchObject({ added: 10 });
    }
  });

  it('rotates a JWT into a JWT', async ({ server }) => {
    const admin = await server.everything();
    const input: IssueTokenInput = { name: 'j', scopes: ['POINTS_READ'], format: 'JWT' };
    const { secret, token } = (await server.send(admin, IssueTokenDocument, { input })).data.issueToken;
    const { data } = await server.send(admin, RotateTokenDocument, { id: token.id });
    expect(data.rotateToken.token.format).toBe('JWT');
    expect((await server.send(data.rotateToken.secret, ViewerDocument)).status).toBe(200);
    expect((await server.send(secret, ViewerDocument)).status).toBe(401);
  });

  it.for([0, 60])(
    'rotates a token once, of twenty requests at once, with an overlap of %d s',
    async (overlapSeconds, { server }) => {
      const [old, admin] = [await server.token(['points:read']), await server.everything()];
      const responses = await Promise.all(
        Array.from({ length: 20 }, () => server.send(admin, RotateTokenDocument, { id: old.id, overlapSeconds })),
      );
      expect(responses.filter(({ errors }) => errors === undefined)).toHaveLength(1);
    },
  );

  it('refuses to rotate a token again during the overlap, names its successor, and changes neither', async ({
    server,
  }) => {
    const [old, admin] = [await server.token(['points:read']), await server.everything()];
    const first = (await server.send(admin, RotateTokenDocument, { id: old.id, overlapSeconds: 60 })).data.rotateToken;
    const end = (await server.send(admin, TokenDocument, { id: old.id })).data.token.expiresAt;
    const { data, errors } = await server.send(admin, RotateTokenDocument, { id: old.id, overlapSeconds: 604_800 });
    expect(data).toEqual({ rotateToken: null });
    expect(errors?.[0]).toMatchObject({
      message: expect.stringContaining(first.token.id),
      extensions: { code: 'BAD_USER_INPUT', field: 'input.id' },
    });
    expect((await server.send(admin, TokenDocument, { id: old.id })).data.token).toMatchObject({
      state: 'ACTIVE',
      expiresAt: end,
    });
    expect((await server.send(admin, TokenDocument, { id: first.token.id })).data.token).toMatchObject({
      expiresAt: null,
    });
    expect((await server.send(admin, RotateTokenDocument, { id: first.token.id })).errors).toBeUndefined();
  });

  it.for([
    ['was revoked', 'revoked_at'],
    ['has expired', 'expires_at'],
  ])('refuses a token that %s', async ([_what, column], { server }) => {
    const { id } = await server.token(['points:read']);
    await server.database.query(`update tokens set ${column} = now() where id = $1`, [id]);
    const { errors } = await server.send(await server.everything(), RotateTokenDocument, { id });
    expect(errors?.[0]?.extensions).toMatchObject({ code: 'BAD_USER_INPUT', field: 'input.id' });
  });

  it('refuses a token whose owner was deleted, and one that does not exist', async ({ server }) => {
    const [old, admin] = [await server.token(['points:read']), await server.everything()];
    await server.send(admin, DeleteUserDocument, { user: { id: old.owner.id } });
    const gone = await server.send(admin, RotateTokenDocument, { id: old.id });
    expect(gone.errors?.[0]?.extensions['code']).toBe('BAD_USER_INPUT');
    for (const id of ['0198c0de-0000-7000-8000-000000000000', 'no id']) {
      const { errors } = await server.send(admin, RotateTokenDocument, { id });
      expect(errors?.[0]?.extensions['code']).toBe('TOKEN_NOT_FOUND');
    }
  });

  it.for([-1, 604_801])('refuses an overlap of %d seconds', async (overlapSeconds, { server }) => {
    const { id } = await server.token(['points:read']);
    const { errors } = await server.send(await server.everything(), RotateTokenDocument, { id, overlapSeconds });
    expect(errors?.[0]?.extensions).toMatchObject({ code: 'BAD_USER_INPUT', field: 'input.overlapSeconds' });
  });

  it('is refused to an anonymous caller, and without tokens:issue and tokens:revoke', async ({ server }) => {
    const { id } = await server.token(['points:read']);
    expect((await server.send(undefined, RotateTokenDocument, { id })).status).toBe(401);
    const { status, errors } = await server.send(
      await server.token(['tokens:issue', 'points:read']),
      RotateTokenDocument,
      {
        id,
      },
    );
    expect(status).toBe(403);
    expect(errors?.[0]?.extensions).toMatchObject({
      coordinate: 'Mutation.rotateToken',
      missingScopes: ['TOKENS_REVOKE'],
    });
  });
});
