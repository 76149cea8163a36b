/**
 * What hostile requests cost: starts the server as `npm start` does, sends each of `test/http/hostile-requests.ts` without
 * a credential, and prints the processor time and the memory of the process, also per kilobyte sent. Linux only. By
 * itself, all or those with a word in their names: `npx tsx test/bench/abuse.ts [word]`.
 */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync, writeFileSync } from 'node:fs';
import { chmod, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { findFreePort } from '../../src/embedded-postgres/postmaster.js';
import { NODE_FLAGS } from '../../src/process/node-flags.js';
import { bodyOf, HOSTILE_REQUESTS } from '../http/hostile-requests.js';
import { median } from './statistics.js';

const ROUNDS = 5;

/** The aims, for a request of 1 MB. */
const MAX_MS = 250;
const MAX_MIB = 100;

const PROGRAM = [...NODE_FLAGS, '--import', './tools/build.mjs', '--import', './tools/build-web.mjs', 'dist/main.js'];

if (process.argv[1] === fileURLToPath(import.meta.url)) await measureAbuse(process.argv[2]);

/** Prints a Markdown table. */
export async function measureAbuse(word = ''): Promise<void> {
  const target = await startTarget();
  try {
    for (let round = 0; round < 50; round++) await target.send('{"query":"{ __typename }"}'); // compilers warm up
    print(['hostile request', 'KB', 'response', 'processor time', 'per KB', 'memory', 'per KB', '']);
    print(['---', '---:', '---', '---:', '---:', '---:', '---:', '---']);
    for (const request of HOSTILE_REQUESTS.filter(({ name }) => name.includes(word))) {
      print([request.name, ...(await costOf(bodyOf(request), target))]);
    }
  } finally {
    await target.stop();
  }
}

interface Target {
  readonly pid: number;
  /** Sends a body, and returns status and code of the response. */
  send(body: string): Promise<string>;
  stop(): Promise<void>;
}

async function startTarget(): Promise<Target> {
  const home = await mkdtemp(join(tmpdir(), 'scrip-abuse-'));
  await chmod(home, 0o755); // as root, PostgreSQL runs as another user, who has to enter it
  const url = `http://127.0.0.1:${await findFreePort()}`;
  const server = spawn(process.execPath, PROGRAM, {
    env: { PATH: process.env['PATH'] ?? '', NODE_ENV: 'production', PORT: new URL(url).port, SCRIP_HOME: home },
    stdio: ['ignore', 'ignore', 'inherit'],
  });
  const stop = async () => {
    if (server.exitCode === null) {
      server.kill('SIGTERM');
      await once(server, 'exit');
    }
    await rm(home, { recursive: true, force: true, maxRetries: 5 });
  };
  while (!(await fetch(`${url}/readyz`).catch(() => undefined))?.ok) {
    if (server.pid === undefined || server.exitCode !== null) {
      await stop();
      throw new Error('The server does not start.');
    }
    await delay(100);
  }
  return { pid: Number(server.pid), send: (body) => send(`${url}/graphql`, body), stop };
}

async function send(url: string, body: string): Promise<string> {
  const headers = { 'content-type': 'application/json', accept: 'application/graphql-response+json' };
  const response = await fetch(url, { method: 'POST', headers, body });
  const { errors = [] } = (await response.json()) as { errors?: { extensions: { code: string } }[] };
  return [response.status, errors[0]?.extensions.code].join(' ');
}

/** The median of the processor time, and the most memory above what the process held before. */
async function costOf(body: string, { pid, send }: Target): Promise<string[]> {
  const times: number[] = [];
  const memories: number[] = [];
  let response = '';
  for (let round = 0; round < ROUNDS; round++) {
    await delay(50); // for what the last one left behind
    writeFileSync(`/proc/${pid}/clear_refs`, '5'); // VmHWM begins again at what is held now
    const before = { ms: processorMs(pid), mib: peakMiB(pid) };
    response = await send(body);
    times.push(processorMs(pid) - before.ms);
    memories.push(peakMiB(pid) - before.mib);
  }
  const kilobytes = Buffer.byteLength(body) / 1_000;
  const [ms, mib] = [median(times), Math.max(...memories)];
  return [
    kilobytes.toFixed(0),
    response,
    `${ms.toFixed(0)} ms`,
    `${((ms * 1_000) / kilobytes).toFixed(0)} µs`,
    `${mib.toFixed(0)} MiB`,
    `${((mib * 1_024) / kilobytes).toFixed(0)} KiB`,
    ms > MAX_MS || mib > MAX_MIB ? 'over the aim' : '',
  ];
}

/** Of all threads, in steps of 10 ms. */
function processorMs(pid: number): number {
  // Behind the name, which may hold anything: fields 14 and 15, in hundredths of a second.
  const fields = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ').at(-1)?.split(' ') ?? [];
  return (Number(fields[11]) + Number(fields[12])) * 10;
}

function peakMiB(pid: number): number {
  return Number(/^VmHWM:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1]) / 1_024;
}

function print(cells: readonly string[]): void {
  process.stdout.write(`| ${cells.join(' | ')} |\n`);
}
