/**
 * What hostile requests cost: starts the server as `npm start` does, sends each of `test/http/hostile-requests.ts` without
 * a credential, and prints the processor time and the memory of the process, also per kilobyte sent. Linux only.
 *
 *     npx tsx test/bench/abuse.ts [part of a name]
 */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync, writeFileSync } from 'node:fs';
import { chmod, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { findFreePort } from '../../src/database/embedded/postmaster.js';
import { bodyOf, HOSTILE_REQUESTS } from '../http/hostile-requests.js';
import { median } from './statistics.js';

const ROUNDS = 5;
const MAX_MS = 250;
const MAX_MIB = 100;

/** Bytes of a response that are kept to be shown. */
interface Cost {
  readonly ms: number;
  /** Above what the process held before. */
  readonly mib: number;
  readonly answer: string;
}

const home = await mkdtemp(join(tmpdir(), 'scrip-abuse-'));
await chmod(home, 0o755); // as root, PostgreSQL runs as another user, who has to enter it
const port = await findFreePort();
const server = spawn(
  process.execPath,
  ['--max-semi-space-size=32', '--import', './src/build.mjs', '--import', './src/web/build.mjs', 'dist/main.js'],
  {
    env: { PATH: process.env['PATH'] ?? '', NODE_ENV: 'production', PORT: String(port), SCRIP_HOME: home },
    stdio: ['ignore', 'ignore', 'inherit'],
  },
);
try {
  await untilReady();
  for (let round = 0; round < 50; round++) await send('{"query":"{ __typename }"}');
  print(['hostile request', 'KB', 'answer', 'processor time', 'per KB', 'memory', 'per KB', '']);
  print(['---', '---:', '---', '---:', '---:', '---:', '---:', '---']);
  const [wanted = ''] = process.argv.slice(2);
  for (const request of HOSTILE_REQUESTS.filter(({ name }) => name.includes(wanted))) {
    const body = bodyOf(request);
    const kilobytes = Buffer.byteLength(body) / 1_000;
    const costs: Cost[] = [];
    for (let round = 0; round < ROUNDS; round++) costs.push(await measure(body));
    const ms = median(costs.map((cost) => cost.ms));
    const mib = Math.max(...costs.map((cost) => cost.mib));
    print([
      request.name,
      kilobytes.toFixed(0),
      costs[0]?.answer ?? '',
      `${ms.toFixed(0)} ms`,
      `${((ms * 1_000) / kilobytes).toFixed(0)} µs`,
      `${mib.toFixed(0)} MiB`,
      `${((mib * 1_024) / kilobytes).toFixed(0)} KiB`,
      ms > MAX_MS || mib > MAX_MIB ? 'over' : '',
    ]);
  }
} finally {
  if (server.exitCode === null) {
    server.kill('SIGTERM');
    await once(server, 'exit');
  }
  await rm(home, { recursive: true, force: true, maxRetries: 5 });
}

async function measure(body: string): Promise<Cost> {
  await delay(50); // for what the last one left behind
  writeFileSync(`/proc/${server.pid}/clear_refs`, '5'); // VmHWM begins again at what is held now
  const before = { ms: processorMs(server), mib: peakMiB(server) };
  const answer = await send(body);
  return { answer, ms: processorMs(server) - before.ms, mib: peakMiB(server) - before.mib };
}

async function send(body: string): Promise<string> {
  const response = await fetch(`http://127.0.0.1:${port}/graphql`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', accept: 'application/graphql-response+json' },
    body,
  });
  const { errors = [] } = (await response.json()) as { errors?: { extensions: { code: string } }[] };
  return `${response.status} ${errors[0]?.extensions.code ?? ''}`;
}

async function untilReady(): Promise<void> {
  for (;;) {
    if (server.exitCode !== null) throw new Error('The server does not start.');
    const response = await fetch(`http://127.0.0.1:${port}/readyz`).catch(() => undefined);
    if (response?.ok) return;
    await delay(100);
  }
}

/** Of all threads, in steps of 10 ms. */
function processorMs({ pid }: ChildProcess): number {
  // Behind the name, which may hold anything: fields 14 and 15, in hundredths of a second.
  const fields = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ').at(-1)?.split(' ') ?? [];
  return (Number(fields[11]) + Number(fields[12])) * 10;
}

function peakMiB({ pid }: ChildProcess): number {
  return Number(/^VmHWM:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1]) / 1_024;
}

function print(cells: readonly string[]): void {
  process.stdout.write(`| ${cells.join(' | ')} |\n`);
}
