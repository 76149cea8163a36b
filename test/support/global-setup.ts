import { execFileSync } from 'node:child_process';
import { chmod, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pino } from 'pino';
import type { TestProject } from 'vitest/node';
import { parseConfig } from '../../src/config.js';
import { openDatabase } from '../../src/database/open-database.js';
import { openEmbeddedPostgres } from '../../src/embedded-postgres/open-embedded-postgres.js';

declare module 'vitest' {
  interface ProvidedContext {
    /** The run's PostgreSQL; its database is the migrated template. */
    readonly postgresUrl: string;
  }
}

/**
 * Builds the web pages where they are out of date, starts one PostgreSQL for the run, and migrates the database that each
 * test file gets a copy of.
 */
export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  execFileSync(process.execPath, ['tools/build-web.mjs'], { stdio: 'inherit' });
  const home = await mkdtemp(join(tmpdir(), 'scrip-test-'));
  await chmod(home, 0o755); // as root, PostgreSQL runs as another user; what it cannot enter, its data are not put in
  const postgres = await openEmbeddedPostgres({ home, log: () => {} });
  const source = { kind: 'url', url: postgres.url } as const;
  const template = await openDatabase({ ...parseConfig({}).database, source, poolSize: 2 }, pino({ level: 'silent' }));
  await template.close();
  project.provide('postgresUrl', postgres.url);
  return async () => {
    await postgres.close();
    await rm(home, { recursive: true, force: true });
  };
}
