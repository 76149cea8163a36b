import { execFileSync } from 'node:child_process';
import { rm, statfs } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import pg from 'pg';
import { pino } from 'pino';
import type { TestProject } from 'vitest/node';
import { parseConfig } from '../../src/config.js';
import { openDatabase } from '../../src/database/open-database.js';
import { openEmbeddedPostgres } from '../../src/embedded-postgres/open-embedded-postgres.js';
import { makeHome, removeAbandonedHomes } from './own-postgres.js';

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
  // PostgreSQL's default for each process: a node opens up to 18 connections, and a file may start three.
  const connections = 100 * root.config.maxWorkers;
  const { url, close } =
    given === undefined ? await startOwnServer(connections) : await createTemplate(given, connections);
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

async function startOwnServer(connections: number): Promise<Template> {
  const folder = await folderOfData();
  await removeAbandonedHomes(folder);
  const home = await makeHome(folder);
  const first = await openEmbeddedPostgres({ home, log: () => {} });
  await run(first.url, `alter system set max_connections = ${connections}`);
  // DROP DATABASE waits for each connection that is still logging in, for a minute by default. Where the log-in never ends,
  // because the wire is held, tests that start a server would time out.
  await run(first.url, `alter system set authentication_timeout = '5s'`);
  await first.close(); // the settings take a restart
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
async function createTemplate(serverUrl: string, connections: number): Promise<Template> {
  const [{ max_connections: max }] = await run(serverUrl, 'show max_connections');
  if (Number(max) < connections) {
    throw new Error(
      `The server of TEST_DATABASE_URL allows ${max} connections, and this run needs ${connections}, 100 for each worker: raise max_connections, or lower VITEST_MAX_WORKERS.`,
    );
  }
  const name = `scrip_test_${process.pid}`;
  await run(serverUrl, `create database ${name} template template0 encoding 'UTF8'`);
  const url = new URL(serverUrl);
  url.pathname = `/${name}`;
  return {
    url: url.href,
    close: async () => {
      await run(serverUrl, `drop database ${name} with (force)`);
    },
  };
}

async function run(url: string, statement: string) {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  const { rows } = await client.query(statement).finally(() => client.end());
  return rows;
}
