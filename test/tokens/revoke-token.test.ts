import { describe, expect } from 'vitest';
import {
  RevokeCurrentTokenDocument,
  RevokeTokenDocument,
  ViewerDocument,
  ViewerKindDocument,
} from '../operations/generated.js';
import type { IssuedToken } from '../support/server.js';
import { itOnTwoNodes } from '../support/server-fixture.js';

const it = itOnTwoNodes();

describe('Mutation.revokeToken', () => {
  let revoker: IssuedToken;
  it.beforeAll(async ({ server }) => {
    revoker = await server.token(['tokens:revoke']);
  });

  it('ends the token from its next request on', async ({ server }) => {
    const token = await server.token(['posts:read']);
    expect((await server.send(token, ViewerDocument)).status).toBe(200);
    const revoked = await server.send(revoker, RevokeTokenDocument, { input: { id: token.id } });
    expect(revoked.data.revokeToken.token).toMatchObject({ id: token.id, state: 'REVOKED' });

    const response = await server.send(token, ViewerDocument);
    expect(response.status).toBe(401);
    expect(response.headers.get('www-authenticate')).toBe('Bearer realm="scrip", error="invalid_token"');
    expect(response.errors?.[0]?.extensions).toMatchObject({ code: 'UNAUTHENTICATED', reason: 'TOKEN_REVOKED' });
  });

  it('takes effect on every node before its response, for a hundred tokens at once', async ({ server, other }) => {
    const tokens: IssuedToken[] = [];
    for (let count = 0; count < 100; count++) tokens.push(await server.token(['posts:read']));
    const revokedHere = async ({ id, secret }: IssuedToken) => {
      expect((await other.send(secret, ViewerKindDocument)).status).toBe(200);
      expect((await server.send(revoker, RevokeTokenDocument, { input: { id } })).errors).toBeUndefined();
      return (await other.send(secret, ViewerKindDocument)).errors?.[0]?.extensions['reason'];
    };
    expect(new Set(await Promise.all(tokens.map(revokedHere)))).toEqual(new Set(['TOKEN_REVOKED']));
  });

  it('gives the same response twice, with the first revokedAt', async ({ server }) => {
    const token = await server.token(['posts:read']);
    const first = await server.send(revoker, RevokeTokenDocument, { input: { id: token.id } });
    const second = await server.send(revoker, RevokeTokenDocument, { input: { secret: token.secret } });
    expect(second.data).toEqual(first.data);
  });

  it('returns no token for a secret that was never issued', async ({ server }) => {
    for (const secret of ['x', '', `scrip_app_${'0'.repeat(49)}`, 'scrip_app_\0']) {
      const response = await server.send(revoker, RevokeTokenDocument, { input: { secret } });
      expect(response.errors).toBeUndefined();
      expect(response.data).toEqual({ revokeToken: { token: null } });
    }
  });

  it('is refused with TOKEN_NOT_FOUND for an id that no token has', async ({ server }) => {
    for (const id of ['x', '', '0193a0a0-0000-7000-8000-000000000000']) {
      const response = await server.send(revoker, RevokeTokenDocument, { input: { id } });
      expect(response.errors?.[0]?.extensions['code']).toBe('TOKEN_NOT_FOUND');
    }
  });

  it('is refused to an anonymous caller, to a token without tokens:revoke and to a revoked one', async ({ server }) => {
    const token = await server.token(['posts:read']);
    const input = { id: token.id };
    expect((await server.send(undefined, RevokeTokenDocument, { input })).status).toBe(401);
    expect((await server.send(token, RevokeTokenDocument, { input })).status).toBe(403);
    expect((await server.send(token, ViewerDocument)).status).toBe(200);
    const dead = await server.token(['tokens:revoke']);
    await server.send(revoker, RevokeTokenDocument, { input: { id: dead.id } });
    expect((await server.send(dead, RevokeTokenDocument, { input })).status).toBe(401);
    expect((await server.send(token, ViewerDocument)).status).toBe(200);
  });
});

describe('Mutation.revokeCurrentToken', () => {
  it('revokes the token that the request carries, without any scope', async ({ server }) => {
    const token = await server.token(['posts:read']);
    const response = await server.send(token, RevokeCurrentTokenDocument);
    expect(response.data.revokeCurrentToken.token).toEqual({ id: token.id, state: 'REVOKED' });
    expect((await server.send(token, ViewerDocument)).status).toBe(401);
    expect((await server.send(undefined, RevokeCurrentTokenDocument)).status).toBe(401);
  });
});
