import { createHmac, createPrivateKey, createPublicKey, createSign, generateKeyPairSync } from 'node:crypto';
import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect } from 'vitest';
import { LogOutDocument, ViewerDocument } from '../operations/generated.js';
import type { TestServer } from '../support/server.js';
import { itWith } from '../support/server-fixture.js';
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

const itWithSecret = itWith({ JWT_SECRET });

describe('An access token', () => {
  const it = itWithSecret;
  let header: Record<string, unknown>;
  let claims: Record<string, unknown> & { iat: number };
  it.beforeAll(async ({ server }) => {
    const { accessToken } = await server.session();
    [header, claims] = accessToken.split('.').slice(0, 2).map(decode) as [typeof header, typeof claims];
  });

  const withHeader = (change: object) => forge({ ...header, ...change }, claims);
  const withClaims = (change: object) => forge(header, { ...claims, ...change });
  const without = (claim: string) => withClaims({ [claim]: undefined });

  it('has the header and the claims of the profile and no others, in fewer than 600 bytes', async ({ server }) => {
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

  it('with one bit changed, without its last character, or signed with another secret is refused', async ({
    server,
  }) => {
    const [head = '', payload = '', signature = ''] = forge(header, claims).split('.');
    const flipped = Buffer.from(payload, 'base64url');
    flipped.writeUInt8(flipped.readUInt8(20) ^ 1, 20);
    expect(await verify(server, `${head}.${flipped.toString('base64url')}.${signature}`)).toBe(INVALID);
    expect(await verify(server, forge(header, claims).slice(0, -1))).toBe(INVALID);
    expect(await verify(server, forge(header, claims, 'another secret, just as long as ours'))).toBe(INVALID);
  });

  it.for<[what: string, change: object]>([
    ['none', { alg: 'none' }],
    ['nOnE', { alg: 'nOnE' }],
    ['hs256', { alg: 'hs256' }],
    ['another one of the library', { alg: 'HS512' }],
    ['nothing', { alg: undefined }],
    ['a list', { alg: ['HS256'] }],
  ])('whose algorithm is %s is refused', async ([_what, change], { server }) => {
    expect(await verify(server, withHeader(change))).toBe(INVALID);
    expect(await verify(server, `${encode({ ...header, ...change })}.${encode(claims)}.`)).toBe(INVALID);
  });

  it.for<[what: string, text: string]>([
    ['null', 'null'],
    ['a list', '[]'],
    ['a number', '7'],
    ['no JSON', '{'],
    ['a text', '"alg"'],
  ])('whose header is %s is refused', async ([_what, text], { server }) => {
    expect(await verify(server, forge(text, claims))).toBe(INVALID);
  });

  it.for<[what: string, kid: unknown]>([
    ['unknown', 'unknown'],
    ['a path', '../../dev/null'],
    ['SQL', `' OR 1=1--`],
    ['a property of every object', '__proto__'],
    ['an object', { toString: 'x' }],
    ['of two kilobytes', 'k'.repeat(2_000)],
    ['missing', undefined],
  ])('whose kid is %s is refused', async ([_what, kid], { server }) => {
    expect(await verify(server, withHeader({ kid }))).toBe(INVALID);
  });

  it.for<[what: string, change: object]>([
    ['jwk', { jwk: { kty: 'oct', k: encode(JWT_SECRET) } }],
    ['jku', { jku: 'http://127.0.0.1:9/keys' }],
    ['x5u', { x5u: 'http://127.0.0.1:9/certificate' }],
    ['x5c', { x5c: ['MIIB'] }],
    ['crit', { crit: ['exp'] }],
    ['b64', { b64: false, crit: ['b64'] }],
    ['anything else', { cty: 'JWT' }],
  ])('with %s in its header is refused, though its signature is valid', async ([_what, change], { server }) => {
    expect(await verify(server, withHeader(change))).toBe(INVALID);
  });

  it('causes no request to a URL in its header', async ({ server }) => {
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

  it.for(['JWT', 'rt+jwt', 'AT+JWT ', undefined])('of type %s is refused', async (typ, { server }) => {
    expect(await verify(server, withHeader({ typ }))).toBe(INVALID);
  });

  it('is accepted for 5 seconds after it expires, and then refused as expired', async ({ server }) => {
    const now = Math.floor(Date.now() / 1000);
    const ended = (seconds: number) => withClaims({ iat: now - 300, nbf: now - 300, exp: now - seconds });
    expect(await verify(server, ended(3))).toBe(200);
    expect(await verify(server, ended(7))).toBe('401 TOKEN_EXPIRED');
    expect(
      await verify(server, forge(header, { ...claims, exp: now - 7 }, 'another secret, just as long as ours')),
    ).toBe(INVALID);
  });

  it.for<[what: string, change: () => object]>([
    ['is valid only in an hour', () => ({ nbf: claims.iat + 3_600 })],
    ['was issued in the future', () => ({ iat: claims.iat + 3_600, nbf: claims.iat + 3_600, exp: claims.iat + 3_900 })],
    ['lasts for longer than any access token may', () => ({ exp: claims.iat + 86_401 })],
    ['expires before it was issued', () => ({ exp: claims.iat - 1 })],
    ['has a text as its expiry', () => ({ exp: String(claims.iat + 300) })],
    ['has null as its expiry', () => ({ exp: null })],
    ['has a fraction as its expiry', () => ({ exp: claims.iat + 0.5 })],
    ['has another issuer', () => ({ iss: 'https://elsewhere.example' })],
    ['has another audience', () => ({ aud: 'elsewhere' })],
    ['has several audiences', () => ({ aud: ['elsewhere', 'scrip'] })],
    ['names a session that does not exist', () => ({ sid: '0198c0de-0000-7000-8000-000000000000' })],
    ['names a session by no id', () => ({ sid: `' OR 1=1--` })],
    ['names another user', () => ({ sub: '0198c0de-0000-7000-8000-000000000000' })],
  ])('that %s is refused, though its signature is valid', async ([_what, change], { server }) => {
    expect(await verify(server, withClaims(change()))).toBe(INVALID);
  });

  it('without its expiry, or without any other claim, is refused', async ({ server }) => {
    for (const claim of Object.keys(claims)) expect(await verify(server, without(claim))).toBe(INVALID);
    const infinite = JSON.stringify({ ...claims, exp: 0 }).replace('"exp":0', '"exp":1e400');
    expect(await verify(server, forge(header, infinite))).toBe(INVALID);
  });

  it.for<[what: string, text: string]>([
    ['null', 'null'],
    ['a list', '[]'],
    ['a text', '"claims"'],
    ['a number', '7'],
    ['no JSON', '{"iss":'],
  ])(
    'whose payload is %s is refused, before and after its signature is verified',
    async ([_what, text], { server }) => {
      expect(await verify(server, forge(header, text))).toBe(INVALID);
      expect(await verify(server, `${encode({ ...header, typ: 'JWT' })}.${encode(text)}.AAAA`)).toBe(INVALID);
    },
  );

  it('is read with the last value of a claim that is given twice, and without unknown claims', async ({ server }) => {
    const twice = JSON.stringify({ ...claims, more: { deep: 1 } }).replace(
      '{',
      '{"sub":"nobody","__proto__":{"sub":"nobody"},',
    );
    expect(await verify(server, forge(header, twice))).toBe(200);
    expect({}).not.toHaveProperty('sub');
  });

  it.for<[what: string, change: (token: string) => string]>([
    ['two parts', (token: string) => token.split('.').slice(0, 2).join('.')],
    ['four parts', (token: string) => `${token}.AAAA`],
    ['padding', (token: string) => `${token}=`],
    ['an empty signature', (token: string) => `${token.split('.').slice(0, 2).join('.')}.`],
    ['15 kilobytes', (token: string) => `${token}${'A'.repeat(15_000 - token.length)}`],
  ])('with %s is refused', async ([_what, change], { server }) => {
    expect(await verify(server, change(forge(header, claims)))).toBe(INVALID);
  });

  it.for<[what: string, change: (token: string) => string, code: number]>([
    ['a line break after it', (token: string) => `${token}\n`, 4401],
    ['a space after it', (token: string) => `${token} `, 4401],
    ['three megabytes after it', (token: string) => token + 'A'.repeat(3_000_000), 4401],
    ['five megabytes after it', (token: string) => token + 'A'.repeat(5_000_000), 1009],
  ])('with %s opens no WebSocket', async ([_what, change, code], { server }) => {
    const socket = await openSocket(server);
    socket.send({ type: 'connection_init', payload: { authorization: `Bearer ${change(forge(header, claims))}` } });
    expect((await socket.closed).code).toBe(code);
    expect(await verify(server, forge(header, claims))).toBe(200);
  });

  it('of more than 4,096 characters is refused unread, though its signature is valid', async ({ server }) => {
    const padded = (size: number) => withClaims({ more: 'x'.repeat(size) });
    expect(padded(2_500).length).toBeLessThan(4_096);
    expect(await verify(server, padded(2_500))).toBe(200);
    expect(padded(3_000).length).toBeGreaterThan(4_096);
    expect(await verify(server, padded(3_000))).toBe(INVALID);
  });
});

const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
const pem = privateKey.export({ type: 'pkcs8', format: 'pem' });
const itWithKeyFile = itWith(async (after) => {
  const folder = await mkdtemp(join(tmpdir(), 'scrip-jwt-'));
  after(() => rm(folder, { recursive: true, force: true }));
  const file = join(folder, 'key.pem');
  await writeFile(file, pem);
  return { JWT_SECRET: '', JWT_PRIVATE_KEY_FILE: file, JWT_PREVIOUS_SECRET: JWT_SECRET };
});

describe('An access token with an asymmetric key', () => {
  const it = itWithKeyFile;
  it('is refused when it is signed with the public key as the secret of HS256', async ({ server }) => {
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

  it('is refused with an algorithm that its key does not have, signed with another key or with its own', async ({
    server,
  }) => {
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

  it('stays revoked in every form of its signature: with n − s for s, and with other unused bits', async ({
    server,
  }) => {
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
