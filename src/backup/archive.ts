/**
 * The file of a backup: a tar archive of a PostgreSQL data folder, with an entry of ours before and after.
 *
 * - `scrip-backup.json` says what it is.
 * - The files of the folder, as PostgreSQL sends them: with the WAL that they need, and without what it leaves out.
 * - `scrip-backup-end.json` holds the SHA-256 of every byte before this entry. It has a fixed size, so that it is found from
 *   the end of the file. A file without it is incomplete.
 */
import { Header } from 'tar';
import * as z from '../zod.js';

/** The file cannot be used as a backup. The message says why. */
export class UnusableBackup extends Error {}

const FORMAT = 1;

export const FIRST_ENTRY = 'scrip-backup.json';
export const LAST_ENTRY = 'scrip-backup-end.json';

const BLOCK = 512;

/** Two empty blocks end an archive. */
export const END_OF_ARCHIVE: Buffer = Buffer.alloc(2 * BLOCK);

/** The bytes of the last entry and the end: a header, one block, and the two empty ones. */
export const LAST_BYTES: number = 2 * BLOCK + END_OF_ARCHIVE.length;

const about = z.object({
  format: z.literal(FORMAT),
  /** The version of Scrip that made the backup. */
  scrip: z.string(),
  /** The version of PostgreSQL: `18.4`. */
  postgresql: z.string().regex(/^\d+\.\d+/),
  /** When it was begun, by the clock of the database. Everything that was confirmed before is in it. */
  startedAt: z.iso.datetime(),
  /** The migrations that the database had. */
  migrations: z.array(z.string()),
});

/** What a backup says about itself. */
export type About = Omit<z.output<typeof about>, 'format'>;

const end = z.object({ sha256: z.string().regex(/^[0-9a-f]{64}$/) });

/** The first entry. */
export function firstEntry(made: About): Buffer {
  return entry(FIRST_ENTRY, JSON.stringify({ format: FORMAT, ...made }, undefined, 2));
}

/** The last entry, and the end of the archive. */
export function lastBytes(sha256: string): Buffer {
  return Buffer.concat([entry(LAST_ENTRY, JSON.stringify({ sha256 } satisfies z.output<typeof end>)), END_OF_ARCHIVE]);
}

function entry(path: string, text: string): Buffer {
  const contents = Buffer.from(`${text}\n`);
  const header = Buffer.alloc(BLOCK);
  new Header({ path, mode: 0o600, uid: 0, gid: 0, size: contents.length, mtime: new Date(0), type: 'File' }).encode(
    header,
  );
  const padding = Buffer.alloc((BLOCK - (contents.length % BLOCK)) % BLOCK);
  return Buffer.concat([header, contents, padding]);
}

/** The size of an entry whose header is at the beginning of some bytes; undefined: it is another entry, or none. */
export function sizeOfEntry(bytes: Buffer, path: string): number | undefined {
  if (bytes.length < BLOCK) return undefined;
  try {
    const header = new Header(bytes, 0);
    return header.cksumValid && header.path === path ? header.size : undefined;
  } catch {
    return undefined; // its numbers cannot be read
  }
}

/** The number of bytes of an entry's header, after which its contents follow. */
export const HEADER_BYTES: number = BLOCK;

/** @throws UnusableBackup */
export function parseAbout(text: string): About {
  const { format, ...made } = parse(text, about, (fault) => {
    const isNewer = z.object({ format: z.number().min(FORMAT + 1) }).safeParse(fault).success;
    return isNewer ? 'it was made by a newer version of Scrip. Use that version' : 'its description cannot be read';
  });
  return made;
}

/** @throws UnusableBackup */
export function parseEnd(text: string): { readonly sha256: string } {
  return parse(text, end, () => 'its last entry cannot be read');
}

function parse<Output>(text: string, schema: z.ZodType<Output>, describe: (found: unknown) => string): Output {
  let found: unknown;
  try {
    found = JSON.parse(text);
  } catch {
    found = undefined;
  }
  const parsed = schema.safeParse(found);
  if (!parsed.success) throw new UnusableBackup(`The backup cannot be used: ${describe(found)}.`);
  return parsed.data;
}
