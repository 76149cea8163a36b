import { existsSync } from 'node:fs';
import { statfs } from 'node:fs/promises';
import { dirname } from 'node:path';
import { sql } from 'drizzle-orm';
import { type Finding, fault, ok, type Subject, warning } from './finding.js';

const MB = 1_000_000;
const GB = 1_000 * MB;

/** Below these PostgreSQL soon cannot write any longer. */
const FAULT_BYTES = 100 * MB;
const WARNING_BYTES = GB;

/** Tells the free space of the file system that the folder of the embedded database is in, or will be. */
export async function checkDisk(folder: string): Promise<Finding> {
  let existing = folder;
  while (!existsSync(existing)) existing = dirname(existing);
  const { bavail, bsize } = await statfs(existing);
  const free = bavail * bsize;
  const told = `${size(free)} are free for the database (${folder})`;
  if (free < FAULT_BYTES) return fault(`${told}: make room, or move it to a larger disk.`);
  return free < WARNING_BYTES ? warning(`${told}: make room soon.`) : ok(`${told}.`);
}

/** Tells how large the database is. The free space of another machine cannot be asked for. */
export async function checkSize({ database }: Subject): Promise<Finding> {
  const { rows } = await database.execute<{ bytes: number }>(
    sql`select pg_database_size(current_database())::float8 as bytes`,
  );
  return ok(`The database has ${size(rows[0]?.bytes ?? 0)}.`);
}

function size(bytes: number): string {
  return bytes < GB ? `${Math.round(bytes / MB)} MB` : `${(bytes / GB).toFixed(1)} GB`;
}
