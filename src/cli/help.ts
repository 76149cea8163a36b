import type { Command } from 'commander';

/** `scrip help token issue`: what `scrip token issue --help` prints. Commander's own command reads one name. */
export function defineHelp(program: Command): void {
  program
    .command('help')
    .description('print the help of a command')
    .argument('[command...]', 'the words of the command, such as `token issue`; without any, all commands')
    .helpOption(false)
    .action((names: readonly string[]) => names.reduce(findCommand, program).help());
}

function findCommand(parent: Command, name: string): Command {
  const found = parent.commands.find((command) => command.name() === name);
  return found ?? parent.error(`unknown command '${name}'`, { code: 'commander.unknownCommand', exitCode: 1 });
}
