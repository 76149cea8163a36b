import { generateKeyPairSync } from 'node:crypto';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createLocalJWKSet, createRemoteJWKSet, decodeProtectedHeader, jwtVerify } from 'jose';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { IssueTokenDocument, RenewSessionDocument, ViewerDocument } from '../operations/generated.js';
import { startServer, type TestServer } from '../support/server.js';

describe('The key set', () => {
  let folder: string;
  const files = { first: '', second: '', third: '' };
  const servers: TestServer[] = [];
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'scrip-jwks-'));
    for (const name of ['first', 'second'] as const) {
      files[name] = join(folder, `${name}.pem`);
      const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
      await writeFile(files[name], privateKey.export({ type: 'pkcs8', format: 'pem' }));
    }
    files.third = join(folder, 'third.pem');
    const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
    await writeFile(files.third, privateKey.export({ type: 'pkcs8', format: 'pem' }));
  });
  afterAll(async () => {
    for (const server of servers) await server.close();
    await rm(folder, { recursive: true, force: true });
  });

  /** A server with keys of its own, instead of the tests' secret; perhaps a second node on a database. */
  const start = async (keys: Record<string, string>, databaseUrl?: string) => {
    const server = await startServer({
      JWT_SECRET: '',
      ...keys,
      ...(databaseUrl === undefined ? {} : { DATABASE_URL: databaseUrl }),
    });
    servers.push(server);
    return server;
  };
  const keySetOf = ({ url }: TestServer) => createRemoteJWKSet(new URL(`${url}/.well-known/jwks.json`));

  it('is empty when tokens are signed with a secret', async () => {
    const server = await startServer();
    servers.push(server);
    const response = await fetch(`${server.url}/.well-known/jwks.json`);
    expect(response.headers.get('content-type')).toMatch(/^application\/jwk-set\+json/);
    expect(response.headers.get('cache-control')).toBe('public, max-age=300');
    expect(await response.json()).toEqual({ keys: [] });
  });

  it.each(['first', 'third'] as const)('lets another library verify the tokens that the %s key signed', async (key) => {
    const server = await start({
      JWT_PRIVATE_KEY_FILE: files[key],
      JWT_ISSUER: 'https://scrip.example',
      JWT_AUDIENCE: 'shop',
    });
    const session = await server.session();
    const input = { name: 'a JWT', scopes: ['POINTS_READ' as const], format: 'JWT' as const };
    const { data } = await server.send(await server.everything(), IssueTokenDocument, { input });
    for (const token of [session.accessToken, data.issueToken.secret]) {
      const { payload, protectedHeader } = await jwtVerify(token, keySetOf(server), {
        issuer: 'https://scrip.example',
        audience: 'shop',
        typ: 'at+jwt',
        algorithms: [key === 'third' ? 'RS256' : 'ES256'],
      });
      expect(Object.keys(protectedHeader)).toEqual(['alg', 'typ', 'kid']);
      expect(payload.jti).toEqual(expect.any(String));
      expect((await server.send(token, ViewerDocument)).status).toBe(200);
    }
    const keySet = await (await fetch(`${server.url}/.well-known/jwks.json`)).text();
    expect(JSON.parse(keySet).keys[0]).not.toHaveProperty('d');
  });

  it('changes its key in three steps, during which every token stays verifiable', async () => {
    const before = await start({ JWT_PRIVATE_KEY_FILE: files.first });
    const { url } = before.database;
    const announced = await start({ JWT_PRIVATE_KEY_FILE: files.first, JWT_NEXT_KEY_FILE: files.second }, url);
    const changed = await start({ JWT_PRIVATE_KEY_FILE: files.second, JWT_PREVIOUS_KEY_FILE: files.first }, url);
    const after = await start({ JWT_PRIVATE_KEY_FILE: files.second }, url);

    const old = await before.session();
    const inBetween = await announced.session(old.user);
    const young = await changed.session(old.user);
    expect(decodeProtectedHeader(inBetween.accessToken).kid).toBe(decodeProtectedHeader(old.accessToken).kid);
    expect(decodeProtectedHeader(young.accessToken).kid).not.toBe(decodeProtectedHeader(old.accessToken).kid);

    for (const server of [announced, changed]) {
      const keySet = createLocalJWKSet(await (await fetch(`${server.url}/.well-known/jwks.json`)).json());
      for (const { accessToken } of [old, young]) {
        expect((await jwtVerify(accessToken, keySet)).payload.iss).toBe('scrip');
        expect((await server.send(accessToken, ViewerDocument)).status).toBe(200);
      }
    }
    const renewed = await changed.send(undefined, RenewSessionDocument, { refreshToken: old.refreshToken });
    expect(renewed.errors).toBeUndefined();
    const { refreshToken } = renewed.data.renewSession;
    expect((await announced.send(undefined, RenewSessionDocument, { refreshToken })).errors).toBeUndefined();

    const { status, errors } = await after.send(old.accessToken, ViewerDocument);
    expect({ status, reason: errors?.[0]?.extensions['reason'] }).toEqual({ status: 401, reason: 'TOKEN_INVALID' });
  });
});
