#!/usr/bin/env node
/**
 * The command `scrip`. What a command answers goes to standard output, words to standard error. It ends with 0; with 1
 * where it was refused; with 2 where it was called in a way that it does not know.
 */
import { Command, CommanderError } from 'commander';
import { defineLedgerExplain } from './ledger-explain.js';
import { defineLedgerExport } from './ledger-export.js';
import { defineLedgerImport } from './ledger-import.js';
import { defineLedgerVerify } from './ledger-verify.js';
import { defineMigrate } from './migrate.js';
import { definePolicyDiff } from './policy-diff.js';
import { definePolicyMatrix } from './policy-matrix.js';
import { defineSchemaPrint } from './schema-print.js';
import { defineScopes } from './scopes.js';
import { defineServe } from './serve.js';
import { defineTokenIssue } from './token-issue.js';
import { defineTokenList } from './token-list.js';
import { defineTokenRevoke } from './token-revoke.js';
import { defineTokenScan } from './token-scan.js';
import { defineUserCreate } from './user-create.js';
import { defineUserRename } from './user-rename.js';
import { defineUserSetPassword } from './user-set-password.js';

process.stdout.on('error', ignoreClosedPipe);
try {
  await createProgram().parseAsync();
} catch (error) {
  process.exitCode = await explain(error);
}

/** Commands load what they need when they run, so that help appears at once. */
function createProgram(): Command {
  const program = new Command('scrip')
    .description('A points service that you can hand out keys to.')
    .exitOverride()
    .configureOutput({ writeErr: () => {} }); // what is wrong is said once, below
  defineServe(program);
  defineMigrate(program);
  const user = program.command('user').description('create and rename users, and set their passwords');
  defineUserCreate(user);
  defineUserRename(user);
  defineUserSetPassword(user);
  const token = program.command('token').description('issue, list, revoke and find the tokens of trusted applications');
  defineTokenIssue(token);
  defineTokenList(token);
  defineTokenRevoke(token);
  defineTokenScan(token);
  const ledger = program.command('ledger').description('prove the ledger, read it and add to it from files');
  defineLedgerVerify(ledger);
  defineLedgerExplain(ledger);
  defineLedgerImport(ledger);
  defineLedgerExport(ledger);
  const schema = program.command('schema').description('print the GraphQL schema');
  defineSchemaPrint(schema);
  defineScopes(program);
  const policy = program.command('policy').description('print the policy that guards the schema, and compare two');
  definePolicyMatrix(policy);
  definePolicyDiff(policy);
  return program;
}

/** Says in one line what went wrong, and gives the exit status. */
async function explain(error: unknown): Promise<number> {
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
