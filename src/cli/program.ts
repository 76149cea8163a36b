/** The commands of `scrip`. docs/reference/command-line.md is generated from their descriptions (`npm run codegen`). */
import { Command } from 'commander';
import { codeVersion } from '../version.js';
import { defineBackup } from './backup.js';
import { defineCapture } from './capture.js';
import { defineDoctor } from './doctor.js';
import { defineHelp } from './help.js';
import { defineHold } from './hold.js';
import { defineLedgerExplain } from './ledger-explain.js';
import { defineLedgerExport } from './ledger-export.js';
import { defineLedgerImport } from './ledger-import.js';
import { defineLedgerStatement } from './ledger-statement.js';
import { defineLedgerVerify } from './ledger-verify.js';
import { defineListen } from './listen.js';
import { defineMigrate } from './migrate.js';
import { definePolicyDiff } from './policy-diff.js';
import { definePolicyMatrix } from './policy-matrix.js';
import { defineRelease } from './release.js';
import { defineRestore } from './restore.js';
import { defineSchemaPrint } from './schema-print.js';
import { defineScopes } from './scopes.js';
import { defineServe } from './serve.js';
import { defineTokenIssue } from './token-issue.js';
import { defineTokenList } from './token-list.js';
import { defineTokenPause, defineTokenResume } from './token-pause.js';
import { defineTokenRevoke } from './token-revoke.js';
import { defineTokenScan } from './token-scan.js';
import { defineTokenShow } from './token-show.js';
import { defineTransfer } from './transfer.js';
import { defineUserCreate } from './user-create.js';
import { defineUserLink } from './user-link.js';
import { defineUserRename } from './user-rename.js';
import { defineUserSetPassword } from './user-set-password.js';
import { defineUserUnlink } from './user-unlink.js';
import { defineWebhookCreate } from './webhook-create.js';
import { defineWebhookDelete } from './webhook-delete.js';
import { defineWebhookList } from './webhook-list.js';
import { defineWebhookPause, defineWebhookResume } from './webhook-pause.js';
import { defineWebhookRedeliver } from './webhook-redeliver.js';
import { defineWebhookRotateKey } from './webhook-rotate-key.js';
import { defineWebhookTest } from './webhook-test.js';

/** Makes the command `scrip`. Each command loads what it needs when it runs, so that help appears at once. */
export function createProgram(): Command {
  const program = new Command('scrip')
    .description('A points service that you can hand out keys to.')
    .version(codeVersion, '-V, --version', 'print the version')
    .exitOverride()
    .configureOutput({ writeErr: () => {} }); // what is wrong is said once, below
  defineServe(program);
  defineMigrate(program);
  defineDoctor(program);
  const user = program.command('user').description('create, rename and link users, and set their passwords');
  defineUserCreate(user);
  defineUserRename(user);
  defineUserSetPassword(user);
  defineUserLink(user);
  defineUserUnlink(user);
  const token = program
    .command('token')
    .description('issue, list, pause, revoke and find the tokens of trusted applications');
  defineTokenIssue(token);
  defineTokenList(token);
  defineTokenShow(token);
  defineTokenPause(token);
  defineTokenResume(token);
  defineTokenRevoke(token);
  defineTokenScan(token);
  defineHold(program);
  defineCapture(program);
  defineRelease(program);
  defineTransfer(program);
  const ledger = program.command('ledger').description('prove the ledger, read it and add to it from files');
  defineLedgerVerify(ledger);
  defineLedgerExplain(ledger);
  defineLedgerStatement(ledger);
  defineLedgerImport(ledger);
  defineLedgerExport(ledger);
  const webhook = program.command('webhook').description('make, list, pause, test and delete webhooks');
  defineWebhookCreate(webhook);
  defineWebhookList(webhook);
  defineWebhookPause(webhook);
  defineWebhookResume(webhook);
  defineWebhookTest(webhook);
  defineWebhookRedeliver(webhook);
  defineWebhookRotateKey(webhook);
  defineWebhookDelete(webhook);
  defineListen(program);
  defineBackup(program);
  defineRestore(program);
  const schema = program.command('schema').description('print the GraphQL schema');
  defineSchemaPrint(schema);
  defineScopes(program);
  const policy = program.command('policy').description('print the policy that guards the schema, and compare two');
  definePolicyMatrix(policy);
  definePolicyDiff(policy);
  defineHelp(program);
  return program;
}
