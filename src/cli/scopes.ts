import type { Command } from 'commander';
import { addSourceFiles, readOperations } from './read-operations.js';
import type { SourceFile } from './source-file.js';

/** `scrip scopes`: what a client's token must hold for the operations that the client sends. */
export function defineScopes(program: Command): void {
  program
    .command('scopes')
    .description('print the scopes that an app token needs for the operations in files, one a line')
    .argument(
      '<files...>',
      'GraphQL documents, or folders with .graphql and .gql files; each may use the fragments of the others',
      addSourceFiles,
    )
    .option('--json', 'by operation and schema coordinate, too')
    .action(printScopes);
}

async function printScopes(files: readonly SourceFile[], { json }: { readonly json?: true }): Promise<void> {
  const [
    { pino },
    { buildSchema },
    { createPolicy },
    { parseConfig },
    { withinStack },
    { sufficientScopes },
    { scopeLabel },
  ] = await Promise.all([
    import('pino'),
    import('../graphql/build-schema.js'),
    import('../graphql/policy.js'),
    import('../config.js'),
    import('../graphql/stack-overflow.js'),
    import('../graphql/describe-document.js'),
    import('../auth/scope.js'),
  ]);
  const policy = createPolicy(buildSchema(), { limits: parseConfig({}).limits, log: pino({ level: 'silent' }) });
  const operations = (await readOperations(files, policy.schema)).map(({ file, name = null, document }) => {
    const required = withinStack(file, () => policy.requiredScopes(document, name));
    const { scopes = [], anyScopes = [], fields = [] } = required ?? {};
    return { file, name, scopes, anyScopes, fields };
  });
  const scopes = sufficientScopes(operations, () => false).map(scopeLabel);
  const label = <Item extends Choice>(item: Item) => ({
    ...item,
    scopes: item.scopes.map(scopeLabel),
    anyScopes: item.anyScopes.map((some) => some.map(scopeLabel)),
  });
  const labelled = operations.map(({ fields, ...rest }) => ({ ...label(rest), fields: fields.map(label) }));
  if (json) process.stdout.write(`${JSON.stringify({ scopes, operations: labelled }, undefined, 2)}\n`);
  else for (const scope of scopes) process.stdout.write(`${scope}\n`);
}

/** Scopes of which all are required, and lists of which one is. */
interface Choice {
  readonly scopes: readonly string[];
  readonly anyScopes: readonly (readonly string[])[];
}
