import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { JWT_SECRET, makeDirectory, scrip } from '../process/program.js';
import type { TestServer } from '../support/server.js';

/** What an import prints at its end. */
export function done(count: number, before: number, failed: number): string {
  return `Lines done: ${count}, done before: ${before}, failed: ${failed}.\n`;
}

/** Writes a file into a directory of its own; returns its path. */
export async function write(name: string, content: string | Uint8Array): Promise<string> {
  const file = join(await makeDirectory(), name);
  await writeFile(file, content);
  return file;
}

/** Runs `scrip ledger` on the database of a server. */
export async function ledger({ database }: TestServer, ...args: string[]) {
  return await scrip(['ledger', ...args], { env: { JWT_SECRET, DATABASE_URL: database.url } });
}
