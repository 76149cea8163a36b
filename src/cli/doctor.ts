import type { Command } from 'commander';
import type { Diagnosed } from '../doctor/diagnose.js';

interface Options {
  readonly json?: true;
}

/** `scrip doctor`: one line for each finding. */
export function defineDoctor(program: Command): void {
  program
    .command('doctor')
    .description(
      'check the settings, this machine and the database, and say what to do; it changes and starts nothing. A line begins with `ok`, `warning` or `fault`; with a fault the exit status is 1',
    )
    .option('--json', 'as a JSON array')
    .action(examine);
}

async function examine({ json }: Options): Promise<void> {
  const [{ diagnose }, { readConfig }] = await Promise.all([
    import('../doctor/diagnose.js'),
    import('../read-config.js'),
  ]);
  const found: Diagnosed[] = [];
  for await (const one of diagnose({ readConfig, nodeVersion: process.versions.node, now: Date.now })) {
    found.push(one);
    if (!json) process.stdout.write(line(one));
  }
  if (json) process.stdout.write(`${JSON.stringify(found, undefined, 2)}\n`);
  if (found.some(({ level }) => level === 'fault')) process.exitCode = 1;
}

function line({ check, level, message }: Diagnosed): string {
  return `${level.padEnd(7)}  ${check.padEnd(13)}  ${message.replaceAll(/\s+/g, ' ')}\n`;
}
