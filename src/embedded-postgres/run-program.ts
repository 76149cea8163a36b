import { type ChildProcess, execFile, type SpawnOptions } from 'node:child_process';
import { once } from 'node:events';
import { promisify } from 'node:util';

/** An account of the operating system; PostgreSQL refuses to run as root. */
export interface User {
  name: string;
  uid: number;
  gid: number;
}

const execute = promisify(execFile);

/**
 * Runs a program to its end, also when `options.signal` asks it to stop.
 *
 * @param options.user the user to run it as; undefined: that of this process.
 * @param options.input its standard input; nothing unless given.
 * @throws an Error with the program's error message in one line.
 */
export async function runProgram(
  file: string,
  args: string[],
  options: { user: User | undefined; signal?: AbortSignal; input?: string },
): Promise<string> {
  const { user, signal, input } = options;
  const running = execute(file, args, { ...isolated(user), ...(signal && { signal }) });
  try {
    if (input !== undefined) running.child.stdin?.on('error', () => undefined).end(input); // it may end without having read it
    return (await running).stdout;
  } catch (error) {
    if (signal?.aborted) await end(running.child);
    if (!(error instanceof Error)) throw error;
    throw new Error(causeIn('stderr' in error ? String(error.stderr) : '') ?? error.message, { cause: error });
  }
}

/** After this time a program that was asked to stop is killed. */
const STOP_MS = 5_000;

/** Waits until a program that was asked to stop has ended: until then it may write files. */
async function end(child: ChildProcess): Promise<void> {
  if (child.pid === undefined || child.exitCode !== null || child.signalCode !== null) return;
  const timer = setTimeout(() => child.kill('SIGKILL'), STOP_MS);
  await once(child, 'exit');
  clearTimeout(timer);
}

/**
 * The options of every child process: it gets no variable of this process (PGDATA or PGPORT would redirect it), its
 * messages are English whatever locales exist, and every user may enter its directory.
 */
export function isolated(user: User | undefined): Pick<SpawnOptions, 'cwd' | 'env' | 'uid' | 'gid'> {
  return { cwd: '/', env: { LC_ALL: 'C', TZ: 'UTC' }, ...(user && { uid: user.uid, gid: user.gid }) };
}

/** What the processes of a killed postmaster write to the log that the next one uses, when they notice. */
const LEFT_BEHIND = /terminating connection due to unexpected postmaster exit$/;

/** The cause in a log or standard error: the first error and PostgreSQL's hint, else the last line. */
export function causeIn(text: string): string | undefined {
  const lines = text.split('\n').filter((line) => line.trim() !== '' && !LEFT_BEHIND.test(line));
  const index = lines.findIndex((line) => /\b(error|ERROR|FATAL|PANIC)\b/.test(line));
  const hint = index < 0 ? undefined : lines.slice(index + 1, index + 3).find((line) => line.includes('HINT:'));
  const cause = [lines.at(index), hint].flatMap(
    (line) => line?.replace(/^.* (?=(ERROR|FATAL|PANIC|HINT): )/, '') ?? [],
  );
  return cause.join(' ') || undefined;
}
