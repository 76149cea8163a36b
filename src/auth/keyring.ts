import { join } from 'node:path';
import type { Config, KeySource } from '../config.js';
import { JWT_SECRET_FILE, secretInHome, UnsafeHome } from '../home/home.js';
import { describeFileFault, readSecretFile } from '../home/secret-file.js';
import { privateKey, type SigningKey, secretKey, UnusableKey } from './signing-key.js';

/** The keys of tokens. All verify; the current one signs. */
export interface Keyring {
  readonly current: SigningKey;
  /** The current key, the previous one, and the next one, which other nodes may sign with already. */
  readonly all: readonly SigningKey[];
}

/**
 * Opens the keys that the configuration names. Without any, the home of the embedded database keeps a secret, which the
 * first start generates.
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
        return privateKey(readKeyFile(source));
      case 'home':
        return secretKey((await secretInHome(source.home, { name: JWT_SECRET_FILE, bytes: 32 })).value);
    }
  } catch (error) {
    if (!(error instanceof Error) || error instanceof UnsafeHome) throw error; // not a fault of the key
    const place = source.kind === 'home' ? `, ${join(source.home, JWT_SECRET_FILE)}` : '';
    throw new UnusableKey(`${setting} names a key that cannot be used${place}: ${error.message}.`, { cause: error });
  }
}

/** The error of the system has the path and is no cause: a key may stand in the setting instead of its path. */
function readKeyFile({ path, home }: { readonly path: string; readonly home: string }): string {
  try {
    return readSecretFile(path, { folder: home, othersMayRead: true }).toString();
  } catch (error) {
    throw new UnusableKey(describeFileFault(error));
  }
}
