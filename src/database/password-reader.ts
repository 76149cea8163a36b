/**
 * Reads the password of a URL again from the file that holds the URL, so that a password can be rotated without a restart.
 * Connections that are open keep theirs.
 */
import type { Logger } from 'pino';
import { parseDatabaseUrl } from '../database-url.js';
import { readSettingFile } from '../setting-file.js';
import type { ReadPassword } from './client.js';

interface PasswordReaderOptions {
  /** What the file held at the start. */
  readonly url: string;
  /** undefined: the setting is no file. */
  readonly path: string | undefined;
  /** SCRIP_HOME, whose owner may own the file. */
  readonly home: string;
  /** Named in the log: `DATABASE_URL_FILE`. */
  readonly setting: string;
  readonly log: Logger;
}

/**
 * Only the password is taken from the file, and only while the user is the same. A file that cannot be used, such as one
 * that is being replaced, leaves the last password in use; each fault is logged once until the file can be used again.
 *
 * @returns undefined where there is no file.
 */
export function passwordReader({ url, path, home, setting, log }: PasswordReaderOptions): ReadPassword | undefined {
  if (path === undefined) return undefined;
  const first = new URL(url);
  let password = passwordOf(first);
  let told: string | undefined;
  return () => {
    const { current, fault } = readUrl({ path, home }, first);
    if (fault !== undefined && fault !== told) log.warn({ event: 'database_password_file' }, `${setting} ${fault}`);
    told = fault;
    if (current !== undefined) password = passwordOf(current);
    return password;
  };
}

/** `fault` follows the name of the setting. */
function readUrl(
  { path, home }: { readonly path: string; readonly home: string },
  first: URL,
): { readonly current?: URL; readonly fault?: string } {
  const file = readSettingFile(path, home);
  if ('fault' in file) return { fault: `${file.fault}; the last password stays in use` };
  const parsed = parseDatabaseUrl(file.value);
  if ('fault' in parsed) return { fault: `${parsed.fault}; the last password stays in use` };
  const current = new URL(parsed.url);
  if (userOf(current) !== userOf(first))
    return { fault: 'names another user, who is used after a restart; until then the last password stays in use' };
  if (withoutPassword(current) === withoutPassword(first)) return { current };
  return {
    current,
    fault: 'names another host, database or option, which is used after a restart; its password is used',
  };
}

/** As `pg` reads it: a parameter counts, and then what stands before the host. */
function passwordOf({ password, searchParams }: URL): string {
  return searchParams.get('password') || decodeURIComponent(password);
}

function userOf({ username, searchParams }: URL): string {
  return searchParams.get('user') || decodeURIComponent(username);
}

function withoutPassword(url: URL): string {
  const bare = new URL(url);
  bare.password = '';
  bare.searchParams.delete('password');
  return bare.href;
}
