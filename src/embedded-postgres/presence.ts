import { setTimeout } from 'node:timers/promises';
import pg from 'pg';
import { SCRIP } from './initialise-cluster.js';

/** The key of the lock that every process holds while it uses the cluster. Any number, the same in every release. */
const PRESENCE = 7_266_747;

/** Connects to the maintenance database: a connection to Scrip's own would keep it from being copied or dropped. */
export async function connect(options: { port: number; password: string }): Promise<pg.Client> {
  const client = new pg.Client({
    ...options,
    host: '127.0.0.1',
    user: SCRIP,
    database: 'postgres',
    ssl: false,
    application_name: 'scrip presence',
    options: '-c idle_session_timeout=0', // also overrides PGOPTIONS of the environment
    connectionTimeoutMillis: 2_000,
    query_timeout: 3_000,
  });
  client.on('error', () => undefined); // the pools report the loss; without a listener it would end the process
  await client.connect();
  return client;
}

/** Ends a connection. A server that hangs is waited for one second, and does not keep the process alive. */
export async function disconnect(client: pg.Client): Promise<void> {
  await Promise.race([client.end(), setTimeout(1_000, undefined, { ref: false })]);
  (client as pg.Client & { unref(): void }).unref(); // every client has it; only the published type lacks it
}

/** Keeps the cluster from being stopped until the connection ends. False: another process is stopping it. */
export async function arrive(client: pg.Client): Promise<boolean> {
  return isTrue(client, `SELECT pg_try_advisory_lock_shared(${PRESENCE}) AS result`);
}

/**
 * Whether this connection is the only one; then no process can become present before it ends. Waits up to one second,
 * since a connection whose socket was just destroyed is still listed for a moment.
 */
export async function isAlone(client: pg.Client): Promise<boolean> {
  for (let attempt = 0; attempt < 20; attempt += 1) {
    if (await isTrue(client, ALONE)) return true;
    await setTimeout(50);
  }
  return false;
}

const ALONE = `SELECT pg_try_advisory_lock(${PRESENCE}) AND NOT EXISTS (
  SELECT FROM pg_stat_activity WHERE backend_type = 'client backend' AND pid <> pg_backend_pid()) AS result`;

/** Creates Scrip's database if it is missing; several processes may do so concurrently. */
export async function ensureDatabase(client: pg.Client): Promise<void> {
  if (await isTrue(client, `SELECT EXISTS (SELECT FROM pg_database WHERE datname = '${SCRIP}') AS result`)) return;
  await client.query(`CREATE DATABASE ${SCRIP}`).catch(async (error) => {
    const isThere = error instanceof pg.DatabaseError && (error.code === '42P04' || error.code === '23505');
    if (!isThere) throw error;
  });
}

async function isTrue(client: pg.Client, statement: string): Promise<boolean> {
  const { rows } = await client.query<{ result: boolean }>(statement);
  return rows[0]?.result === true;
}
