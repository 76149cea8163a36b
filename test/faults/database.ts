import { chmod, mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pg from 'pg';
import { openEmbeddedPostgres } from '../../src/database/embedded/open-embedded-postgres.js';

/** A PostgreSQL of our own, which can be killed. */
export interface FaultyDatabase {
  readonly url: string;
  query(statement: string, values?: unknown[]): Promise<Record<string, unknown>[]>;
  /** Runs statements on a session of their own, for as long as some work takes. */
  session(work: (client: pg.Client) => Promise<void>): Promise<void>;
  /** Kills the process that serves a session of a node: the postmaster then ends all sessions, and recovers. */
  killBackend(): Promise<boolean>;
  /** Kills the postmaster, and starts another one. */
  killPostmaster(): Promise<void>;
  close(): Promise<void>;
}

export async function openFaultyDatabase(): Promise<FaultyDatabase> {
  const home = await mkdtemp(join(tmpdir(), 'scrip-faults-'));
  await chmod(home, 0o755);
  const open = () => openEmbeddedPostgres({ home, log: () => {} });
  let postgres = await open();

  const session: FaultyDatabase['session'] = async (work) => {
    const client = new pg.Client({ connectionString: postgres.url, connectionTimeoutMillis: 5_000 });
    client.on('error', () => {}); // it is killed with the others
    await client.connect();
    try {
      await work(client);
    } finally {
      await client.end().catch(() => {});
    }
  };
  const query: FaultyDatabase['query'] = async (statement, values) => {
    let rows: Record<string, unknown>[] = [];
    await session(async (client) => {
      ({ rows } = await client.query(statement, values));
    });
    return rows;
  };
  return {
    get url() {
      return postgres.url;
    },
    query,
    session,
    killBackend: async () => {
      const [backend] = await query(
        `select pid from pg_stat_activity where application_name = 'scrip' and query like '%apply_points%'
          order by state = 'active' desc, random() limit 1`,
      );
      if (backend === undefined) return false;
      process.kill(Number(backend['pid']), 'SIGKILL');
      return true;
    },
    killPostmaster: async () => {
      const lines = await readFile(join(postgres.dataDirectory, 'postmaster.pid'), 'utf8');
      process.kill(Number.parseInt(lines, 10), 'SIGKILL');
      postgres = await open();
    },
    close: async () => {
      await postgres.close();
      await rm(home, { recursive: true, force: true, maxRetries: 5 });
    },
  };
}
