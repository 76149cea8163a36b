/**
 * A place of its own for the lab: a network in which the addresses of the files in deploy/ can be used, and processes that all
 * end with it.
 */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** Names the folder of the run, and tells the program inside that it is there. */
const INSIDE = 'SCRIP_HA_DIRECTORY';

export type Sandbox = { readonly status: number } | { readonly directory: string };

/**
 * Runs this program again in namespaces of its own, unless it is there already.
 *
 * @returns its status; inside, a folder that is removed in the end.
 */
export async function enterSandbox(args: readonly string[]): Promise<Sandbox> {
  const given = process.env[INSIDE];
  if (given !== undefined) return { directory: given };
  const directory = mkdtempSync(join(tmpdir(), 'scrip-ha-'));
  chmodSync(directory, 0o755); // PostgreSQL runs as another user
  const asUser = process.getuid?.() === 0 ? [] : ['--user', '--map-current-user', '--keep-caps'];
  const program = [process.execPath, ...process.execArgv, ...args];
  // The shell reaps processes whose parents have ended; Patroni takes a zombie for a running server.
  const shell = ['sh', '-c', '"$@"; exit $?', 'sh', ...program];
  const child = spawn(
    'unshare',
    [...asUser, '--net', '--mount', '--pid', '--fork', '--kill-child', '--mount-proc', ...shell],
    { stdio: 'inherit', env: { ...process.env, [INSIDE]: directory } },
  );
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, () => child.kill('SIGKILL'));
  const [status] = await once(child, 'exit');
  rmSync(directory, { recursive: true, force: true, maxRetries: 5 });
  return { status: Number(status ?? 1) };
}
