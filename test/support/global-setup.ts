import { execFileSync } from 'node:child_process';
import { rm, statfs } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import pg from 'pg';
import { pino } from 'pino';
import type { TestProject } from 'vitest/node';
import { parseConfig } from '../../src/config.js';
import { openDatabase } from '../../src/database/open-database.js';
import { openEmbeddedPostgres } from '../../src/embedded-postgres/open-embedded-postgres.js';
import { makeHome } from './own-postgres.js';

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
  const root = project.vitest.getRootProject();
  if (root.getProvidedContext().postgresUrl !== undefined) return undefined;
  execFileSync(process.execPath, ['tools/build-web.mjs'], { stdio: 'inherit' });
  const given = process.env['TEST_DATABASE_URL'];
  const { url, close } =
    given === undefined ? await startOwnServer(root.config.maxWorkers) : await createTemplate(given);
  const source = { kind: 'url', url } as const;
  const template = await openDatabase({ ...parseConfig({}).database, source, poolSize: 2 }, pino({ level: 'silent' }));
  await template.close();
  root.provide('postgresUrl', url);
  return close;
}

interface Template {
  readonly url: string;
  close(): Promise<void>;
}

async function startOwnServer(workers: number): Promise<Template> {
  const home = await makeHome(await folderOfData());
  const first = await openEmbeddedPostgres({ home, log: () => {} });
  // PostgreSQL's default for each: a node opens up to 25 connections, and a file may start three.
  await run(first.url, `alter system set max_connections = ${100 * workers}`);
  await first.close(); // the setting takes a restart
  const postgres = await openEmbeddedPostgres({ home, log: () => {} });
  const close = async () => {
    await postgres.close();
    await rm(home, { recursive: true, force: true });
  };
  return { url: postgres.url, close };
}

/**
 * In memory where there is room: a commit waits for the disk, and nothing of the run has to survive the computer.
 * `fsync = off` would do, but a server refuses to start on it.
 */
async function folderOfData(): Promise<string> {
  const memory = await statfs('/dev/shm').catch(() => undefined);
  return memory && memory.bavail * memory.bsize >= 4 * 2 ** 30 ? '/dev/shm' : tmpdir();
}

/** Makes a database beside those of a server that runs; nothing else on it is touched. */
async function createTemplate(serverUrl: string): Promise<Template> {
  const name = `scrip_test_${process.pid}`;
  await run(serverUrl, `create database ${name} template template0 encoding 'UTF8'`);
  const url = new URL(serverUrl);
  url.pathname = `/${name}`;
  return { url: url.href, close: () => run(serverUrl, `drop database ${name} with (force)`) };
}

async function run(url: string, statement: string): Promise<void> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  await client.query(statement).finally(() => client.end());
}
