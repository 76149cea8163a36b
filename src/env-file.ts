import { isUtf8 } from 'node:buffer';
import { BadConfig } from './config.js';

/** A line without a variable: blank, or a comment. */
const BLANK = /^[ \t]*(?:#[^\n]*)?(?:\n|$)/;

/** A variable with a value in quotes, which may have several lines, or without, and perhaps a comment after it. */
const VARIABLE =
  /^[ \t]*(?:export[ \t]+)?(?<name>[A-Za-z_]\w*)[ \t]*=[ \t]*(?:"(?<double>[^"]*)"|(?<quote>['`])(?<single>.*?)\k<quote>|(?<plain>(?:[^\s"'`#](?:[^\n#]*[^\s#])?)?))(?:[ \t]+#[^\n]*|[ \t]*)(?:\n|$)/s;

/** White space other than blanks and tabs, such as U+00A0 from a web page, and characters that cannot be seen at all. */
const INVISIBLE = /[^\S \t\n]|\p{Cf}|(?![\t\n])\p{Cc}/u;

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
  const lines = new Map<string, number>();
  let rest = new TextDecoder().decode(bytes).replace(/\r\n?/g, '\n'); // the decoder drops a byte order mark
  for (let line = 1; rest !== ''; ) {
    const variable = VARIABLE.exec(rest);
    const entry = variable?.[0] ?? BLANK.exec(rest)?.[0];
    const { name, double, single, plain = '' } = variable?.groups ?? {};
    const fault = entry === undefined || INVISIBLE.test(plain) ? faultOf(rest) : faultOfName(name, lines);
    if (entry === undefined || fault !== undefined)
      throw new BadConfig(`The file .env cannot be used: line ${line} ${fault}`);
    if (name !== undefined) lines.set(name, line);
    // In double quotes `\n` is a line break, for keys in PEM.
    if (name !== undefined) variables[name] = double?.replaceAll('\\n', '\n') ?? single ?? plain;
    rest = rest.slice(entry.length);
    line += entry.split('\n').length - 1;
  }
  return variables;
}

function faultOfName(name: string | undefined, lines: ReadonlyMap<string, number>): string | undefined {
  const first = name === undefined ? undefined : lines.get(name);
  return first === undefined ? undefined : `(${name}) sets the variable again: line ${first} has set it. Remove one.`;
}

function faultOf(rest: string): string {
  const name = NAME.exec(rest)?.[1];
  const invisible = INVISIBLE.exec(unquoted(rest))?.[0];
  if (invisible !== undefined) {
    const code = invisible.codePointAt(0)?.toString(16).toUpperCase().padStart(4, '0');
    return `${name === undefined ? '' : `(${name}) `}has the character U+${code}, which cannot be seen. Remove it or write a blank; within a value, put the value in quotes.`;
  }
  if (name === undefined) return 'is neither NAME=value nor a comment.';
  const [value = ''] = rest.slice(rest.indexOf('=') + 1).split('\n');
  return /^\s*["'`]/.test(value)
    ? `(${name}) has a quote that is not closed, or text behind it. Use another kind of quotes around the value.`
    : `(${name}) has a # in a value without quotes. Put the value in quotes; before a comment, leave a blank.`;
}

/** The first line without values in quotes and comments. */
function unquoted(text: string): string {
  const [line = ''] = text.replace(/(=[ \t]*)("[^"]*"|'[^']*'|`[^`]*`)/, '$1').split('\n');
  return line.replace(/(^|[ \t])#.*/, '$1');
}
