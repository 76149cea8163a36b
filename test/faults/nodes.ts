import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { setTimeout as delay } from 'node:timers/promises';
import { openWire, type Wire } from './wire.js';

const root = new URL('../../', import.meta.url);

/** A server in a process of its own, which is started again whenever it dies. */
export interface Node {
  readonly url: string;
  readonly wire: Wire;
  /** How often it ended without having been killed from here: must be never. */
  readonly crashes: number;
  /** How often the tables refused a change of points, or it failed for another one: must be never, since the functions see to that. */
  readonly conflicts: number;
  signal(signal: 'SIGKILL' | 'SIGSTOP' | 'SIGCONT'): void;
  /** Resolves when `/readyz` has status 200; false: not within this time, by default 15 s. */
  untilReady(withinMs?: number): Promise<boolean>;
  stop(): Promise<void>;
}

/** The secret of all processes. */
const SECRET = 'a secret that only these runs use, and nothing else';

/**
 * @param settings are added to the node's own.
 * @param program a path; unless given, what was built.
 */
export async function startNode(
  databaseUrl: string,
  port: number,
  settings: Readonly<Record<string, string>> = {},
  program = new URL('dist/main.js', root).pathname,
): Promise<Node> {
  const wire = await openWire(databaseUrl);
  const env = {
    ...environment(wire.url),
    PORT: String(port),
    DATABASE_POOL: '4',
    LOG_LEVEL: 'warn',
    LIMIT_ROOT_FIELDS: '1000',
    THROTTLE_REQUESTS_PER_MINUTE: '0', // all load comes from one address
    THROTTLE_SIGNUPS_PER_HOUR: '0',
    ...settings,
  };
  const url = `http://127.0.0.1:${port}`;
  let child: ChildProcess;
  let isStopping = false;
  let isKilled = false;
  let crashes = 0;
  let conflicts = 0;
  const start = () => {
    isKilled = false;
    const started = spawn(process.execPath, [program], {
      cwd: tmpdir(),
      env,
      stdio: ['ignore', 'pipe', 'ignore'],
    });
    createInterface(started.stdout).on('line', (line) => {
      if (CONFLICT.test(line)) conflicts++;
    });
    child = started;
    child.once('exit', () => {
      if (isStopping) return;
      if (!isKilled) crashes++;
      setTimeout(() => isStopping || start(), 100);
    });
  };
  start();
  return {
    url,
    wire,
    get crashes() {
      return crashes;
    },
    get conflicts() {
      return conflicts;
    },
    signal: (signal) => {
      if (signal === 'SIGKILL') isKilled = true;
      child.kill(signal);
    },
    untilReady: (withinMs = 15_000) => untilReady(url, withinMs),
    stop: async () => {
      isStopping = true;
      if (child.exitCode === null && child.signalCode === null) {
        child.kill('SIGKILL');
        await once(child, 'exit');
      }
      wire.close();
    },
  };
}

/** A violated key or check, a deadlock, a serialization failure: as a node logs that a statement of the ledger failed. */
const CONFLICT = /"event":"ledger_statement_failed".*"sqlState":"(23505|23514|40P01|40001)"/;

/** Runs `scrip`. Returns its exit status and its output. */
export async function scrip(databaseUrl: string, args: readonly string[]): Promise<{ status: number; stdout: string }> {
  const child = spawn(process.execPath, [new URL('dist/cli/main.js', root).pathname, ...args], {
    cwd: tmpdir(),
    env: environment(databaseUrl),
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  let stdout = '';
  child.stdout.setEncoding('utf8').on('data', (text: string) => (stdout += text));
  const end = () => child.kill('SIGKILL');
  process.once('exit', end);
  const [status] = await once(child, 'close');
  process.off('exit', end);
  return { status: Number(status), stdout };
}

/** Keeps the first administrator's password, which these runs do not need. */
const HOME = join(tmpdir(), `scrip-faults-${process.pid}`);
process.once('exit', () => rmSync(HOME, { recursive: true, force: true }));

function environment(databaseUrl: string) {
  return { SCRIP_HOME: HOME, PATH: process.env['PATH'] ?? '', JWT_SECRET: SECRET, DATABASE_URL: databaseUrl };
}

async function untilReady(url: string, withinMs: number): Promise<boolean> {
  const deadline = Date.now() + withinMs;
  while (Date.now() < deadline) {
    const response = await fetch(`${url}/readyz`, { signal: AbortSignal.timeout(3_000) }).catch(() => undefined);
    if (response?.ok === true) return true;
    await delay(100);
  }
  return false;
}
