import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { constants } from 'node:os';
import { fileURLToPath } from 'node:url';
import type { Command } from 'commander';
import { NODE_FLAGS } from '../process/node-flags.js';

/** `scrip serve`: the server, as `npm start` runs it. */
export function defineServe(program: Command): void {
  program.command('serve').description('run the server until SIGTERM or Ctrl-C').action(serve);
}

/**
 * Runs the server with the flags of `node` that it needs. It replaces this process where Node can (22.15 or newer, not on
 * Windows), and so keeps its id and receives its signals; otherwise it is a child process.
 */
async function serve(): Promise<void> {
  const args = [...process.execArgv, ...NODE_FLAGS, fileURLToPath(new URL('../main.js', import.meta.url))];
  if ('execve' in process && typeof process.execve === 'function' && process.platform !== 'win32')
    process.execve(process.execPath, [process.execPath, ...args], process.env);
  process.exitCode = await runChild(args);
}

/** Passes signals on, and returns the exit status. The server stops too when this process is killed: its channel closes. */
async function runChild(args: readonly string[]): Promise<number> {
  const child = spawn(process.execPath, args, { stdio: ['inherit', 'inherit', 'inherit', 'ipc'] });
  for (const signal of ['SIGTERM', 'SIGINT'] as const) {
    process.on(signal, () => {
      // On Windows `kill` would end the server at once, and the console sends Ctrl-C to both processes.
      if (process.platform !== 'win32') child.kill(signal);
    });
  }
  await once(child, 'exit');
  const { exitCode, signalCode } = child;
  return exitCode ?? 128 + (signalCode === null ? 0 : constants.signals[signalCode]);
}
