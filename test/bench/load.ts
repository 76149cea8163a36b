import { execFile, spawnSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import type Autocannon from 'autocannon';
import { KEY } from './operations.js';

/** Requests to send repeatedly over several connections, each of which waits for its response. */
export interface Load {
  readonly url: string;
  readonly requests: readonly Request[];
  readonly connections: number;
  readonly seconds: number;
}

export interface Request {
  readonly path: string;
  readonly secret: string;
  /** {@link KEY} in it stands for a new key each time. */
  readonly body: string;
}

/** What came of it. */
export interface Outcome {
  readonly requests: number;
  readonly seconds: number;
  readonly p50Ms: number;
  readonly p99Ms: number;
  /** Responses with another status than 2xx. */
  readonly denied: number;
  /** Requests without a response. */
  readonly failed: number;
}

/** What sends the requests: its name, for the record. */
export interface Generator {
  readonly name: string;
  send(load: Load): Promise<Outcome>;
}

/** wrk where it is installed: the processors are shared, and a generator in JavaScript takes several times as much of them. */
export async function findGenerator(): Promise<Generator> {
  const version = wrkVersion();
  if (version !== undefined) return { name: version, send: sendByWrk };
  const { default: autocannon } = await import('autocannon');
  return {
    name: 'autocannon (install wrk for less of the load on this machine)',
    send: (load) => sendByAutocannon(autocannon, load),
  };
}

function wrkVersion(): string | undefined {
  const { stdout } = spawnSync('wrk', ['-v'], { encoding: 'utf8' });
  return stdout == null ? undefined : /wrk [^\s[]+/.exec(stdout)?.[0]; // null where there is no such program
}

async function sendByWrk({ url, requests, connections, seconds }: Load): Promise<Outcome> {
  const folder = mkdtempSync(join(tmpdir(), 'scrip-bench-load-'));
  try {
    const file = join(folder, 'requests');
    writeFileSync(file, requests.map(({ path, secret, body }) => `${path} ${secret} ${body}\n`).join(''));
    const script = `${import.meta.dirname}/wrk.lua`;
    const args = [
      '-t',
      '1',
      '-c',
      String(connections),
      '-d',
      `${seconds}s`,
      '-s',
      script,
      url,
      '--',
      file,
      KEY,
      prefixOfKeys(),
    ];
    const { stdout } = await promisify(execFile)('wrk', args);
    return JSON.parse(stdout.trim().split('\n').at(-1) ?? '') as Outcome; // the last line is our script's
  } finally {
    rmSync(folder, { recursive: true });
  }
}

/** What begins the keys of one run of a generator, and no others: half of a key. */
export const prefixOfKeys = () => randomBytes(KEY.length / 4).toString('hex');

export const keyOf = (prefix: string, number: number) => prefix + String(number).padStart(KEY.length / 2, '0');

async function sendByAutocannon(
  autocannon: typeof Autocannon,
  { url, requests, connections, seconds }: Load,
): Promise<Outcome> {
  const prefix = prefixOfKeys();
  let keys = 0;
  const all = requests.map(({ path, secret, body }) => ({
    method: 'POST' as const,
    path,
    headers: { authorization: `Bearer ${secret}`, 'content-type': 'application/json' },
    body,
    ...(body.includes(KEY) && {
      setupRequest: (request: Autocannon.Request) => ({ ...request, body: body.replace(KEY, keyOf(prefix, ++keys)) }),
    }),
  }));
  let next = 0;
  const result = await autocannon({
    url,
    connections,
    duration: seconds,
    // Each connection begins somewhere else.
    setupClient: (client) => {
      const from = Math.floor((next++ / connections) * all.length);
      client.setRequests([...all.slice(from), ...all.slice(0, from)]);
    },
  });
  return {
    requests: result.requests.total,
    seconds: result.duration,
    p50Ms: result.latency.p50,
    p99Ms: result.latency.p99,
    denied: result.non2xx,
    failed: result.errors + result.timeouts,
  };
}
