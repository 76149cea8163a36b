import { createHmac, createPrivateKey, createPublicKey, createSign, generateKeyPairSync } from 'node:crypto';
import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { LogOutDocument, ViewerDocument } from '../operations/generated.js';
import { startServer, type TestServer } from '../support/server.js';
import { openSocket } from '../support/socket.js';

const JWT_SECRET = 'thirty-two bytes that are known here';

const encode = (value: unknown) =>
  Buffer.from(typeof value === 'string' ? value : JSON.stringify(value)).toString('base64url');
const decode = (part: string | undefined) => JSON.parse(Buffer.from(part ?? '', 'base64url').toString());
const sign = (text: string, secret = JWT_SECRET) => createHmac('sha256', secret).update(text).digest('base64url');

/** A token of any header and payload; a text stands for itself. The signature is good unless another secret is given. */
const forge = (header: unknown, payload: unknown, secret?: string) => {
  const text = `${encode(header)}.${encode(payload)}`;
  return `${text}.${sign(text, secret)}`;
};

/** How the server responds to a token: 200, or the status with the reason. */
const verify = async (server: TestServer, token: string) => {
  const { status, headers, errors } = await server.send(token, ViewerDocument);
  if (status === 401) expect(headers.get('www-authenticate')).toBe('Bearer realm="scrip", error="invalid_token"');
  return status === 200 ? 200 : `${status} ${errors?.[0]?.extensions['reason']}`;
};
const INVALID = '401 TOKEN_INVALID';

describe('An access token', () => {
  let server: TestServer;
  let header: Record<string, unknown>;
  let claims: Record<string, unknown> & { iat: number };
  beforeAll(async () => {
    server = await startServer({ JWT_SECRET });
    const { accessToken } = await server.session();
    [header, claims] = accessToken.split('.').slice(0, 2).map(decode) as [typeof header, typeof claims];
  });
  afterAll(() => server.close());

  const withHeader = (change: object) => forge({ ...header, ...change }, claims);
  const withClaims = (change: object) => forge(header, { ...claims, ...change });
  const without = (claim: string) => withClaims({ [claim]: undefined });

  it('says what the profile says and nothing else, in fewer than 600 bytes', async () => {
    expect(Object.keys(header)).toEqual(['alg', 'typ', 'kid']);
    expect(header).toMatchObject({ alg: 'HS256', typ: 'at+jwt' });
    expect(Object.keys(claims)).toEqual(['iss', 'aud', 'sub', 'jti', 'sid', 'scope', 'iat', 'nbf', 'exp']);
    expect(claims).toMatchObject({
      iss: 'scrip',
      aud: 'scrip',
      scope: 'users:read posts:read',
      nbf: claims.iat,
      exp: claims.iat + 300,
    });
    const fiveScopes = { scope: 'users:read posts:read points:read points:add points:spend' };
    expect(withClaims(fiveScopes).length).toBeLessThan(600);
    expect(await verify(server, forge(header, claims))).toBe(200);
  });

  it('with one bit changed, or one character less, is refused', async () => {
    const [head = '', payload = '', signature = ''] = forge(header, claims).split('.');
    const flipped = Buffer.from(payload, 'base64url');
    flipped.writeUInt8(flipped.readUInt8(20) ^ 1, 20);
    expect(await verify(server, `${head}.${flipped.toString('base64url')}.${signature}`)).toBe(INVALID);
    expect(await verify(server, forge(header, claims).slice(0, -1))).toBe(INVALID);
    expect(await verify(server, forge(header, claims, 'another secret, just as long as ours'))).toBe(INVALID);
  });

  it.each([
    ['none', { alg: 'none' }],
    ['nOnE', { alg: 'nOnE' }],
    ['hs256', { alg: 'hs256' }],
    ['another one of the library', { alg: 'HS512' }],
    ['nothing', { alg: undefined }],
    ['a list', { alg: ['HS256'] }],
  ])('whose algorithm is %s is refused', async (_what, change) => {
    expect(await verify(server, withHeader(change))).toBe(INVALID);
    expect(await verify(server, `${encode({ ...header, ...change })}.${encode(claims)}.`)).not.toBe(200);
  });

  it.each([
    ['null', 'null'],
    ['a list', '[]'],
    ['a number', '7'],
    ['no JSON', '{'],
    ['a text', '"alg"'],
  ])('whose header is %s is refused', async (_what, text) => {
    expect(await verify(server, forge(text, claims))).toBe(INVALID);
  });

  it.each([
    ['unknown', 'unknown'],
    ['a path', '../../dev/null'],
    ['SQL', `' OR 1=1--`],
    ['a property of every object', '__proto__'],
    ['an object', { toString: 'x' }],
    ['of two kilobytes', 'k'.repeat(2_000)],
    ['missing', undefined],
  ])('whose kid is %s is refused', async (_what, kid) => {
    expect(await verify(server, withHeader({ kid }))).toBe(INVALID);
  });

  it.each([
    ['jwk', { jwk: { kty: 'oct', k: encode(JWT_SECRET) } }],
    ['jku', { jku: 'http://127.0.0.1:9/keys' }],
    ['x5u', { x5u: 'http://127.0.0.1:9/certificate' }],
    ['x5c', { x5c: ['MIIB'] }],
    ['crit', { crit: ['exp'] }],
    ['b64', { b64: false, crit: ['b64'] }],
    ['anything else', { cty: 'JWT' }],
  ])('with %s in its header is refused, well signed as it is', async (_what, change) => {
    expect(await verify(server, withHeader(change))).toBe(INVALID);
  });

  it('has nothing fetched, wherever its header says that a key lies', async () => {
    let visits = 0;
    const elsewhere = createServer((_request, response) => {
      visits++;
      response.end('{"keys":[]}');
    }).listen(0, '127.0.0.1');
    await once(elsewhere, 'listening');
    const { port } = elsewhere.address() as AddressInfo; // it listens on a port, so that this is what it has
    const url = `http://127.0.0.1:${port}/keys`;
    for (const change of [{ jku: url }, { x5u: url }, { kid: url }, { jwk: { kty: 'oct', k: 'AAAA' }, jku: url }]) {
      expect(await verify(server, withHeader(change))).toBe(INVALID);
    }
    expect(visits).toBe(0);
    elsewhere.close();
  });

  it.each(['JWT', 'rt+jwt', 'AT+JWT ', undefined])('of type %s is refused', async (typ) => {
    expect(await verify(server, withHeader({ typ }))).toBe(INVALID);
  });

  it('is good for 5 seconds after its end, and is then said to have expired', async () => {
    const now = Math.floor(Date.now() / 1000);
    const ended = (seconds: number) => withClaims({ iat: now - 300, nbf: now - 300, exp: now - seconds });
    expect(await verify(server, ended(3))).toBe(200);
    expect(await verify(server, ended(7))).toBe('401 TOKEN_EXPIRED');
    expect(
      await verify(server, forge(header, { ...claims, exp: now - 7 }, 'another secret, just as long as ours')),
    ).toBe(INVALID);
  });

  it.each([
    ['begins in an hour', () => ({ nbf: claims.iat + 3_600 })],
    ['was issued in an hour', () => ({ iat: claims.iat + 3_600, nbf: claims.iat + 3_600, exp: claims.iat + 3_900 })],
    ['lives for longer than any', () => ({ exp: claims.iat + 86_401 })],
    ['ends before it begins', () => ({ exp: claims.iat - 1 })],
    ['has a text for an end', () => ({ exp: String(claims.iat + 300) })],
    ['has null for an end', () => ({ exp: null })],
    ['has a fraction for an end', () => ({ exp: claims.iat + 0.5 })],
    ['has another issuer', () => ({ iss: 'https://elsewhere.example' })],
    ['has another audience', () => ({ aud: 'elsewhere' })],
    ['has several audiences', () => ({ aud: ['elsewhere', 'scrip'] })],
    ['names a session that is none', () => ({ sid: '0198c0de-0000-7000-8000-000000000000' })],
    ['names no session but something', () => ({ sid: `' OR 1=1--` })],
    ['names another user', () => ({ sub: '0198c0de-0000-7000-8000-000000000000' })],
  ])('that %s is refused, well signed as it is', async (_what, change) => {
    expect(await verify(server, withClaims(change()))).toBe(INVALID);
  });

  it('without an end, or any other claim, is refused', async () => {
    for (const claim of Object.keys(claims)) expect(await verify(server, without(claim))).toBe(INVALID);
    const infinite = JSON.stringify({ ...claims, exp: 0 }).replace('"exp":0', '"exp":1e400');
    expect(await verify(server, forge(header, infinite))).toBe(INVALID);
  });

  it.each([
    ['null', 'null'],
    ['a list', '[]'],
    ['a text', '"claims"'],
    ['a number', '7'],
    ['no JSON', '{"iss":'],
  ])('whose payload is %s is refused, before and after its signature is looked at', async (_what, text) => {
    expect(await verify(server, forge(header, text))).toBe(INVALID);
    expect(await verify(server, `${encode({ ...header, typ: 'JWT' })}.${encode(text)}.AAAA`)).toBe(INVALID);
  });

  it('counts with the last value of a claim that is given twice, and without unknown claims', async () => {
    const twice = JSON.stringify({ ...claims, more: { deep: 1 } }).replace(
      '{',
      '{"sub":"nobody","__proto__":{"sub":"nobody"},',
    );
    expect(await verify(server, forge(header, twice))).toBe(200);
    expect({}).not.toHaveProperty('sub');
  });

  it.each([
    ['two parts', (token: string) => token.split('.').slice(0, 2).join('.')],
    ['four parts', (token: string) => `${token}.AAAA`],
    ['padding', (token: string) => `${token}=`],
    ['an empty signature', (token: string) => `${token.split('.').slice(0, 2).join('.')}.`],
    ['15 kilobytes', (token: string) => `${token}${'A'.repeat(15_000 - token.length)}`],
  ])('of %s is refused', async (_what, change) => {
    expect(await verify(server, change(forge(header, claims)))).toBe(INVALID);
  });

  it.each([
    ['a line break behind it', (token: string) => `${token}\n`, 4401],
    ['a space behind it', (token: string) => `${token} `, 4401],
    ['three megabytes behind it', (token: string) => token + 'A'.repeat(3_000_000), 4401],
    ['five megabytes behind it', (token: string) => token + 'A'.repeat(5_000_000), 1009],
  ])('with %s opens no WebSocket', async (_what, change, code) => {
    const socket = await openSocket(server);
    socket.send({ type: 'connection_init', payload: { authorization: `Bearer ${change(forge(header, claims))}` } });
    expect((await socket.closed).code).toBe(code);
    expect(await verify(server, forge(header, claims))).toBe(200);
  });

  it('of more than 4,096 characters is refused unread, well signed as it is', async () => {
    const padded = (size: number) => withClaims({ more: 'x'.repeat(size) });
    expect(padded(2_500).length).toBeLessThan(4_096);
    expect(await verify(server, padded(2_500))).toBe(200);
    expect(padded(3_000).length).toBeGreaterThan(4_096);
    expect(await verify(server, padded(3_000))).toBe(INVALID);
  });
});

describe('An access token with an asymmetric key', () => {
  let folder: string;
  let server: TestServer;
  const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const pem = privateKey.export({ type: 'pkcs8', format: 'pem' });
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'scrip-jwt-'));
    await writeFile(join(folder, 'key.pem'), pem);
    server = await startServer({
      JWT_SECRET: '',
      JWT_PRIVATE_KEY_FILE: join(folder, 'key.pem'),
      JWT_PREVIOUS_SECRET: JWT_SECRET,
    });
  });
  afterAll(async () => {
    await server.close();
    await rm(folder, { recursive: true, force: true });
  });

  it('is refused when the public key has been used as the secret of HS256', async () => {
    const { accessToken } = await server.session();
    const [head, payload] = accessToken.split('.').map((part) => part);
    const claims = decode(payload);
    for (const secret of [
      publicKey.export({ type: 'spki', format: 'pem' }).toString(),
      createPublicKey(createPrivateKey(pem)).export({ type: 'spki', format: 'der' }).toString('latin1'),
    ]) {
      expect(await verify(server, forge({ ...decode(head), alg: 'HS256' }, claims, secret))).toBe(INVALID);
    }
  });

  it('is refused with the algorithm of another of our keys, under either name', async () => {
    const { accessToken } = await server.session();
    const [head, payload] = accessToken.split('.');
    const text = `${encode({ ...decode(head), alg: 'HS256' })}.${payload}`;
    expect(await verify(server, `${text}.${sign(text)}`)).toBe(INVALID);
    const es384 = `${encode({ ...decode(head), alg: 'ES384' })}.${payload}`;
    const signature = createSign('sha384')
      .update(es384)
      .sign({ key: pem, dsaEncoding: 'ieee-p1363' })
      .toString('base64url');
    expect(await verify(server, `${es384}.${signature}`)).toBe(INVALID);
  });

  it('stays revoked however its signature is written anew: s as n − s, and other spare bits', async () => {
    const { accessToken } = await server.session();
    const [head = '', payload = '', signature = ''] = accessToken.split('.');
    const bytes = Buffer.from(signature, 'base64url');
    const order = 0xffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551n;
    const mirrored = (order - BigInt(`0x${bytes.subarray(32).toString('hex')}`)).toString(16).padStart(64, '0');
    const spare = signature.slice(0, -1) + String.fromCharCode(signature.charCodeAt(signature.length - 1) + 1);
    const variants = [
      `${head}.${payload}.${Buffer.concat([bytes.subarray(0, 32), Buffer.from(mirrored, 'hex')]).toString('base64url')}`,
      `${head}.${payload}.${spare}`,
    ];
    for (const variant of variants) {
      expect(variant).not.toBe(accessToken);
      expect(await verify(server, variant)).toBe(200);
    }
    await server.send(accessToken, LogOutDocument);
    for (const variant of variants) expect(await verify(server, variant)).toBe('401 TOKEN_REVOKED');
  });
});
