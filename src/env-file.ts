import { isUtf8 } from 'node:buffer';
import { BadConfig } from './config.js';

/** A line without a variable: blank, or a comment. */
const BLANK = /^[ \t]*(?:#.*)?$/s;

/** A line with a variable: its value in quotes or without, and perhaps a comment after it. */
const VARIABLE =
  /^[ \t]*(?:export[ \t]+)?(?<name>[A-Za-z_]\w*)[ \t]*=[ \t]*(?:"(?<double>[^"]*)"|'(?<single>[^']*)'|`(?<backtick>[^`]*)`|(?<plain>(?:[^\s"'`#](?:[^#]*[^\s#])?)?))(?:[ \t]+#.*|[ \t]*)$/s;

/** White space other than blanks and tabs, such as U+00A0 from a web page, and characters that cannot be seen at all. */
const INVISIBLE = /[^\S \t]|\p{Cf}|(?!\t)\p{Cc}/u;

/** The name of a variable, where a line has one. */
const NAME = /^[ \t]*(?:export[ \t]+)?([A-Za-z_]\w*)[ \t]*=/;

/**
 * Reads a file `.env`, and refuses what it does not understand. The parsers at hand (dotenv, and Node's own) guess: they
 * cut a value off at a `#`, make a quote that is not closed part of the value, and skip lines. A value ends on its own
 * line, since a quote that is not closed would otherwise take in the lines up to the next one. No setting needs more.
 *
 * @throws BadConfig naming the line and the variable, and never a value.
 */
export function parseEnvFile(bytes: Uint8Array): Record<string, string> {
  if (!isUtf8(bytes)) throw new BadConfig('The file .env is not UTF-8.');
  const variables: Record<string, string> = {};
  const lines = new Map<string, number>();
  const text = new TextDecoder().decode(bytes); // the decoder drops a byte order mark
  for (const [index, entry] of text.split(/\r\n?|\n/).entries()) {
    if (BLANK.test(entry)) continue;
    const line = index + 1;
    const { name, double, single, backtick, plain = '' } = VARIABLE.exec(entry)?.groups ?? {};
    if (name === undefined || INVISIBLE.test(plain)) throw unusable(line, faultOf(entry));
    const first = lines.get(name);
    if (first !== undefined)
      throw unusable(line, `(${name}) sets the variable again: line ${first} has set it. Remove one.`);
    lines.set(name, line);
    // In double quotes `\n` is a line break, as dotenv and Node read it.
    variables[name] = double?.replaceAll('\\n', '\n') ?? single ?? backtick ?? plain;
  }
  return variables;
}

function unusable(line: number, fault: string): BadConfig {
  return new BadConfig(`The file .env cannot be used: line ${line} ${fault}`);
}

function faultOf(entry: string): string {
  const name = NAME.exec(entry)?.[1];
  const invisible = INVISIBLE.exec(unquoted(entry))?.[0];
  if (invisible !== undefined) {
    const code = invisible.codePointAt(0)?.toString(16).toUpperCase().padStart(4, '0');
    return `${name === undefined ? '' : `(${name}) `}has the character U+${code}, which cannot be seen. Remove it or write a blank; within a value, put the value in quotes.`;
  }
  if (name === undefined) return 'is neither NAME=value nor a comment.';
  const value = entry.slice(entry.indexOf('=') + 1);
  return /^\s*["'`]/.test(value)
    ? `(${name}) has a quote that is not closed on this line, or text after the closing one. Put a value with quotes in it into quotes of another kind, and write a line break as \\n in double quotes.`
    : `(${name}) has a # in a value without quotes. Put the value in quotes; before a comment, leave a blank.`;
}

/** A line without its value in quotes and its comment. */
function unquoted(entry: string): string {
  return entry.replace(/(=[ \t]*)("[^"]*"|'[^']*'|`[^`]*`)/, '$1').replace(/(^|[ \t])#.*/s, '$1');
}
