#!/usr/bin/env node
/**
 * The command `scrip`. What a command answers goes to standard output, words to standard error. It ends with 0; with 1
 * where it was refused; with 2 where it was called in a way that it does not know.
 */
import { CommanderError } from 'commander';
import { createProgram } from './program.js';

process.stdout.on('error', ignoreClosedPipe);
try {
  await createProgram().parseAsync();
} catch (error) {
  process.exitCode = await explain(error);
}

/** Says in one line what went wrong, and gives the exit status. */
async function explain(error: unknown): Promise<number> {
  if (error instanceof CommanderError && error.exitCode === 0) return 0; // help was asked for, and given
  if (isClosedPipe(error)) return 0;
  const [{ complaint }, { BadUserInput }] = await Promise.all([import('../describe-error.js'), import('../errors.js')]);
  process.stderr.write(`scrip: ${error instanceof CommanderError ? misuse(error) : complaint(error)}\n`);
  return error instanceof CommanderError || error instanceof BadUserInput ? 2 : 1;
}

function misuse({ code, message }: CommanderError): string {
  const args = ['scrip', ...process.argv.slice(2)].join(' ');
  if (code === 'commander.help') return `The command is incomplete; \`${args} --help\` lists how it can go on.`;
  return message.replace(/^error: /, '').replace(/\s*\n\s*/g, ' ');
}

/** Whoever read our output, such as `head`, may have read enough. */
function ignoreClosedPipe(error: Error): void {
  if (!isClosedPipe(error)) throw error;
}

function isClosedPipe(error: unknown): boolean {
  return error instanceof Error && 'code' in error && error.code === 'EPIPE';
}
