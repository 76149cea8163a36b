import type { Command } from 'commander';

/** `scrip schema print`: the SDL with its directives, extensions merged. */
export function defineSchemaPrint(schema: Command): void {
  schema
    .command('print')
    .description('print the GraphQL schema with its @auth directives, for code generators and for reading')
    .action(printSchema);
}

/** What the files say, without the resolvers, which would bring the whole server in. */
async function printSchema(): Promise<void> {
  const [{ buildASTSchema, concatAST }, { printSchemaWithDirectives }, { readSchemaFiles }] = await Promise.all([
    import('graphql'),
    import('@graphql-tools/utils'),
    import('../graphql/read-schema-files.js'),
  ]);
  process.stdout.write(`${printSchemaWithDirectives(buildASTSchema(concatAST(readSchemaFiles())))}\n`);
}
