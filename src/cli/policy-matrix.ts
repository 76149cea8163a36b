import type { Command } from 'commander';

/** `scrip policy matrix`: the whole policy, to be read. */
export function definePolicyMatrix(policy: Command): void {
  policy
    .command('matrix')
    .description('print what each schema coordinate requires, as a Markdown table')
    .action(printMatrix);
}

async function printMatrix(): Promise<void> {
  const [{ pino }, { buildSchema }, { createPolicy }, { parseConfig }] = await Promise.all([
    import('pino'),
    import('../graphql/build-schema.js'),
    import('../graphql/policy.js'),
    import('../config.js'),
  ]);
  process.stdout.write(
    `${createPolicy(buildSchema(), { limits: parseConfig({}).limits, log: pino({ level: 'silent' }) })
      .matrix()
      .trimEnd()}\n`,
  );
}
