/** Three PostgreSQL servers under Patroni, an etcd, HAProxy and PgBouncer, with the configuration of deploy/. */
import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, chownSync, mkdirSync, openSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import pg from 'pg';
import { patroniConfig, poolerConfig, proxyConfig, readDeployed, userList } from './configuration.js';
import { addMachine, closeBridge, type Machine, openBridge } from './network.js';

export interface Member {
  readonly name: string;
  readonly machine: Machine;
  /** The superuser's, past the proxy. */
  readonly adminUrl: string;
  /** Starts Patroni, which starts PostgreSQL. */
  start(): void;
}

export interface Roles {
  readonly leader: Member;
  /** Any standby where none is synchronous. */
  readonly syncStandby: Member;
  readonly standbys: readonly Member[];
}

export interface Cluster {
  readonly members: readonly Member[];
  /** The service's own role, by way of HAProxy; the same by way of PgBouncer and then HAProxy. */
  readonly url: string;
  readonly poolerUrl: string;
  /** The superuser, by way of HAProxy. */
  readonly adminUrl: string;
  /** Where etcd is. */
  readonly etcdAddresses: readonly string[];
  /** Waits for a leader with a synchronous standby, and the third member following, and tells them. */
  untilWhole(): Promise<Roles>;
  /** Waits for a leader other than this one that has a synchronous standby. */
  untilLedByAnother(former: Member): Promise<void>;
  switchOver({ leader, syncStandby }: Roles): Promise<void>;
  restartPooler(): Promise<void>;
  /** Requires no synchronous standby from now on. */
  becomeAsynchronous(): Promise<void>;
  /** Restarts HAProxy and waits until it leads to the leader, with or without `on-marked-down shutdown-sessions`. */
  restartProxy(options: { readonly keepSessions: boolean }): Promise<void>;
  /** Ends everything, so that another cluster can be opened. */
  close(): Promise<void>;
}

const ETCD = ['10.0.0.21', '10.0.0.22', '10.0.0.23'];
const PROXY = '10.0.0.5';
const MEMBERS = { pg1: '10.0.0.11', pg2: '10.0.0.12', pg3: '10.0.0.13' };

/** How long a failover and the return of a server may take. */
const RECOVERY_LIMIT_MS = 150_000;

/** @param directory for data and logs. */
export async function openCluster(directory: string): Promise<Cluster> {
  const account = accountOf('postgres');
  const own = (path: string) => account !== undefined && chownSync(path, account.uid, account.gid);
  const write = (name: string, text: string, mode = 0o644): string => {
    const file = join(directory, name);
    writeFileSync(file, text);
    chmodSync(file, mode);
    own(file);
    return file;
  };
  const logOf = (name: string) => openSync(join(directory, `${name}.log`), 'a');
  const run = (name: string, program: string, args: readonly string[]): ChildProcess =>
    spawn(program, args, { ...account, cwd: directory, stdio: ['ignore', logOf(name), logOf(name)] });
  chmodSync(directory, 0o755);
  own(directory);

  openBridge([PROXY, ...ETCD]);
  const clientUrls = ETCD.map((address) => `http://${address}:2379`).join(',');
  const peer = 'http://127.0.0.1:2380';
  // One etcd at all of the addresses: its own failures are not what is tested here.
  const etcd = run('etcd', '/usr/bin/etcd', [
    ...['--name', 'one', '--data-dir', join(directory, 'etcd'), '--enable-v2=true'],
    ...['--listen-client-urls', clientUrls, '--advertise-client-urls', clientUrls],
    ...['--listen-peer-urls', peer, '--initial-advertise-peer-urls', peer, '--initial-cluster', `one=${peer}`],
  ]);
  const patroni = write('patroni.yml', patroniConfig(readDeployed('patroni/patroni.yml')));
  const members: Member[] = [];
  for (const [name, address] of Object.entries(MEMBERS)) {
    const machine = await addMachine(name, address);
    const home = join(directory, name);
    mkdirSync(home);
    own(home);
    machine.command('mount', '--bind', home, '/var/lib/postgresql');
    machine.command('mount', '-t', 'tmpfs', '-o', 'mode=1777', 'tmpfs', '/run/postgresql');
    const env = {
      PATRONI_NAME: name,
      PATRONI_RESTAPI_CONNECT_ADDRESS: `${address}:8008`,
      PATRONI_POSTGRESQL_CONNECT_ADDRESS: `${address}:5432`,
      PATRONI_SUPERUSER_PASSWORD: 'admin',
      PATRONI_REPLICATION_PASSWORD: 'replicator',
      PATRONI_REWIND_PASSWORD: 'rewinder',
    };
    const adminUrl = `postgres://postgres:admin@${address}:5432/scrip`;
    const start = () => void machine.start(['/usr/bin/patroni', patroni], { log: logOf(name), env, account });
    members.push({ name, machine, adminUrl, start });
    start();
  }
  const startProxy = (keepSessions = false) =>
    run('haproxy', '/usr/sbin/haproxy', [
      '-f',
      write('haproxy.cfg', proxyConfig(readDeployed('haproxy/postgresql.cfg'), { keepSessions })),
    ]);
  const users = write('userlist.txt', userList({ scrip: 'scrip' }), 0o600);
  const pooler = write('pgbouncer.ini', poolerConfig(readDeployed('pgbouncer/pgbouncer.ini'), users));
  const startPooler = () => run('pgbouncer', '/usr/sbin/pgbouncer', [pooler]);
  let isSynchronous = true;
  let proxy = startProxy();
  let pooling = startPooler();
  const adminUrl = `postgres://postgres:admin@${PROXY}:5432/scrip`;
  await untilWhole(members);
  await createDatabase(new URL('/postgres', adminUrl).href);
  await execute(adminUrl, readDeployed('pgbouncer/role.sql'));
  return {
    members,
    url: `postgres://scrip:scrip@${PROXY}:5432/scrip`,
    poolerUrl: 'postgres://scrip:scrip@127.0.0.1:6432/scrip',
    adminUrl,
    etcdAddresses: ETCD,
    untilWhole: () => untilWhole(members, isSynchronous),
    untilLedByAnother: async (former) => {
      const others = members.filter((member) => member !== former);
      await until(others, ({ leader, sync }) => leader !== former.name && (sync !== undefined || !isSynchronous));
    },
    switchOver: async ({ leader, syncStandby }) => {
      const body = JSON.stringify({ leader: leader.name, candidate: syncStandby.name });
      await request(leader, '/switchover', { method: 'POST', body });
    },
    restartPooler: async () => {
      pooling.kill('SIGKILL');
      await delay(1_000);
      pooling = startPooler();
    },
    becomeAsynchronous: async () => {
      const { leader } = await untilWhole(members);
      const body = JSON.stringify({ synchronous_mode: false, synchronous_mode_strict: false });
      await request(leader, '/config', { method: 'PATCH', body });
      await until(members, ({ sync }) => sync === undefined);
      isSynchronous = false;
    },
    restartProxy: async ({ keepSessions }) => {
      proxy.kill('SIGKILL');
      await delay(200);
      proxy = startProxy(keepSessions);
      const leads = () =>
        execute(adminUrl, 'select 1').then(
          () => true,
          () => false,
        );
      while (!(await leads())) await delay(200);
    },
    close: async () => {
      for (const { machine } of members) machine.remove();
      await Promise.all([proxy, pooling, etcd].map(kill));
      closeBridge();
    },
  };
}

async function kill(child: ChildProcess): Promise<void> {
  const ended = child.exitCode !== null || child.signalCode !== null ? undefined : once(child, 'exit');
  child.kill('SIGKILL');
  await ended;
}

async function createDatabase(adminUrl: string): Promise<void> {
  await execute(adminUrl, "create role scrip login password 'scrip'");
  await execute(adminUrl, 'grant pg_read_all_stats to scrip');
  await execute(adminUrl, 'create database scrip owner scrip');
  await execute(adminUrl, 'create table written (at timestamptz not null)');
}

async function execute(url: string, statement: string): Promise<void> {
  const client = new pg.Client({ connectionString: url, connectionTimeoutMillis: 10_000 });
  client.on('error', () => {});
  await client.connect();
  await client.query(statement);
  await client.end();
}

interface Told {
  readonly leader: string;
  readonly sync: string | undefined;
  /** How many members stream from the leader. */
  readonly streaming: number;
}

async function untilWhole(members: readonly Member[], isSynchronous = true): Promise<Roles> {
  const isWhole = ({ sync, streaming }: Told) => streaming === 2 && (sync !== undefined || !isSynchronous);
  const { leader, sync } = await until(members, isWhole);
  const named = (name: string | undefined) => {
    const member = members.find((each) => each.name === name);
    if (member === undefined) throw new Error('The cluster tells of a member that it does not have.');
    return member;
  };
  const standbys = members.filter(({ name }) => name !== leader);
  return { leader: named(leader), syncStandby: named(sync ?? standbys[0]?.name), standbys };
}

async function until(members: readonly Member[], isReached: (told: Told) => boolean): Promise<Told> {
  const deadline = performance.now() + RECOVERY_LIMIT_MS;
  while (performance.now() < deadline) {
    const told = await ask(members);
    if (told !== undefined && isReached(told)) return told;
    await delay(250);
  }
  throw new Error(`The cluster is not whole again: ${JSON.stringify(await ask(members))}`);
}

/** What the leader's server shows; undefined: no member is one. */
async function ask(members: readonly Member[]): Promise<Told | undefined> {
  for (const { name, machine } of members) {
    const answered = await fetch(`http://${machine.address}:8008/patroni`, { signal: AbortSignal.timeout(2_000) })
      .then(async (response) => (await response.json()) as Shown) // Patroni's own description of a member
      .catch(() => undefined);
    if (answered?.role !== 'master' && answered?.role !== 'primary') continue;
    // A standby that is being made streams, too, as pg_basebackup.
    const streaming = (answered.replication ?? []).filter(
      ({ state, application_name }) => state === 'streaming' && members.some((each) => each.name === application_name),
    );
    const sync = streaming.find(({ sync_state }) => sync_state === 'sync' || sync_state === 'quorum');
    return { leader: name, sync: sync?.application_name, streaming: streaming.length };
  }
  return undefined;
}

interface Shown {
  readonly role: string;
  readonly replication?: readonly { application_name: string; state: string; sync_state: string }[];
}

async function request({ machine }: Member, path: string, init: RequestInit): Promise<void> {
  const response = await fetch(`http://${machine.address}:8008${path}`, init);
  if (!response.ok) throw new Error(`Patroni refused ${path}: ${await response.text()}`);
}

/** PostgreSQL does not run as root; undefined: this process is not root, and everything runs as it does. */
function accountOf(name: string): { uid: number; gid: number } | undefined {
  if (process.getuid?.() !== 0) return undefined;
  const id = (option: string) => Number(execFileSync('id', [option, name], { encoding: 'utf8' }));
  return { uid: id('-u'), gid: id('-g') };
}
