import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import { openKeyring } from '../auth/keyring.js';
import type { Config, KeySource } from '../config.js';
import { hasTables } from '../database/journal.js';
import { describeError } from '../describe-error.js';
import { JWT_SECRET_FILE } from '../home/home.js';
import { findTokensOfUnknownKeys } from '../tokens/find-tokens-of-unknown-keys.js';
import { type Finding, fault, ok, type Subject, sentence, warning } from './finding.js';

const DAY_MS = 86_400_000;

interface CheckKeysOptions {
  /** The clock of this machine. */
  readonly now: () => number;
  /** Whether SCRIP_HOME has a database. */
  readonly hasDatabase: boolean;
}

const LOST = `SCRIP_HOME has a database and no signing key: put the file ${JWT_SECRET_FILE} back, such as after a restore. The next start makes a new key, with which every app token in JWT format and every session is rejected, and webhooks are paused.`;

/** Reads the signing keys as a start does, and tells the age and the mode of their files. It makes no key. */
export async function checkKeys({ jwt }: Config, { now, hasDatabase }: CheckKeysOptions): Promise<Finding> {
  const files = [jwt.current, jwt.previous, jwt.next].map(fileOf).filter((file) => file !== undefined);
  const described = await Promise.all(files.map((file) => describeFile(file, now())));
  if (await isUnmade(jwt.current)) {
    return hasDatabase ? warning(LOST) : ok('There is no signing key in SCRIP_HOME yet: the first start makes one.');
  }
  try {
    const { current, all } = await openKeyring(jwt);
    const others = all.length > 1 ? ` ${all.length - 1} more verify.` : '';
    const open = described.find((file) => file?.isReadByOthers === true);
    const told = `${current.algorithm} signs.${others} ${described.map((file) => file?.text ?? '').join(' ')}`.trim();
    return open === undefined
      ? ok(told)
      : warning(`${told} Other users can read ${open.path}: run chmod 600 on it, unless the container keeps them out.`);
  } catch (error) {
    return fault(sentence(describeError(error)));
  }
}

/** Whether the key of a home does not exist. @throws an Error where that cannot be told: a key must not be taken for absent. */
async function isUnmade(current: KeySource | undefined): Promise<boolean> {
  if (current?.kind !== 'home') return false;
  try {
    await stat(join(current.home, JWT_SECRET_FILE));
    return false;
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return true;
    throw error;
  }
}

function fileOf(source: KeySource | undefined): string | undefined {
  if (source?.kind === 'home') return join(source.home, JWT_SECRET_FILE);
  return source?.kind === 'file' ? source.path : undefined;
}

async function describeFile(path: string, now: number) {
  const status = await stat(path).catch(() => undefined); // the keyring says why it cannot be read
  if (status === undefined) return undefined;
  const days = Math.floor((now - status.mtimeMs) / DAY_MS);
  const mode = (status.mode & 0o777).toString(8).padStart(4, '0');
  const isReadByOthers = process.getuid !== undefined && (status.mode & 0o077) !== 0;
  return { path, isReadByOthers, text: `${path} has the mode ${mode} and is ${days} days old.` };
}

/** Looks for app tokens that no configured key verifies. */
export async function checkTokenKeys({ config, database }: Subject): Promise<Finding> {
  if (!(await hasTables(database.$client)) || (await isUnmade(config.jwt.current))) {
    return ok('There is nothing to verify yet.');
  }
  const { all } = await openKeyring(config.jwt);
  const { count, keyIds } = await findTokensOfUnknownKeys(
    database,
    all.map(({ id }) => id),
  );
  if (count === 0) return ok('A configured key verifies every active app token in JWT format.');
  return warning(
    `${count} active app tokens in JWT format are rejected, since the keys that signed them (${keyIds.join(', ')}) are not configured: set JWT_PREVIOUS_SECRET or JWT_PREVIOUS_KEY_FILE to that key, or issue these tokens again.`,
  );
}
