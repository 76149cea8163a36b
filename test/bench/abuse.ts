/**
 * What hostile requests cost: starts the server as `npm start` does, sends each of `test/http/hostile-requests.ts`, and
 * prints the size of the response and the processor time and the memory of the process, also per kilobyte sent: first
 * without a credential, then with a session, with an app token, and to a server that runs trusted documents alone. Linux only. By itself,
 * all or those with a word in their names: `npx tsx test/bench/abuse.ts [word]`.
 */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync, writeFileSync } from 'node:fs';
import { chmod, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { findFreePort } from '../../src/embedded-postgres/postmaster.js';
import { NODE_FLAGS } from '../../src/process/node-flags.js';
import { bodyOf, type HostileRequest } from '../http/hostile-request.js';
import {
  HOSTILE_REQUESTS,
  HOSTILE_SESSION_REQUESTS,
  HOSTILE_TOKEN_REQUESTS,
  HOSTILE_UNTRUSTED_REQUESTS,
  TRUSTED_DOCUMENT,
} from '../http/hostile-requests.js';
import { median } from './statistics.js';

const ROUNDS = 5;

/** The aims, for a request of 1 MB. */
const MAX_MS = 250;
const MAX_MIB = 100;

const PROGRAM = [...NODE_FLAGS, '--import', './tools/build.mjs', '--import', './tools/build-web.mjs', 'dist/main.js'];

if (process.argv[1] === fileURLToPath(import.meta.url)) await measureAbuse(process.argv[2]);

/** Prints a Markdown table. */
export async function measureAbuse(word = ''): Promise<void> {
  const named = (requests: readonly HostileRequest[]) => requests.filter(({ name }) => name.includes(word));
  const any = await startTarget();
  try {
    await printCosts('without a credential', named(HOSTILE_REQUESTS), any.target);
    const session = await withSession(any);
    await printCosts('with a session', named(HOSTILE_SESSION_REQUESTS), session);
    await printCosts('with an app token', named(HOSTILE_TOKEN_REQUESTS), await withToken(any.target, session));
  } finally {
    await any.stop();
  }
  const trusting = await startTarget(TRUSTED_DOCUMENT);
  try {
    await printCosts('with trusted documents', named(HOSTILE_UNTRUSTED_REQUESTS), trusting.target);
  } finally {
    await trusting.stop();
  }
}

async function printCosts(kind: string, requests: readonly HostileRequest[], target: Target): Promise<void> {
  if (requests.length === 0) return;
  for (let round = 0; round < 50; round++) await target.send('{"query":"{ __typename }"}'); // compilers warm up
  print([`hostile request ${kind}`, 'KB', 'response', 'KB', 'processor time', 'per KB', 'memory', 'per KB', '']);
  print(['---', '---:', '---', '---:', '---:', '---:', '---:', '---:', '---']);
  for (const request of requests) print([request.name, ...(await costOf(bodyOf(request), target))]);
  print([]);
}

/** Logs the first administrator in, who then writes 12 posts of 20,000 emoji. */
async function withSession({ target, home }: Started): Promise<Target> {
  const password = (await readFile(join(home, 'first-admin-password'), 'utf8')).trim();
  const { text } = await target.send(
    JSON.stringify({
      query: 'mutation ($input: CredentialsInput!) { logIn(input: $input) { accessToken } }',
      variables: { input: { username: 'admin', password } },
    }),
  );
  const authorization = `Bearer ${JSON.parse(text).data.logIn.accessToken}`;
  const send: Target['send'] = (body) => target.send(body, { authorization });
  const query = 'mutation ($body: String!) { createPost(input: { title: "t", body: $body }) { post { id } } }';
  for (let count = 0; count < 12; count++)
    await send(JSON.stringify({ query, variables: { body: '😀'.repeat(20_000) } }));
  return { ...target, send };
}

/** Issues an app token that may do all that the requests need. */
async function withToken(target: Target, session: Target): Promise<Target> {
  const query =
    'mutation { issueToken(input: { name: "abuse", scopes: [POINTS_ADD, POINTS_SPEND, POSTS_READ, USERS_READ] }) { secret } }';
  const { text } = await session.send(JSON.stringify({ query }));
  const authorization = `Bearer ${JSON.parse(text).data.issueToken.secret}`;
  return { ...target, send: (body) => target.send(body, { authorization }) };
}

interface Target {
  readonly pid: number;
  send(body: string, headers?: Readonly<Record<string, string>>): Promise<{ status: number; text: string }>;
}

interface Started {
  readonly target: Target;
  readonly home: string;
  stop(): Promise<void>;
}

/** @param trusted the only document that is run; undefined: any is. */
async function startTarget(trusted?: string): Promise<Started> {
  const home = await mkdtemp(join(tmpdir(), 'scrip-abuse-'));
  await chmod(home, 0o755); // as root, PostgreSQL runs as another user, who has to enter it
  const url = `http://127.0.0.1:${await findFreePort()}`;
  const file = `${home}.graphql`;
  if (trusted !== undefined) await writeFile(file, trusted);
  const server = spawn(process.execPath, PROGRAM, {
    env: {
      PATH: process.env['PATH'] ?? '',
      NODE_ENV: 'production',
      PORT: new URL(url).port,
      SCRIP_HOME: home,
      THROTTLE_REQUESTS_PER_MINUTE: '0',
      ...(trusted !== undefined && { TRUSTED_DOCUMENTS: file }),
    },
    stdio: ['ignore', 'ignore', 'inherit'],
  });
  const stop = async () => {
    if (server.exitCode === null) {
      server.kill('SIGTERM');
      await once(server, 'exit');
    }
    await rm(home, { recursive: true, force: true, maxRetries: 5 });
    await rm(file, { force: true });
  };
  while (!(await fetch(`${url}/readyz`).catch(() => undefined))?.ok) {
    if (server.pid === undefined || server.exitCode !== null) {
      await stop();
      throw new Error('The server does not start.');
    }
    await delay(100);
  }
  const send: Target['send'] = async (body, own = {}) => {
    const headers = { 'content-type': 'application/json', accept: 'application/graphql-response+json', ...own };
    const response = await fetch(`${url}/graphql`, { method: 'POST', headers, body });
    return { status: response.status, text: await response.text() };
  };
  return { target: { pid: Number(server.pid), send }, home, stop };
}

/** The median of the processor time, and the most memory above what the process held before. */
async function costOf(body: string, { pid, send }: Target): Promise<string[]> {
  const times: number[] = [];
  const memories: number[] = [];
  let response = { status: 0, text: '{}' };
  for (let round = 0; round < ROUNDS; round++) {
    await delay(50); // for the memory of the last request to be freed
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
    [response.status, codeIn(response.text)].join(' '),
    (Buffer.byteLength(response.text) / 1_000).toFixed(0),
    `${ms.toFixed(0)} ms`,
    `${((ms * 1_000) / kilobytes).toFixed(0)} µs`,
    `${mib.toFixed(0)} MiB`,
    `${((mib * 1_024) / kilobytes).toFixed(0)} KiB`,
    ms > MAX_MS || mib > MAX_MIB ? 'over the aim' : '',
  ];
}

function codeIn(text: string): string | undefined {
  const { errors = [] }: { errors?: { extensions: { code: string } }[] } = JSON.parse(text);
  return errors[0]?.extensions.code;
}

/** Of all threads, in steps of 10 ms. */
function processorMs(pid: number): number {
  // After the name, which may hold anything: fields 14 and 15, in hundredths of a second.
  const fields = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ').at(-1)?.split(' ') ?? [];
  return (Number(fields[11]) + Number(fields[12])) * 10;
}

function peakMiB(pid: number): number {
  return Number(/^VmHWM:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1]) / 1_024;
}

function print(cells: readonly string[]): void {
  process.stdout.write(`| ${cells.join(' | ')} |\n`);
}
