import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { chownSync, existsSync, openSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { chmod, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import pg from 'pg';
import { findFreePort } from '../../src/embedded-postgres/postmaster.js';

/** Three PostgreSQL servers under Patroni, strictly synchronous, and the haproxy that leads to their leader. */
export interface Cluster {
  /** The service's own role, by way of haproxy. */
  readonly url: string;
  /** The superuser, by way of haproxy. */
  readonly adminUrl: string;
  /** Hands the leadership over to the synchronous standby. */
  switchOver(): Promise<void>;
  /** Kills the leader and its Patroni, waits for the next one, and starts the killed server as a standby. */
  killLeader(): Promise<void>;
  close(): Promise<void>;
}

const PROGRAMS = ['/usr/bin/patroni', '/usr/bin/etcd', '/usr/sbin/haproxy'];
const POSTGRESQL = '/usr/lib/postgresql';

/** What is missing on this machine; undefined: nothing is. */
export function missingPackages(): string | undefined {
  const isComplete = PROGRAMS.every(existsSync) && existsSync(POSTGRESQL);
  return isComplete ? undefined : 'Run `apt-get install patroni etcd-server haproxy postgresql` first (Debian 12).';
}

interface Member {
  readonly name: string;
  readonly api: number;
  readonly configFile: string;
  readonly dataDirectory: string;
  patroni: ChildProcess;
}

/** How long a failover and the return of a killed server may take. */
const PATIENCE_MS = 120_000;

export async function openCluster(): Promise<Cluster> {
  const directory = await mkdtemp(join(tmpdir(), 'scrip-ha-'));
  await chmod(directory, 0o755);
  const account = accountOf('postgres');
  if (account !== undefined) chownSync(directory, account.uid, account.gid);
  const children: ChildProcess[] = [];
  const run = (name: string, file: string, args: readonly string[]): ChildProcess => {
    const log = openSync(join(directory, `${name}.log`), 'a');
    const child = spawn(file, args, {
      ...account,
      cwd: directory,
      env: { PATH: '/usr/bin:/bin', LC_ALL: 'C.UTF-8' },
      stdio: ['ignore', log, log],
      detached: true,
    });
    children.push(child);
    return child;
  };
  const write = (name: string, text: string): string => {
    const file = join(directory, name);
    writeFileSync(file, text);
    return file;
  };

  const [etcd, etcdPeer, proxy] = [await findFreePort(), await findFreePort(), await findFreePort()];
  const [client, peer] = [`http://127.0.0.1:${etcd}`, `http://127.0.0.1:${etcdPeer}`];
  // The API 2: Patroni 3.0.2 over etcd3 can make a frozen leader the leader again.
  run('etcd', '/usr/bin/etcd', [
    ...['--name', 'one', '--data-dir', join(directory, 'etcd'), '--enable-v2=true'],
    ...['--listen-client-urls', client, '--advertise-client-urls', client],
    ...['--listen-peer-urls', peer, '--initial-advertise-peer-urls', peer, '--initial-cluster', `one=${peer}`],
  ]);

  const servers: { name: string; port: number; api: number }[] = [];
  const members: Member[] = [];
  for (const name of ['pg1', 'pg2', 'pg3']) {
    const [port, api] = [await findFreePort(), await findFreePort()];
    const dataDirectory = join(directory, name);
    const settings = patroniSettings({ name, port, api, etcd, dataDirectory, directory });
    const configFile = write(`${name}.json`, JSON.stringify(settings)); // JSON is YAML
    servers.push({ name, port, api });
    members.push({ name, api, configFile, dataDirectory, patroni: run(name, '/usr/bin/patroni', [configFile]) });
  }
  run('haproxy', '/usr/sbin/haproxy', ['-f', write('haproxy.cfg', haproxySettings(proxy, servers))]);

  const adminUrl = `postgres://postgres:admin@127.0.0.1:${proxy}/postgres`;
  const url = `postgres://scrip:scrip@127.0.0.1:${proxy}/scrip`;
  const close = async () => {
    for (const child of children) signalGroup(child, 'SIGKILL');
    for (const { dataDirectory } of members) killPostmaster(dataDirectory);
    await delay(500);
    await rm(directory, { recursive: true, force: true, maxRetries: 5 });
  };
  try {
    await untilHealthy(members);
    await createDatabase(adminUrl);
  } catch (error) {
    await close();
    throw error;
  }
  return {
    url,
    adminUrl,
    switchOver: async () => {
      const [leader, candidate] = await rolesOf(members);
      const { api } = memberOf(members, leader);
      const response = await fetch(`http://127.0.0.1:${api}/switchover`, {
        method: 'POST',
        body: JSON.stringify({ leader, candidate }),
      });
      if (!response.ok) throw new Error(`The switchover was refused: ${await response.text()}`);
      await untilHealthy(members, leader);
    },
    killLeader: async () => {
      const [leader] = await rolesOf(members);
      const killed = memberOf(members, leader);
      signalGroup(killed.patroni, 'SIGKILL');
      killPostmaster(killed.dataDirectory);
      const others = members.filter((member) => member !== killed);
      await untilHealthy(others, leader);
      killed.patroni = run(killed.name, '/usr/bin/patroni', [killed.configFile]);
      await untilHealthy(members);
    },
    close,
  };
}

interface PatroniOptions {
  readonly name: string;
  readonly port: number;
  readonly api: number;
  readonly etcd: number;
  readonly dataDirectory: string;
  readonly directory: string;
}

/** Times at the least that Patroni allows, so that a run is short. */
function patroniSettings({ name, port, api, etcd, dataDirectory, directory }: PatroniOptions) {
  return {
    scope: 'scrip',
    name,
    restapi: { listen: `127.0.0.1:${api}`, connect_address: `127.0.0.1:${api}` },
    etcd: { host: `127.0.0.1:${etcd}` },
    bootstrap: {
      dcs: {
        ttl: 20,
        loop_wait: 5,
        retry_timeout: 5,
        synchronous_mode: true,
        synchronous_mode_strict: true,
        postgresql: { use_pg_rewind: true, parameters: { max_connections: 200, wal_keep_size: '256MB' } },
      },
      initdb: [{ encoding: 'UTF8' }, 'data-checksums'],
    },
    postgresql: {
      listen: `127.0.0.1:${port}`,
      connect_address: `127.0.0.1:${port}`,
      data_dir: dataDirectory,
      bin_dir: join(POSTGRESQL, String(readdirSync(POSTGRESQL).at(-1)), 'bin'),
      pgpass: join(directory, `${name}.pgpass`),
      parameters: { unix_socket_directories: directory },
      pg_hba: ['host all all 127.0.0.1/32 scram-sha-256', 'host replication all 127.0.0.1/32 scram-sha-256'],
      authentication: {
        superuser: { username: 'postgres', password: 'admin' },
        replication: { username: 'replicator', password: 'replicator' },
        rewind: { username: 'rewinder', password: 'rewinder' },
      },
    },
    watchdog: { mode: 'off' },
  };
}

function haproxySettings(port: number, servers: readonly { name: string; port: number; api: number }[]): string {
  return `
defaults
  mode tcp
  timeout connect 2s
  timeout client 30m
  timeout server 30m
  timeout check 2s
listen primary
  bind 127.0.0.1:${port}
  option httpchk OPTIONS /primary
  http-check expect status 200
  default-server inter 1s fall 2 rise 1 on-marked-down shutdown-sessions
${servers.map(({ name, port, api }) => `  server ${name} 127.0.0.1:${port} check port ${api}\n`).join('')}`;
}

async function createDatabase(adminUrl: string): Promise<void> {
  for (const statement of [
    "create role scrip login password 'scrip'",
    'grant pg_read_all_stats to scrip',
    'create database scrip owner scrip',
  ]) {
    const client = new pg.Client({ connectionString: adminUrl, connectionTimeoutMillis: 10_000 });
    client.on('error', () => {});
    await client.connect();
    await client.query(statement);
    await client.end();
  }
}

/** The names of the leader and of the synchronous standby; undefined where there is none. */
async function rolesOf(members: readonly Member[]): Promise<(string | undefined)[]> {
  for (const { api } of members) {
    const response = await fetch(`http://127.0.0.1:${api}/cluster`, { signal: AbortSignal.timeout(2_000) }).catch(
      () => undefined,
    );
    if (response === undefined) continue;
    const { members: states } = (await response.json()) as { members: { name: string; role: string; state: string }[] };
    return ['leader', 'sync_standby'].map(
      (role) => states.find((state) => state.role === role && /running|streaming/.test(state.state))?.name,
    );
  }
  return [];
}

/** Waits for a leader, other than `former`, that takes writes and has a synchronous standby. */
async function untilHealthy(members: readonly Member[], former?: string): Promise<void> {
  const deadline = performance.now() + PATIENCE_MS;
  while (performance.now() < deadline) {
    const [leader, standby] = await rolesOf(members);
    if (leader !== undefined && leader !== former && standby !== undefined) return;
    await delay(250);
  }
  throw new Error('The cluster has no leader with a synchronous standby.');
}

function memberOf(members: readonly Member[], name: string | undefined): Member {
  const member = members.find((candidate) => candidate.name === name);
  if (member === undefined) throw new Error('The cluster has no leader.');
  return member;
}

function killPostmaster(dataDirectory: string): void {
  try {
    process.kill(Number.parseInt(readFileSync(join(dataDirectory, 'postmaster.pid'), 'utf8'), 10), 'SIGKILL');
  } catch {
    // It does not run.
  }
}

function signalGroup({ pid, exitCode, signalCode }: ChildProcess, signal: NodeJS.Signals): void {
  if (pid !== undefined && exitCode === null && signalCode === null) process.kill(-pid, signal);
}

/** PostgreSQL does not run as root; undefined: this process is not root, and everything runs as it does. */
function accountOf(name: string): { uid: number; gid: number } | undefined {
  if (process.getuid?.() !== 0) return undefined;
  const id = (option: string) => Number(execFileSync('id', [option, name], { encoding: 'utf8' }));
  return { uid: id('-u'), gid: id('-g') };
}
