import { randomBytes } from 'node:crypto';
import { link, mkdir, open, readFile, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import type { Config, KeySource } from '../config.js';
import { privateKey, type SigningKey, secretKey, UnusableKey } from './signing-key.js';

/** The keys of tokens. All of them verify; the current one signs. */
export interface Keyring {
  readonly current: SigningKey;
  /** The current key first; then the one before it, and the one to come, which other nodes may sign with already. */
  readonly all: readonly SigningKey[];
}

/**
 * Opens the keys that the configuration names. Without any, the embedded database's home keeps a secret, which is made
 * on the first start.
 *
 * @throws UnusableKey naming the setting, when there is no key or it cannot be used.
 */
export async function openKeyring({ current, previous, next }: Config['jwt']): Promise<Keyring> {
  if (current === undefined) {
    throw new UnusableKey(
      'Set JWT_SECRET to at least 32 random bytes, or JWT_PRIVATE_KEY_FILE to a private key: with DATABASE_URL several ' +
        'nodes may serve, and all must have the same. `openssl rand -base64 32` makes a secret.',
    );
  }
  const keys = [await openKey(current)];
  for (const source of [previous, next]) if (source !== undefined) keys.push(await openKey(source));
  const [first] = keys as [SigningKey, ...SigningKey[]]; // the current key is in it
  return { current: first, all: keys.filter(({ id }, index) => keys.findIndex((key) => key.id === id) === index) };
}

async function openKey(source: KeySource): Promise<SigningKey> {
  const { setting } = source;
  try {
    switch (source.kind) {
      case 'secret':
        return secretKey(source.secret);
      case 'file':
        return privateKey(await readFile(source.path, 'utf8'));
      case 'home':
        return secretKey(await secretAt(source.home));
    }
  } catch (error) {
    if (!(error instanceof Error)) throw error;
    throw new UnusableKey(`${setting} names a key that cannot be used: ${error.message}.`, { cause: error });
  }
}

/** The secret that lives in a home. Of several processes that make it at once one succeeds, and all read that one's. */
async function secretAt(home: string): Promise<string> {
  const path = join(home, 'jwt-secret');
  const kept = await readFile(path, 'utf8').catch(unlessMissing);
  if (kept !== undefined) return kept;
  await mkdir(home, { recursive: true });
  const draft = `${path}.${process.pid}.${randomBytes(6).toString('hex')}`;
  try {
    await writeSecret(draft, home);
    // A link to an existing name fails, so that no secret ever takes the place of another; and it is there whole.
    await link(draft, path).catch(unlessThere);
  } finally {
    await rm(draft, { force: true });
  }
  return await readFile(path, 'utf8');
}

/** Readable by its owner alone; root makes it the home owner's, who can then start without root as well. */
async function writeSecret(path: string, home: string): Promise<void> {
  await using file = await open(path, 'wx', 0o600);
  await file.writeFile(randomBytes(32).toString('base64url'));
  await file.sync();
  const { uid, gid } = await stat(home);
  if (process.getuid?.() === 0) await file.chown(uid, gid);
}

function unlessMissing(error: NodeJS.ErrnoException): undefined {
  if (error.code !== 'ENOENT') throw error;
}

function unlessThere(error: NodeJS.ErrnoException): void {
  if (error.code !== 'EEXIST') throw error;
}
