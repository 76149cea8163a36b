/** The network of the lab: a bridge, and machines at it that can be cut off. A machine has its own mounts, too. */
import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { readdirSync, readFileSync, readlinkSync } from 'node:fs';
import { setTimeout as delay } from 'node:timers/promises';

export interface Machine {
  readonly address: string;
  /** Runs a program there; as another user, if the lab is run by root. */
  start(program: readonly string[], options: ProgramOptions): ChildProcess;
  /** Runs a command there, as the user who runs the lab. */
  command(...command: string[]): void;
  /** Signals the processes whose name begins with one of these; empty: all of them. Returns how many. */
  signal(signal: NodeJS.Signals, names?: readonly string[]): number;
  /** Loses every packet from and to it. */
  cut(): void;
  /** Loses every packet that it sends to these addresses. */
  cutFrom(addresses: readonly string[]): void;
  mend(): void;
  /** Ends every process there, and takes the machine from the bridge. */
  remove(): void;
}

export interface ProgramOptions {
  readonly log: number;
  readonly env?: Readonly<Record<string, string>>;
  readonly account?: { readonly uid: number; readonly gid: number } | undefined;
}

const BRIDGE = 'lab0';

/** No interface has it, so that the bridge loses what is sent to it. */
const NOWHERE = '02:00:00:00:de:ad';

/** @param addresses are those of this machine. */
export function openBridge(addresses: readonly string[]): void {
  ip('link', 'set', 'lo', 'up');
  ip('link', 'add', BRIDGE, 'type', 'bridge');
  for (const address of addresses) ip('address', 'add', `${address}/24`, 'dev', BRIDGE);
  ip('link', 'set', BRIDGE, 'up');
}

export function closeBridge(): void {
  ip('link', 'delete', BRIDGE);
}

export async function addMachine(name: string, address: string): Promise<Machine> {
  // Its namespaces last as long as this process does.
  const holder = spawn('unshare', ['--net', '--mount', 'sleep', 'infinity'], { stdio: 'ignore' });
  const { pid } = holder;
  if (pid === undefined) throw new Error('A machine of the lab does not start.');
  const ours = namespaceOf('self');
  for (let waits = 0; namespaceOf(pid) === ours; waits++) {
    if (waits > 200) throw new Error('A machine of the lab has no network of its own.');
    await delay(10);
  }
  const enter = ['--target', String(pid), '--net', '--mount'];
  const command = (...words: string[]) => {
    execFileSync('nsenter', [...enter, ...words], { stdio: ['ignore', 'ignore', 'pipe'] });
  };
  const port = `v-${name}`;
  ip('link', 'add', port, 'type', 'veth', 'peer', 'name', 'eth0', 'netns', String(pid));
  ip('link', 'set', port, 'master', BRIDGE, 'up');
  command('ip', 'link', 'set', 'lo', 'up');
  command('ip', 'address', 'add', `${address}/24`, 'dev', 'eth0');
  command('ip', 'link', 'set', 'eth0', 'up');
  let lost: readonly string[] = [];
  return {
    address,
    start: (program, { log, env, account }) => {
      const as = account === undefined ? [] : ['--setuid', String(account.uid), '--setgid', String(account.gid)];
      return spawn('nsenter', [...enter, ...as, ...program], {
        cwd: '/',
        env: { PATH: '/usr/bin:/bin', LC_ALL: 'C.UTF-8', ...env },
        stdio: ['ignore', log, log],
      });
    },
    command,
    signal: (signal, names = ['']) => {
      const there = processesOf(namespaceOf(pid)).filter((each) => each.pid !== pid);
      const named = there.filter((each) => names.some((name) => each.name.startsWith(name)));
      for (const each of named) signalIfAlive(each.pid, signal);
      return named.length;
    },
    cut: () => ip('link', 'set', port, 'nomaster'),
    cutFrom: (addresses) => {
      lost = addresses;
      for (const each of addresses) {
        command('ip', 'neigh', 'replace', each, 'lladdr', NOWHERE, 'nud', 'permanent', 'dev', 'eth0');
      }
    },
    mend: () => {
      ip('link', 'set', port, 'master', BRIDGE);
      for (const each of lost) command('ip', 'neigh', 'del', each, 'dev', 'eth0');
      lost = [];
    },
    remove: () => {
      ip('link', 'delete', port);
      for (const each of processesOf(namespaceOf(pid))) signalIfAlive(each.pid, 'SIGKILL');
    },
  };
}

function ip(...words: string[]): void {
  execFileSync('ip', words, { stdio: ['ignore', 'ignore', 'pipe'] });
}

/** undefined: the process is gone. */
function namespaceOf(pid: number | 'self'): string | undefined {
  try {
    return readlinkSync(`/proc/${pid}/ns/net`);
  } catch {
    return undefined;
  }
}

function processesOf(namespace: string | undefined): { pid: number; name: string }[] {
  const pids = readdirSync('/proc').flatMap((name) => (/^\d+$/.test(name) ? [Number(name)] : []));
  return pids.flatMap((pid) => {
    if (namespaceOf(pid) !== namespace) return [];
    try {
      return [{ pid, name: readFileSync(`/proc/${pid}/comm`, 'utf8').trim() }];
    } catch {
      return []; // it has just ended
    }
  });
}

function signalIfAlive(pid: number, signal: NodeJS.Signals): void {
  try {
    process.kill(pid, signal);
  } catch {
    // It has just ended.
  }
}
