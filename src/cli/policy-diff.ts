import type { Command } from 'commander';
import type { DocumentNode } from 'graphql';
import type { PolicyDifference } from '../policy/policy.js';
import { parseSourceFile, readSourceFile, type SourceFile } from './source-file.js';

/** `scrip policy diff`: what a change of the schema does to the policy. Ends with 1 where anything became looser. */
export function definePolicyDiff(policy: Command): void {
  policy
    .command('diff')
    .description('print which requirements became looser or tighter; exit with 1 if any became looser')
    .argument('<old>', 'a schema, as `scrip schema print` prints it', readSourceFile)
    .argument('<new>', 'another', readSourceFile)
    .action(printDifference);
}

async function printDifference(old: SourceFile, young: SourceFile): Promise<void> {
  const [{ buildASTSchema }, { diffPolicies }, { scopeLabel }] = await Promise.all([
    import('graphql'),
    import('../policy/policy.js'),
    import('../auth/scope.js'),
  ]);
  const [before, after] = await Promise.all([parseSchema(old), parseSchema(young)]);
  const { looser, tighter } = diffPolicies({
    before: buildASTSchema(before),
    after: buildASTSchema(after),
    scopeLabel,
  });
  for (const change of looser) process.stdout.write(sentence('looser', change));
  for (const change of tighter) process.stdout.write(sentence('tighter', change));
  if (looser.length > 0) process.exitCode = 1;
}

/** Without a definition everything would count as removed. */
async function parseSchema(file: SourceFile): Promise<DocumentNode> {
  const document = await parseSourceFile(file);
  if (document.definitions.length === 0) throw new Error(`${file.name} holds no type definition.`);
  return document;
}

function sentence(kind: string, { coordinate, before, after }: PolicyDifference['looser'][number]): string {
  return `${kind}  ${coordinate}: ${before} -> ${after}\n`;
}
