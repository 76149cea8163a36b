import type { Command } from 'commander';

/** `scrip serve`: the server, as `npm start` runs it. */
export function defineServe(program: Command): void {
  program
    .command('serve')
    .description('run the server until SIGTERM or Ctrl-C')
    .action(async () => {
      await import('../main.js');
    });
}
