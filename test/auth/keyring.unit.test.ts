import { generateKeyPairSync } from 'node:crypto';
import { chmod, chown, mkdir, mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openKeyring } from '../../src/auth/keyring.js';
import { UnusableKey } from '../../src/auth/signing-key.js';
import { BadConfig, parseConfig } from '../../src/config.js';

const DATABASE_URL = 'postgres://nobody@127.0.0.1:1/nothing';
const SECRET = 'a secret of thirty-two bytes, or more';

const isRoot = process.getuid?.() === 0;

const openFor = (env: Record<string, string>) => openKeyring(parseConfig(env).jwt);

describe('The signing keys', () => {
  let home: string;
  beforeAll(async () => {
    home = await mkdtemp(join(tmpdir(), 'scrip-keys-'));
  });
  afterAll(() => rm(home, { recursive: true, force: true }));

  const keyFile = async (name: string, pem: string | Buffer) => {
    await writeFile(join(home, name), pem);
    return join(home, name);
  };
  const ec = (namedCurve = 'P-256') =>
    generateKeyPairSync('ec', { namedCurve }).privateKey.export({ type: 'pkcs8', format: 'pem' });
  const rsa = (modulusLength: number) =>
    generateKeyPairSync('rsa', { modulusLength }).privateKey.export({ type: 'pkcs1', format: 'pem' });

  it('are, with the embedded database, a secret in its home that the first process writes and only the owner can read', async () => {
    const SCRIP_HOME = join(home, 'embedded');
    const rings = await Promise.all(Array.from({ length: 20 }, () => openFor({ SCRIP_HOME })));
    expect(new Set(rings.map(({ current }) => current.id)).size).toBe(1);
    expect(await readdir(SCRIP_HOME)).toEqual(['jwt-secret']);
    expect((await stat(join(SCRIP_HOME, 'jwt-secret'))).mode & 0o777).toBe(0o600);
    expect(Buffer.byteLength(await readFile(join(SCRIP_HOME, 'jwt-secret')))).toBe(43);
    expect((await openFor({ SCRIP_HOME })).current.id).toBe(rings[0]?.current.id);
  });

  it('must be set where DATABASE_URL is: other nodes could not read those of this machine', async () => {
    await expect(openFor({ DATABASE_URL })).rejects.toThrow(/Set JWT_SECRET .* or JWT_PRIVATE_KEY_FILE/);
  });

  it('are never shorter than 32 bytes of UTF-8, and no message shows them', async () => {
    expect(() => parseConfig({ JWT_SECRET: 'x'.repeat(31) })).toThrow('JWT_SECRET must have at least 32 bytes');
    expect(() => parseConfig({ JWT_NEXT_SECRET: 'hunter2' })).toThrow(
      /^(?!.*hunter2).*JWT_NEXT_SECRET must have at least 32 bytes/s,
    );
    expect((await openFor({ JWT_SECRET: 'ß'.repeat(16) })).current.algorithm).toBe('HS256');
  });

  it('have the algorithm of the key in the file', async () => {
    const es256 = await openFor({ JWT_PRIVATE_KEY_FILE: await keyFile('ec.pem', ec()) });
    expect(es256.current).toMatchObject({ algorithm: 'ES256', publicJwk: { kty: 'EC', crv: 'P-256', use: 'sig' } });
    const rs256 = await openFor({ JWT_PRIVATE_KEY_FILE: await keyFile('rsa.pem', rsa(2048)) });
    expect(rs256.current).toMatchObject({ algorithm: 'RS256', publicJwk: { kty: 'RSA', alg: 'RS256', use: 'sig' } });
    expect(Object.keys(rs256.current.publicJwk ?? {})).not.toContain('d');
  });

  it.each([
    ['a file that is not there', async () => join(home, 'nowhere.pem')],
    ['a file without a key', () => keyFile('text.pem', 'no key')],
    [
      'a public key',
      () =>
        keyFile(
          'public.pem',
          generateKeyPairSync('ec', { namedCurve: 'P-256' }).publicKey.export({ type: 'spki', format: 'pem' }),
        ),
    ],
    ['another curve', () => keyFile('p384.pem', ec('P-384'))],
    ['an RSA key of 1024 bits', () => keyFile('weak.pem', rsa(1024))],
  ])('are not taken from %s', async (_what, make) => {
    const opened = openFor({ JWT_PRIVATE_KEY_FILE: await make() });
    await expect(opened).rejects.toThrow(UnusableKey);
    await expect(opened).rejects.toThrow(/^JWT_PRIVATE_KEY_FILE names a key that cannot be used: /);
  });

  it.each([0o400, 0o440, 0o444, 0o640])(
    'are taken from a file of mode %o, as containers mount secrets',
    async (mode) => {
      const file = await keyFile(`mode-${mode}.pem`, ec());
      await chmod(file, mode);
      expect((await openFor({ JWT_PRIVATE_KEY_FILE: file })).current.algorithm).toBe('ES256');
    },
  );

  it.each([0o602, 0o620, 0o666])('are not taken from a file of mode %o, which others can change', async (mode) => {
    const file = await keyFile(`mode-${mode}.pem`, ec());
    await chmod(file, mode);
    for (const setting of ['JWT_PREVIOUS_KEY_FILE', 'JWT_NEXT_KEY_FILE']) {
      await expect(openFor({ JWT_SECRET: SECRET, [setting]: file })).rejects.toThrow(
        new RegExp(`^${setting} names a key .+: others can write to .+ chmod go-w\\.$`),
      );
    }
  });

  it.runIf(isRoot)('are not taken from a file of another user, but from one of the home’s owner', async () => {
    const file = await keyFile('foreign.pem', ec());
    await chown(file, 65534, 65534);
    await expect(openFor({ JWT_PRIVATE_KEY_FILE: file })).rejects.toThrow('belongs to another user (uid 65534)');
    const SCRIP_HOME = join(home, 'foreign');
    await mkdir(SCRIP_HOME);
    await chown(SCRIP_HOME, 65534, 65534);
    expect((await openFor({ JWT_PRIVATE_KEY_FILE: file, SCRIP_HOME })).current.algorithm).toBe('ES256');
  });

  it.each([0o604, 0o640, 0o606])('are not taken from a home where their file has mode %o', async (mode) => {
    const SCRIP_HOME = join(home, `mode-${mode}`);
    await openFor({ SCRIP_HOME });
    await chmod(join(SCRIP_HOME, 'jwt-secret'), mode);
    await expect(openFor({ SCRIP_HOME })).rejects.toThrow(/^SCRIP_HOME names a key .+ others can (read|write)/);
  });

  it.runIf(isRoot)('are not taken from a home where another user has put them', async () => {
    const SCRIP_HOME = join(home, 'planted');
    await openFor({ SCRIP_HOME });
    await chown(join(SCRIP_HOME, 'jwt-secret'), 65534, 65534);
    await expect(openFor({ SCRIP_HOME })).rejects.toThrow(/^SCRIP_HOME .+ belongs to another user \(uid 65534\)/);
  });

  it('are set as a secret or as a file, and not as both', () => {
    expect(() => parseConfig({ JWT_SECRET: SECRET, JWT_PRIVATE_KEY_FILE: 'key.pem' })).toThrow(BadConfig);
  });

  it('include the previous and the next one, each key once, and the current one signs', async () => {
    const file = await keyFile('next.pem', ec());
    const ring = await openFor({ JWT_SECRET: SECRET, JWT_PREVIOUS_SECRET: SECRET, JWT_NEXT_KEY_FILE: file });
    expect(ring.all.map(({ algorithm }) => algorithm)).toEqual(['HS256', 'ES256']);
    expect(ring.current).toBe(ring.all[0]);
  });

  it('derive keys for other purposes, one for each purpose, the same on every node', async () => {
    const [one, other] = await Promise.all([openFor({ JWT_SECRET: SECRET }), openFor({ JWT_SECRET: SECRET })]);
    expect(one.current.derive('a')).toEqual(other.current.derive('a'));
    expect(one.current.derive('a')).not.toEqual(one.current.derive('b'));
  });
});
