import { execFileSync } from 'node:child_process';
import pg from 'pg';
import { pino } from 'pino';
import type { TestProject } from 'vitest/node';
import { parseConfig } from '../../src/config.js';
import { openDatabase } from '../../src/database/open-database.js';
import { startOwnPostgres } from './own-postgres.js';

declare module 'vitest' {
  interface ProvidedContext {
    /** The run's PostgreSQL; its database is the migrated template. */
    readonly postgresUrl: string;
  }
}

/**
 * Builds the web pages where they are out of date, and migrates the database that each test file gets a copy of: on a
 * PostgreSQL of the run's own, or on the one that TEST_DATABASE_URL names to a superuser, such as another version.
 */
export default async function setup(project: TestProject): Promise<(() => Promise<void>) | undefined> {
  // Each project of the run comes by here, and all of them share what the first one makes.
  const run = project.vitest.getRootProject();
  if (run.getProvidedContext().postgresUrl !== undefined) return undefined;
  execFileSync(process.execPath, ['tools/build-web.mjs'], { stdio: 'inherit' });
  const given = process.env['TEST_DATABASE_URL'];
  const { url, close } = given === undefined ? await startOwnPostgres() : await createTemplate(given);
  const source = { kind: 'url', url } as const;
  const template = await openDatabase({ ...parseConfig({}).database, source, poolSize: 2 }, pino({ level: 'silent' }));
  await template.close();
  run.provide('postgresUrl', url);
  return close;
}

interface Template {
  readonly url: string;
  close(): Promise<void>;
}

/** Makes a database beside those of a server that runs; nothing else on it is touched. */
async function createTemplate(serverUrl: string): Promise<Template> {
  const name = `scrip_test_${process.pid}`;
  const run = async (statement: string) => {
    const client = new pg.Client({ connectionString: serverUrl });
    await client.connect();
    await client.query(statement).finally(() => client.end());
  };
  await run(`create database ${name} template template0 encoding 'UTF8'`);
  const url = new URL(serverUrl);
  url.pathname = `/${name}`;
  return { url: url.href, close: () => run(`drop database ${name} with (force)`) };
}
