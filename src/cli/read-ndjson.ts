import { BadUserInput } from '../errors.js';
import { findInvisible, replaceInvisible } from '../spreadsheet-cell.js';
import { type ImportRecord, MAX_RECORD_CHARACTERS } from './import-record.js';

/**
 * Reads lines of JSON objects. A file without any is the export of an empty ledger. A key may have blanks around it, which
 * quotes show where a cell of CSV hides them, and characters that cannot be seen where they are escaped.
 *
 * @throws BadUserInput when a line does not end.
 */
export async function* readNdjson(text: AsyncIterable<string>, keyColumn: string): AsyncGenerator<ImportRecord, void> {
  let line = 0;
  for await (const textOfLine of linesOf(text)) {
    line++;
    if (textOfLine.trim() === '') continue;
    yield { line, text: textOfLine, ...parseObject(textOfLine, keyColumn) };
  }
}

/** Lines that end by LF, CRLF or CR: JSON has none of them within a line. */
async function* linesOf(text: AsyncIterable<string>): AsyncGenerator<string, void> {
  let rest = '';
  for await (const chunk of text) {
    const lines = (rest + chunk).split(/\r\n|\n|\r(?!$)/); // a CR at the end may be half of a CRLF
    rest = lines.pop() ?? '';
    if (rest.length > MAX_RECORD_CHARACTERS) {
      throw new BadUserInput(
        'file',
        `The file is not NDJSON: a line has more than ${MAX_RECORD_CHARACTERS} characters.`,
      );
    }
    yield* lines;
  }
  yield* rest.split('\r');
}

type Parsed = { readonly fields: Readonly<Record<string, unknown>> } | { readonly fault: string };

function parseObject(text: string, keyColumn: string): Parsed {
  try {
    const value: unknown = JSON.parse(text);
    const repeated = findRepeatedMember(text);
    if (repeated !== undefined) return { fault: `The member ${JSON.stringify(repeated)} is given twice.` };
    if (typeof value === 'object' && value !== null && !Array.isArray(value)) {
      const { user, points, reason, [keyColumn]: key }: Record<string, unknown> = { ...value };
      const invisible = findRawInvisible(text, key, keyColumn);
      if (invisible !== undefined) {
        return { fault: `The key has the character ${invisible}, which cannot be seen and is not escaped.` };
      }
      return { fields: { user, points, reason, key } };
    }
  } catch {
    // The fault below says so.
  }
  return { fault: 'This is not a JSON object.' };
}

/** The first character of a key that cannot be seen, where the line holds it unescaped. */
function findRawInvisible(line: string, key: unknown, keyColumn: string): string | undefined {
  const invisible = typeof key === 'string' ? findInvisible(key) : undefined;
  if (invisible === undefined) return undefined;
  const { [keyColumn]: visible }: Record<string, unknown> = JSON.parse(replaceInvisible(line, () => ''));
  return visible === key ? undefined : invisible;
}

/** The tokens of JSON that matter here: texts with the colon behind the name of a member, and brackets. */
const TOKEN = /("(?:[^"\\]|\\.)*")(\s*:)?|[{[]|[}\]]/g;

/** The name of a member that a JSON object has twice, which parsers read differently (RFC 8259, section 4). */
function findRepeatedMember(json: string): string | undefined {
  const names = new Set<string>();
  let depth = 0;
  for (const [token, text, colon] of json.matchAll(TOKEN)) {
    if (text === undefined) depth += token === '{' || token === '[' ? 1 : -1;
    else if (colon !== undefined && depth === 1) {
      const name: string = JSON.parse(text);
      if (names.has(name)) return name;
      names.add(name);
    }
  }
  return undefined;
}
