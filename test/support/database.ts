import { randomBytes } from 'node:crypto';
import pg from 'pg';
import { inject } from 'vitest';
import { type Connection, type ConnectOptions, connect } from '../../src/database/connect.js';
import { createFence } from '../../src/database/fence.js';

/** A copy of the migrated template. */
export interface TestDatabase {
  readonly url: string;
  /** Runs a statement beside the server, and returns its rows. */
  query(statement: string, values?: unknown[]): Promise<Record<string, unknown>[]>;
  drop(): Promise<void>;
}

/** Makes a database of the caller's own; `options` are those of CREATE DATABASE, a copy of the migrated template by default. */
export async function createDatabase(options?: string): Promise<TestDatabase> {
  const template = new URL(inject('postgresUrl'));
  const name = `test_${randomBytes(6).toString('hex')}`;
  await onServer(`create database ${name} ${options ?? `template ${template.pathname.slice(1)}`}`);
  const url = new URL(template);
  url.pathname = `/${name}`;
  const pool = new pg.Pool({ connectionString: url.href, max: 4 });
  pool.on('error', () => {}); // its connections may still be closing when the database is dropped under them
  return {
    url: url.href,
    query: async (statement, values) => (await pool.query(statement, values)).rows,
    drop: async () => {
      await pool.end();
      await onServer(`drop database ${name} with (force)`);
    },
  };
}

/** A pool as the server has one, of two connections unless the options say otherwise; the caller closes it. */
export function openPool(url: string, options: Partial<ConnectOptions> = {}): Connection {
  return connect({ url, poolSize: 2, behindPooler: false, onLost: () => {}, fence: createFence(), ...options });
}

async function onServer(statement: string): Promise<void> {
  const url = new URL(inject('postgresUrl'));
  url.pathname = '/postgres';
  const client = new pg.Client({ connectionString: url.href });
  await client.connect();
  try {
    await client.query(statement);
  } finally {
    await client.end();
  }
}
