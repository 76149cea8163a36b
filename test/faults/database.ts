import { chmod, mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import pg from 'pg';
import { type EmbeddedPostgres, openEmbeddedPostgres } from '../../src/embedded-postgres/open-embedded-postgres.js';

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
  /** Shuts it down as an operator does, all sessions ended, and starts it again. */
  restart(): Promise<void>;
  /** Stops all of its processes in their tracks, for as long as some work takes. */
  freeze(work: () => Promise<void>): Promise<void>;
  /** Ends it at once, open connections included, and removes what it kept. */
  close(): Promise<void>;
}

export async function openFaultyDatabase(): Promise<FaultyDatabase> {
  const home = await mkdtemp(join(tmpdir(), 'scrip-faults-'));
  await chmod(home, 0o755);
  const open = () => openEmbeddedPostgres({ home, log: () => {} });
  let opening = open();
  let postgres = await opening.catch(async (error) => {
    await remove(home);
    throw error;
  });
  let isClosed = false;

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
        `select pid from pg_stat_activity where application_name = 'scrip' and query ~ 'change_points|apply_changes'
          order by state = 'active' desc, random() limit 1`,
      );
      if (backend === undefined) return false;
      process.kill(Number(backend['pid']), 'SIGKILL');
      return true;
    },
    killPostmaster: async () => {
      if (isClosed) throw new Error('The run is over.');
      opening = signalPostmaster(postgres, 'SIGKILL').then(open);
      postgres = await opening;
    },
    restart: async () => {
      if (isClosed) throw new Error('The run is over.');
      opening = signalPostmaster(postgres, 'SIGINT').then(async (pid) => {
        while (isAlive(pid)) await delay(20);
        return await open();
      });
      postgres = await opening;
    },
    freeze: async (work) => {
      const rows = await query('select pid from pg_stat_activity where pid <> pg_backend_pid()');
      const postmaster = await signalPostmaster(postgres, 'SIGSTOP');
      const pids = rows.map(({ pid }) => Number(pid));
      for (const pid of pids) signalIfAlive(pid, 'SIGSTOP');
      try {
        await work();
      } finally {
        for (const pid of [postmaster, ...pids]) signalIfAlive(pid, 'SIGCONT');
      }
    },
    close: async () => {
      isClosed = true;
      const last = await opening.catch(() => postgres); // one that is just starting would outlive us
      const pid = await signalPostmaster(last, 'SIGQUIT').catch(() => undefined); // PostgreSQL's immediate shutdown
      while (pid !== undefined && isAlive(pid)) await delay(20);
      await last.close();
      await remove(home);
    },
  };
}

async function remove(directory: string): Promise<void> {
  await rm(directory, { recursive: true, force: true, maxRetries: 5 });
}

async function signalPostmaster({ dataDirectory }: EmbeddedPostgres, signal: NodeJS.Signals): Promise<number> {
  const pid = Number.parseInt(await readFile(join(dataDirectory, 'postmaster.pid'), 'utf8'), 10);
  process.kill(pid, signal);
  return pid;
}

function signalIfAlive(pid: number, signal: NodeJS.Signals): void {
  if (isAlive(pid)) process.kill(pid, signal);
}

function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
}
