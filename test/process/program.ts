import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync } from 'node:fs';
import { chmod, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';
import { NODE_FLAGS } from '../../src/process/node-flags.js';

/** Signs the tokens of those processes that share a database by its URL. */
export const JWT_SECRET = 'known to these tests, and to no one else';

const root = new URL('../../', import.meta.url);

/** A program of ours in a process of its own. */
export interface Program {
  readonly process: ChildProcess;
  /** What it has said so far. */
  readonly said: { stdout: string; stderr: string };
  /** Waits until its standard output matches; fails where it ends without. */
  says(pattern: RegExp): Promise<RegExpExecArray>;
  readonly end: Promise<End>;
}

export interface End {
  readonly status: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

export interface RunOptions {
  /** All of its environment, but for the path; a server without SCRIP_HOME gets an empty one. */
  readonly env: Readonly<Record<string, string>>;
  /** Its working directory; without one, a place where no `.env` lies. */
  readonly directory?: string;
  /** Where the program is, as a path; without one, this checkout. */
  readonly checkout?: string;
  /** Whether its standard output is a terminal, by `script` of util-linux. */
  readonly terminal?: true;
  /** Whether a terminal is its standard output only, as under `docker run -t`. */
  readonly withoutInput?: true;
  /** A command that runs the program, given as its last arguments. */
  readonly wrapper?: readonly string[];
  /** The mode bits that files are made without, in octal. */
  readonly umask?: string;
  /** Its standard input, as bytes. */
  readonly input?: string | Uint8Array;
}

/** Runs `scrip`, to its end. */
export async function scrip(args: readonly string[], options: RunOptions): Promise<End> {
  return await run('dist/cli/main.js', args, options).end;
}

/** Runs what `npm start` runs, `scrip serve`, or `scrip` with arguments. It is killed should it outlive the test. */
export function startProcess(
  options: RunOptions,
  command: 'npm start' | 'scrip serve' | readonly string[] = 'npm start',
): Program {
  const home = mkdtempSync(join(tmpdir(), 'scrip-home-'));
  const all = { ...options, env: { SCRIP_HOME: home, ...options.env } };
  const program =
    command === 'npm start'
      ? run('dist/main.js', [], all, NODE_FLAGS)
      : run('dist/cli/main.js', command === 'scrip serve' ? ['serve'] : command, all);
  onTestFinished(async () => {
    program.process.kill('SIGKILL');
    await program.end;
    await rm(home, { recursive: true, force: true });
  });
  return program;
}

/** The address at which a started process serves. */
export async function addressOf(program: Program): Promise<string> {
  return (await program.says(/GraphiQL +(http:\S+)\/graphql/))[1] ?? '';
}

/** Makes an empty directory that every user may enter, gone when the test ends. */
export async function makeDirectory(): Promise<string> {
  const directory = await mkdtemp(join(tmpdir(), 'scrip-process-'));
  await chmod(directory, 0o755);
  onTestFinished(() => rm(directory, { recursive: true, force: true, maxRetries: 5 }));
  return directory;
}

/** As the scripts of package.json do it, so that what runs is never out of date. */
function run(file: string, args: readonly string[], options: RunOptions, flags: readonly string[] = []): Program {
  const {
    env,
    directory = tmpdir(),
    checkout = root.pathname,
    umask = '022',
    terminal,
    withoutInput,
    wrapper = [],
    input,
  } = options;
  const node = [
    ...wrapper,
    process.execPath,
    ...flags,
    '--import',
    join(checkout, 'tools/build.mjs'),
    join(checkout, file),
    ...args,
  ];
  const line = `${node.map((word) => `'${word}'`).join(' ')}${withoutInput ? ' < /dev/null' : ''}`;
  const command = terminal ? ['script', '-qefc', line, '/dev/null'] : node;
  const child = spawn('/bin/sh', ['-c', `umask ${umask}; exec "$@"`, 'sh', ...command], {
    cwd: directory,
    env: { PATH: process.env['PATH'], ...env },
    stdio: ['pipe', 'pipe', 'pipe'],
  });
  child.stdin.on('error', () => undefined); // it may end without having read it all
  child.stdin.end(input ?? '');
  const said = { stdout: '', stderr: '' };
  child.stdout.setEncoding('utf8').on('data', (text: string) => (said.stdout += text));
  child.stderr.setEncoding('utf8').on('data', (text: string) => (said.stderr += text));
  const end = once(child, 'close').then(([status]): End => ({ status, ...said }));
  return { process: child, said, end, says: (pattern) => says({ child, said, end, pattern }) };
}

interface Says extends Pick<Program, 'said' | 'end'> {
  readonly child: ChildProcess;
  readonly pattern: RegExp;
}

async function says({ child, said, end, pattern }: Says): Promise<RegExpExecArray> {
  const ended = end.then(() => true);
  for (;;) {
    const match = pattern.exec(said.stdout);
    if (match !== null) return match;
    const more = new Promise<false>((resolve) => child.stdout?.once('data', () => resolve(false)));
    if (!(await Promise.race([more, ended]))) continue;
    const how = `${child.exitCode ?? child.signalCode}`;
    throw new Error(`The process ended (${how}) without saying ${pattern}: ${said.stdout}${said.stderr}`);
  }
}
