import { BadUserInput } from '../errors.js';
import { type ImportRecord, MAX_RECORD_CHARACTERS } from './import-record.js';

/**
 * Reads lines of JSON objects.
 *
 * @throws BadUserInput when there is none, or a line does not end.
 */
export async function* readNdjson(text: AsyncIterable<string>, keyColumn: string): AsyncGenerator<ImportRecord, void> {
  let [line, records] = [0, 0];
  for await (const textOfLine of linesOf(text)) {
    line++;
    if (textOfLine.trim() === '') continue;
    records++;
    yield { line, text: textOfLine, ...parseObject(textOfLine, keyColumn) };
  }
  if (records === 0) throw new BadUserInput('file', 'The file is empty.');
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
    if (typeof value === 'object' && value !== null && !Array.isArray(value)) {
      const { user, points, reason, [keyColumn]: key }: Record<string, unknown> = { ...value };
      return { fields: { user, points, reason, key } };
    }
  } catch {
    // The fault below says so.
  }
  return { fault: 'This is not a JSON object.' };
}
