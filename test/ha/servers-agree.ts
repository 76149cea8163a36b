/** Whether all servers of the cluster have the same ledger. */
import { setTimeout as delay } from 'node:timers/promises';
import pg from 'pg';
import type { Cluster } from './cluster.js';

const POSITION = 'select pg_current_wal_lsn()::text as position';
const IS_REPLAYED = 'select pg_is_in_recovery() and pg_last_wal_replay_lsn() >= $1::pg_lsn as yes';
const LEDGER = `
  select count(*)::int as entries,
         md5(string_agg(concat_ws(' ', user_id, sequence, delta, balance_after, idempotency_key), ',' order by user_id, sequence)) as ledger,
         (select md5(string_agg(concat_ws(' ', user_id, points, sequence), ',' order by user_id)) from balances) as balances,
         (select md5(string_agg(concat_ws(' ', id, revoked_at), ',' order by id)) from tokens) as tokens
    from entries`;

/** One sentence for each standby whose ledger, balances or tokens differ from the leader's. */
export async function differences(cluster: Cluster): Promise<string[]> {
  const { leader, standbys } = await cluster.untilWhole();
  const [position] = await query(leader.adminUrl, POSITION);
  const [expected] = await query(leader.adminUrl, LEDGER);
  const found: string[] = [];
  for (const { name, adminUrl } of standbys) {
    for (let waits = 0; waits < 200; waits++) {
      const [replayed] = await query(adminUrl, IS_REPLAYED, [position?.['position']]);
      if (replayed?.['yes'] === true) break;
      await delay(100);
    }
    const [has] = await query(adminUrl, LEDGER);
    const differs = Object.keys(expected ?? {}).filter((column) => has?.[column] !== expected?.[column]);
    if (differs.length > 0)
      found.push(`L7: ${name} differs from the leader ${leader.name} in its ${differs.join(', ')}`);
  }
  return found;
}

/** The number of times that a standby was promoted, and 1. */
export async function timelineOf(cluster: Cluster): Promise<number> {
  const rows = await query(
    cluster.adminUrl,
    "select ('x' || substr(pg_walfile_name(pg_current_wal_insert_lsn()), 1, 8))::bit(32)::int as timeline",
  );
  return Number(rows[0]?.['timeline']);
}

async function query(url: string, statement: string, values: unknown[] = []): Promise<Record<string, unknown>[]> {
  const client = new pg.Client({ connectionString: url, connectionTimeoutMillis: 10_000 });
  client.on('error', () => {});
  await client.connect();
  try {
    return (await client.query(statement, values)).rows;
  } finally {
    await client.end().catch(() => {});
  }
}
