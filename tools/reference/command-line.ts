import type { Argument, Command } from 'commander';
import { createProgram } from '../../src/cli/program.js';
import { code, GENERATED, table } from './markdown.js';

/** docs/reference/command-line.md */
export function commandLinePage(): string {
  const commands = leavesOf(createProgram(), []);
  const index = commands.map(({ path, command }) => [`[${code(path)}](#${anchorOf(path)})`, command.description()]);
  return `${GENERATED}

# Command line

In a checkout, run a command as \`npm run --silent scrip -- …\`; where the package is installed, as \`scrip …\`. Commands work
while the server runs, and take the same [settings](settings.md). \`--help\` prints what is written here, and
\`scrip --version\` the version. The source is \`src/cli/program.ts\`.

Results, such as secrets and ids, go to standard output, and messages to standard error. The exit status is 0 where a command
succeeded, 1 where it was refused or found a fault, and 2 where it was called wrongly.

${table(['Command', 'What it does'], index)}
${commands.map(sectionOf).join('\n')}`;
}

interface Leaf {
  readonly path: string;
  readonly command: Command;
}

function leavesOf(command: Command, parents: readonly string[]): Leaf[] {
  const names = [...parents, command.name()];
  const isCommand = command.commands.length === 0 || command.registeredArguments.length > 0;
  const own = isCommand ? [{ path: names.join(' '), command }] : [];
  return [...own, ...command.commands.flatMap((child) => leavesOf(child, names))];
}

/** As GitHub makes it of a heading. */
const anchorOf = (heading: string) => heading.toLowerCase().replaceAll(' ', '-');

function sectionOf({ path, command }: Leaf): string {
  const args = command.registeredArguments.map((argument) => [code(placeholderOf(argument)), argument.description]);
  const options = command.options.map(({ flags, description, mandatory, defaultValue, argChoices }) => {
    const notes = [
      mandatory ? 'required' : '',
      argChoices === undefined ? '' : `one of ${argChoices.map(code).join(', ')}`,
      defaultValue === undefined ? '' : `default ${code(String(defaultValue))}`,
    ].filter(Boolean);
    return [code(flags), [description, ...notes].join('; ')];
  });
  const rows = [...args, ...options];
  const usage = [path, ...args.map(([name]) => name?.replaceAll('`', '')), options.length > 0 ? '[options]' : ''];
  return `## ${path}

${sentence(command.description())}

\`\`\`console
$ ${usage.filter(Boolean).join(' ')}
\`\`\`
${rows.length > 0 ? `\n${table(['', ''], rows)}` : ''}`;
}

/** As Commander shows it: `<name>`, or `[name]` where it may be left out. */
function placeholderOf(argument: Argument): string {
  const name = `${argument.name()}${argument.variadic ? '...' : ''}`;
  return argument.required ? `<${name}>` : `[${name}]`;
}

function sentence(text: string): string {
  return `${text.charAt(0).toUpperCase()}${text.slice(1)}.`;
}
