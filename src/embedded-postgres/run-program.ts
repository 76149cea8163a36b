import { execFile, type SpawnOptions } from 'node:child_process';
import { promisify } from 'node:util';

/** An account of the operating system; PostgreSQL refuses to run as root. */
export interface User {
  name: string;
  uid: number;
  gid: number;
}

const execute = promisify(execFile);

/**
 * Runs a program to its end.
 *
 * @param options.user whom to run it as; undefined: as this process.
 * @throws an Error whose message is what the program complained of, in one line.
 */
export async function runProgram(
  file: string,
  args: string[],
  options: { user: User | undefined; signal?: AbortSignal },
): Promise<string> {
  const { user, signal } = options;
  try {
    return (await execute(file, args, { ...sealed(user), ...(signal && { signal }) })).stdout;
  } catch (error) {
    if (!(error instanceof Error)) throw error;
    throw new Error(complaintIn('stderr' in error ? String(error.stderr) : '') ?? error.message, { cause: error });
  }
}

/**
 * How every child is run: no variable of ours reaches it (a PGDATA or PGPORT would redirect it), its words are
 * English whatever locales exist, and its directory is one that every user may enter.
 */
export function sealed(user: User | undefined): Pick<SpawnOptions, 'cwd' | 'env' | 'uid' | 'gid'> {
  return { cwd: '/', env: { LC_ALL: 'C', TZ: 'UTC' }, ...(user && { uid: user.uid, gid: user.gid }) };
}

/** What a log or standard error gives as the cause: the first fault in it and PostgreSQL's hint, else its last line. */
export function complaintIn(text: string): string | undefined {
  const lines = text.split('\n').filter((line) => line.trim() !== '');
  const index = lines.findIndex((line) => /\b(error|ERROR|FATAL|PANIC)\b/.test(line));
  const hint = index < 0 ? undefined : lines.slice(index + 1, index + 3).find((line) => line.includes('HINT:'));
  const words = [lines.at(index), hint].flatMap(
    (line) => line?.replace(/^.* (?=(ERROR|FATAL|PANIC|HINT): )/, '') ?? [],
  );
  return words.join(' ') || undefined;
}
