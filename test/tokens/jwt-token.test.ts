import { createHmac } from 'node:crypto';
import { describe, expect } from 'vitest';
import {
  DeleteUserDocument,
  IssueTokenDocument,
  type IssueTokenInput,
  RevokeTokenDocument,
  ViewerDocument,
} from '../operations/generated.js';
import type { TestServer } from '../support/server.js';
import { itWith } from '../support/server-fixture.js';

const JWT_SECRET = 'thirty-two bytes that are known here';

const decode = (part: string | undefined) => JSON.parse(Buffer.from(part ?? '', 'base64url').toString());

const it = itWith({ JWT_SECRET });

describe('An app token in the form of a JWT', () => {
  const signed = (expiresAt: string | null = null): IssueTokenInput => ({
    name: 'signed',
    scopes: ['POINTS_READ', 'POINTS_ADD'],
    format: 'JWT',
    expiresAt,
  });
  const issue = async (server: TestServer, expiresAt?: string) =>
    (await server.send(await server.everything(), IssueTokenDocument, { input: signed(expiresAt) })).data.issueToken;
  const sign = (header: object, payload: object) => {
    const text = [header, payload].map((part) => Buffer.from(JSON.stringify(part)).toString('base64url')).join('.');
    return `${text}.${createHmac('sha256', JWT_SECRET).update(text).digest('base64url')}`;
  };
  const verify = async (server: TestServer, credential: string) => {
    const { status, errors } = await server.send(credential, ViewerDocument);
    return status === 200 ? 200 : `${status} ${errors?.[0]?.extensions['reason']}`;
  };

  it('has its owner and scopes as claims, no session, and no expiry by default', async ({ server }) => {
    const { secret, token } = await issue(server);
    const [header, claims] = secret.split('.').slice(0, 2).map(decode);
    expect(Object.keys(header)).toEqual(['alg', 'typ', 'kid']);
    expect(claims).toEqual({
      iss: 'scrip',
      aud: 'scrip',
      sub: token.owner.id,
      jti: token.id,
      scope: 'points:read points:add',
      iat: expect.any(Number),
      nbf: claims.iat,
    });
    expect(token).toMatchObject({ format: 'JWT', hint: `eyJ…${secret.slice(-4)}`, expiresAt: null });
    expect((await server.send(secret, ViewerDocument)).data.viewer).toEqual({
      kind: 'APP',
      scopes: ['POINTS_READ', 'POINTS_ADD'],
      user: token.owner,
      token: { id: token.id },
      expiresAt: null,
    });
    const rows = JSON.stringify(await server.database.query(`select *, encode(secret_hash, 'escape') from tokens`));
    expect(rows + server.log.join('')).not.toContain(secret);
  });

  it('has the requested expiry, and is refused after it', async ({ server }) => {
    const end = new Date(Math.ceil(Date.now() / 1000) * 1000 + 3_600_000);
    const { secret, token } = await issue(server, end.toISOString());
    expect(decode(secret.split('.')[1]).exp).toBe(end.getTime() / 1000);
    expect(await verify(server, secret)).toBe(200);
    await server.database.query('update tokens set expires_at = now() where id = $1', [token.id]);
    expect(await verify(server, secret)).toBe('401 TOKEN_EXPIRED');
  });

  it('is still valid after ten years', async ({ server }) => {
    const [header, claims] = (await issue(server)).secret.split('.').slice(0, 2).map(decode);
    const tenYears = 10 * 365 * 86_400;
    const then = claims.iat - tenYears;
    expect(await verify(server, sign(header, { ...claims, iat: then, nbf: then }))).toBe(200);
  });

  it('may expire in the year 9999, and no later', async ({ server }) => {
    const { secret, token } = await issue(server, '9999-12-31T23:59:59.999Z');
    expect(token.expiresAt).toBe('9999-12-31T23:59:59.999Z');
    expect(await verify(server, secret)).toBe(200);
    const response = await server.send(await server.everything(), IssueTokenDocument, {
      input: signed('+010000-01-01T00:00:00Z'),
    });
    expect(response.errors?.[0]?.extensions['code']).toBe('BAD_USER_INPUT');
  });

  it.for(['id', 'secret'] as const)('is revoked by its %s, from the next request on', async (by, { server }) => {
    const { secret, token } = await issue(server);
    const admin = await server.everything();
    const response = await server.send(admin, RevokeTokenDocument, {
      input: by === 'id' ? { id: token.id } : { secret },
    });
    expect(response.data.revokeToken.token?.id).toBe(token.id);
    expect(await verify(server, secret)).toBe('401 TOKEN_REVOKED');
    expect((await server.send(admin, RevokeTokenDocument, { input: { secret } })).data).toEqual(response.data);
  });

  it('is revoked when its owner is deleted', async ({ server }) => {
    const { secret, token } = await issue(server);
    await server.send(await server.everything(), DeleteUserDocument, { user: { id: token.owner.id } });
    expect(await verify(server, secret)).toBe('401 TOKEN_REVOKED');
  });

  it('has the scopes that were issued, whatever its claims say, and is refused with other ids', async ({ server }) => {
    const { secret } = await issue(server);
    const opaque = await server.token(['points:read']);
    const [header, claims] = secret.split('.').slice(0, 2).map(decode);
    const wider = await server.send(sign(header, { ...claims, scope: 'users:write' }), ViewerDocument);
    expect(wider.data.viewer.scopes).toEqual(['POINTS_READ', 'POINTS_ADD']);
    for (const change of [
      { jti: opaque.id, sub: opaque.owner.id },
      { jti: '0198c0de-0000-7000-8000-000000000000' },
      { jti: 'no id' },
      { sub: opaque.owner.id },
      { iat: claims.iat + 3_600, nbf: claims.iat + 3_600 },
    ]) {
      expect(await verify(server, sign(header, { ...claims, ...change }))).toBe('401 TOKEN_INVALID');
    }
  });

  it('is revoked by its secret, and the tokens of sessions are not', async ({ server }) => {
    const session = await server.session();
    const admin = await server.everything();
    for (const secret of [session.accessToken, session.refreshToken, 'x', '', `scrip_app_${'0'.repeat(49)}`, 'a.b.c']) {
      const { data, errors } = await server.send(admin, RevokeTokenDocument, { input: { secret } });
      expect({ data, errors }).toEqual({ data: { revokeToken: { token: null } }, errors: undefined });
    }
    expect((await server.send(session, ViewerDocument)).status).toBe(200);
  });
});
