import { BadUserInput } from '../errors.js';
import { findInvisible, replaceInvisible } from '../spreadsheet-cell.js';
import { type ImportColumns, type ImportRecord, MAX_RECORD_CHARACTERS, type ReadFields } from './import-record.js';
import { findRepeatedMember } from './repeated-member.js';

/**
 * Reads lines of JSON objects. A file without any is the export of an empty ledger. A key may have blanks around it, which
 * quotes show where a cell of CSV hides them, and characters that cannot be seen where they are escaped.
 *
 * @throws BadUserInput when a line does not end.
 */
export async function* readNdjson(
  text: AsyncIterable<string>,
  columns: ImportColumns,
): AsyncGenerator<ImportRecord, void> {
  let line = 0;
  for await (const textOfLine of linesOf(text)) {
    line++;
    if (textOfLine.trim() === '') continue;
    yield { line, text: textOfLine, ...parseObject(textOfLine, columns) };
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

function parseObject(text: string, columns: ImportColumns): ReadFields {
  try {
    const value: unknown = JSON.parse(text);
    const repeated = findRepeatedMember(text);
    if (repeated !== undefined) return { fault: `The member ${JSON.stringify(repeated)} is given twice.` };
    if (typeof value === 'object' && value !== null && !Array.isArray(value)) {
      return readMembers(text, { ...value }, columns);
    }
  } catch {
    // The fault below says so.
  }
  return { fault: 'This is not a JSON object.' };
}

function readMembers(text: string, members: Readonly<Record<string, unknown>>, columns: ImportColumns): ReadFields {
  const { user, external, points, reason, metadata, createdAt, reverses, to, toExternal, counterpart } = members;
  const { [columns.key]: key, [columns.reference]: reference } = members;
  const untidy =
    faultOfId('key', { value: key, member: columns.key, line: text }) ??
    (columns.hasExternal
      ? (faultOfId('external id', { value: external, member: 'external', line: text }) ??
        faultOfId('external id of the receiver', { value: toExternal, member: 'toExternal', line: text }))
      : undefined);
  if (untidy !== undefined) return { fault: untidy };
  const given = { user, external, points, reason, key, reference, metadata, createdAt, reverses };
  return { fields: { ...given, to, toExternal, counterpart } };
}

/** The value of a member of the object in a line. */
interface Member {
  readonly value: unknown;
  readonly member: string;
  readonly line: string;
}

/** What is wrong with a text that is compared to the letter: the line holds unescaped what cannot be seen. */
function faultOfId(name: string, { value, member, line }: Member): string | undefined {
  const invisible = typeof value === 'string' ? findInvisible(value) : undefined;
  if (invisible === undefined) return undefined;
  const { [member]: visible }: Record<string, unknown> = JSON.parse(replaceInvisible(line, () => ''));
  return visible === value
    ? undefined
    : `The ${name} has the character ${invisible}, which cannot be seen and is not escaped.`;
}
