/**
 * The migrations as files: drizzle-kit's layout (`meta/_journal.json` and one SQL file per entry), and what the first
 * comment lines of a file state about it:
 *
 * - `-- oldest-code: 0.1.0`: the oldest release that can run on a database that has this migration.
 * - `-- transaction: none`: its statements run outside a transaction, as CREATE INDEX CONCURRENTLY must. A failure leaves
 *   what came before it in place, so each of its statements must be repeatable.
 */
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { root } from '../root.js';

export interface Migration {
  /** The name of its file, without `.sql`. */
  readonly name: string;
  /** When it was generated, in milliseconds; release 0.1.0 recorded this and the hash. */
  readonly when: number;
  /** SHA-256 of its file, in hex. */
  readonly hash: string;
  readonly oldestCode: string;
  readonly inTransaction: boolean;
  readonly statements: readonly string[];
}

/** Released before migrations stated it. */
const FIRST_RELEASE = '0.1.0';

/**
 * Reads the migrations of a folder, in the order in which they are applied.
 *
 * @throws Error when a file is missing, or states something that is not known.
 */
export function readMigrations(folder: URL = new URL('drizzle/migrations/', root)): readonly Migration[] {
  // The shape is drizzle-kit's, version 7.
  const { entries }: { entries: { tag: string; when: number }[] } = JSON.parse(
    readFileSync(new URL('meta/_journal.json', folder), 'utf8'),
  );
  return entries.map(({ tag, when }) => parseMigration(tag, when, readFileSync(new URL(`${tag}.sql`, folder), 'utf8')));
}

function parseMigration(name: string, when: number, text: string): Migration {
  const stated = new Map(
    [...header(text).matchAll(/^-- ([a-z-]+): (\S+)\s*$/gm)].map(([, key = '', value = '']) => [key, value]),
  );
  const transaction = stated.get('transaction');
  if (transaction !== undefined && transaction !== 'none') throw new Error(`${name}: transaction can only be "none".`);
  const oldestCode = stated.get('oldest-code') ?? FIRST_RELEASE;
  parseVersion(oldestCode);
  return {
    name,
    when,
    hash: createHash('sha256').update(text).digest('hex'),
    oldestCode,
    inTransaction: transaction === undefined,
    statements: text.split('--> statement-breakpoint').filter((statement) => statement.trim() !== ''),
  };
}

/** The comment lines that a file begins with. */
function header(text: string): string {
  return /^(?:--(?!>).*\r?\n)*/.exec(text)?.[0] ?? '';
}

/** Whether release `a` is older than release `b`; both are `major.minor.patch`. */
export function isOlder(a: string, b: string): boolean {
  const [left, right] = [parseVersion(a), parseVersion(b)];
  const index = left.findIndex((number, position) => number !== right[position]);
  return index !== -1 && (left[index] ?? 0) < (right[index] ?? 0);
}

function parseVersion(version: string): readonly number[] {
  const numbers = /^(\d+)\.(\d+)\.(\d+)/.exec(version);
  if (numbers === null) throw new Error(`"${version}" is not a version such as 1.2.3.`);
  return numbers.slice(1).map(Number);
}
