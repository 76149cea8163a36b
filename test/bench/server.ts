import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, openSync, readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { findFreePort } from '../../src/embedded-postgres/postmaster.js';
import { HOT_USER, userId, usernameOf } from './data.js';
import type { Contender } from './line-up.js';
import { message, type Operation, operation } from './operations.js';

/** A contender in a process of its own. */
export interface Server {
  readonly contender: Contender;
  readonly url: string;
  /** From the start of the process to its first correct response. */
  readonly startMs: number;
  readonly process: ChildProcess;
  /** Sends an operation once. */
  ask(operation: Pick<Operation, 'query' | 'path'>, variables: object, secret: string): Promise<OperationResponse>;
  /** Memory of the process in MiB; known on Linux alone. */
  residentMiB(): number;
  stop(): Promise<void>;
}

export interface OperationResponse {
  readonly status: number;
  // biome-ignore lint/suspicious/noExplicitAny: the shape is whatever was asked for; a wrong guess fails the comparison.
  readonly data: any;
  readonly errors: readonly object[] | undefined;
}

export interface StartOptions {
  /** Variables of its environment, beside the port. */
  readonly env: Readonly<Record<string, string>>;
  /** A secret that may read users. */
  readonly secret: string;
  /** More options of `node`. */
  readonly nodeOptions?: readonly string[];
}

const START_SECONDS = 30;

/** Starts a contender. What it writes goes to a file, as that of a service does. */
export async function start(contender: Contender, { env, secret, nodeOptions = [] }: StartOptions): Promise<Server> {
  const port = await findFreePort();
  const log = join(tmpdir(), `scrip-bench-${contender.name}.log`);
  const output = openSync(log, 'w');
  const startedAt = performance.now();
  const child = spawn(process.execPath, [...contender.nodeOptions, ...nodeOptions, contender.program], {
    cwd: tmpdir(),
    env: {
      PATH: process.env['PATH'] ?? '',
      NODE_ENV: 'production',
      PORT: String(port),
      THROTTLE_REQUESTS_PER_MINUTE: '0', // all load comes from one address
      ...env,
    },
    stdio: ['ignore', output, output],
  });
  closeSync(output);
  const url = `http://127.0.0.1:${port}`;
  const ask = createAsk(contender, url);
  while (!(await respondsCorrectly(ask, secret))) {
    const isLate = performance.now() - startedAt > START_SECONDS * 1_000;
    if (isLate || child.exitCode !== null) {
      child.kill('SIGKILL');
      throw new Error(`${contender.title} does not start: ${readFileSync(log, 'utf8').slice(-2_000)}`);
    }
    await delay(5);
  }
  const startMs = performance.now() - startedAt;
  return {
    contender,
    url,
    startMs,
    process: child,
    ask,
    residentMiB: () => Number(/^VmRSS:\s+(\d+) kB$/m.exec(proc(child, 'status'))?.[1] ?? Number.NaN) / 1_024,
    stop: async () => {
      if (child.exitCode !== null || child.signalCode !== null) return;
      child.kill('SIGTERM');
      await once(child, 'exit');
    },
  };
}

function createAsk(contender: Contender, url: string): Server['ask'] {
  return async (asked, variables, secret) => {
    const { path, body } = message(contender, asked, variables);
    const response = await fetch(url + path, {
      method: 'POST',
      headers: { 'content-type': 'application/json', authorization: `Bearer ${secret}` },
      body,
    });
    const { data, errors } = (await response.json()) as Omit<OperationResponse, 'status'>;
    return { status: response.status, data, errors };
  };
}

async function respondsCorrectly(ask: Server['ask'], secret: string): Promise<boolean> {
  const response = await ask(operation('user'), { by: { username: usernameOf(HOT_USER) } }, secret).catch(
    () => undefined,
  );
  return response?.data?.user?.id === userId(HOT_USER);
}

function proc({ pid }: ChildProcess, file: string): string {
  try {
    return readFileSync(`/proc/${pid}/${file}`, 'utf8');
  } catch {
    return '';
  }
}
