#!/usr/bin/env node
/**
 * The command `scrip`. Results go to standard output, messages to standard error. The exit status is 0; 1 where the command
 * failed or was refused; 2 where its arguments or its input cannot be used.
 */
import { CommanderError } from 'commander';
import { createProgram } from './program.js';

process.stdout.on('error', ignoreClosedPipe);
try {
  await createProgram().parseAsync();
} catch (error) {
  process.exitCode = await printError(error);
}

/** Prints one line that says what went wrong. Returns the exit status. */
async function printError(error: unknown): Promise<number> {
  if (error instanceof CommanderError && error.exitCode === 0) return 0; // help was asked for, and given
  if (isClosedPipe(error)) return 0;
  const [{ describeError }, { BadUserInput }] = await Promise.all([
    import('../describe-error.js'),
    import('../errors.js'),
  ]);
  process.stderr.write(`scrip: ${error instanceof CommanderError ? misuse(error) : describeError(error)}\n`);
  return error instanceof CommanderError || error instanceof BadUserInput ? 2 : 1;
}

function misuse({ code, message }: CommanderError): string {
  const args = ['scrip', ...process.argv.slice(2)].join(' ');
  if (code === 'commander.help') return `The command is incomplete; \`${args} --help\` lists what can follow.`;
  return message.replace(/^error: /, '').replace(/\s*\n\s*/g, ' ');
}

/** The reader of our output, such as `head`, may have read enough. */
function ignoreClosedPipe(error: Error): void {
  if (!isClosedPipe(error)) throw error;
}

function isClosedPipe(error: unknown): boolean {
  return error instanceof Error && 'code' in error && error.code === 'EPIPE';
}
