import { isUtf8 } from 'node:buffer';
import { BadConfig } from './config.js';

/** A line without a variable: blank, or a comment. */
const BLANK = /^[ \t]*(?:#[^\n]*)?(?:\n|$)/;

/** A variable with a value in quotes, which may have several lines, or without; behind it perhaps a comment. */
const VARIABLE =
  /^[ \t]*(?:export[ \t]+)?(?<name>[A-Za-z_]\w*)[ \t]*=[ \t]*(?:"(?<double>[^"]*)"|(?<quote>['`])(?<single>.*?)\k<quote>|(?<plain>(?:[^\s"'`#](?:[^\n#]*[^\s#])?)?))(?:[ \t]+#[^\n]*|[ \t]*)(?:\n|$)/s;

/** The name of a variable, where a line has one. */
const NAME = /^[ \t]*(?:export[ \t]+)?([A-Za-z_]\w*)[ \t]*=/;

/**
 * Reads a file `.env`, and refuses what it does not understand. The parsers at hand (dotenv, and Node's own) guess: they
 * cut a value off at a `#`, make a quote that is not closed part of the value, and skip lines.
 *
 * @throws BadConfig naming the line and the variable, and never a value.
 */
export function parseEnvFile(bytes: Uint8Array): Record<string, string> {
  if (!isUtf8(bytes)) throw new BadConfig('The file .env is not UTF-8.');
  const variables: Record<string, string> = {};
  let rest = new TextDecoder().decode(bytes).replace(/\r\n?/g, '\n'); // the decoder drops a byte order mark
  for (let line = 1; rest !== ''; ) {
    const variable = VARIABLE.exec(rest);
    const entry = variable?.[0] ?? BLANK.exec(rest)?.[0];
    if (entry === undefined) throw new BadConfig(`The file .env cannot be used: line ${line} ${faultOf(rest)}`);
    const { name, double, single, plain = '' } = variable?.groups ?? {};
    // In double quotes `\n` is a line break, for keys in PEM.
    if (name !== undefined) variables[name] = double?.replaceAll('\\n', '\n') ?? single ?? plain;
    rest = rest.slice(entry.length);
    line += entry.split('\n').length - 1;
  }
  return variables;
}

function faultOf(rest: string): string {
  const name = NAME.exec(rest)?.[1];
  if (name === undefined) return 'is neither NAME=value nor a comment.';
  const [value = ''] = rest.slice(rest.indexOf('=') + 1).split('\n');
  return /^\s*["'`]/.test(value)
    ? `(${name}) has a quote that is not closed, or text behind it. Use another kind of quotes around the value.`
    : `(${name}) has a # in a value without quotes. Put the value in quotes; before a comment, leave a blank.`;
}
