import { Readable } from 'node:stream';
import { BadUserInput } from '../errors.js';
import { type Header, readCells, readHeader } from './csv-columns.js';
import { type ImportColumns, type ImportRecord, MAX_RECORD_CHARACTERS } from './import-record.js';

const LINE_ENDS = ['\r\n', '\n', '\r'];
const LINE_END = /\r\n|\n|\r/;
const LAST_LINE_END = /[\r\n]+$/;

/** What separates cells in files that spreadsheets write, by country. */
const DELIMITERS = [',', ';', '\t'];

/** A record as csv-parse reads it. `raw` ends with the first character of its line end. */
interface ParsedRecord {
  readonly record: readonly string[];
  readonly raw: string;
}

/**
 * Reads CSV after RFC 4180, and as spreadsheets write it: with any line ends, also mixed; separated by commas, semicolons
 * or tabs, which the header or a first line `sep=;` shows; with rows of empty cells, which are passed over.
 *
 * @throws BadUserInput when the file is empty, or its header lacks a column or has one twice.
 */
export async function* readCsv(
  text: AsyncIterable<string>,
  columns: ImportColumns,
): AsyncGenerator<ImportRecord, void> {
  const { parse } = await import('csv-parse');
  const { delimiter, firstLine, rest } = await readStart(text);
  const parser = parse({
    delimiter,
    record_delimiter: LINE_ENDS,
    raw: true,
    relax_column_count: true, // checked below, as are quotes: an error of the parser's own ends it
    relax_quotes: true,
    max_record_size: MAX_RECORD_CHARACTERS,
  });
  const source = Readable.from(rest);
  source.on('error', (error) => parser.destroy(error)).pipe(parser);
  const isWellFormed = wellFormed(delimiter);
  let line = firstLine;
  let header: Header | undefined;
  try {
    for await (const { record, raw } of parser as AsyncIterable<ParsedRecord>) {
      const own = raw.replace(/[\r\n]$/, '');
      const at = { line, text: own };
      line += own.split(LINE_END).length;
      if (record.every((cell) => cell.trim() === '')) continue;
      if (header === undefined) header = readHeader(record, columns);
      else if (!isWellFormed.test(own)) yield { ...at, fault: BAD_QUOTES };
      else yield { ...at, ...readCells(record, header) };
    }
  } catch (error) {
    const { code, raw } = { code: '', raw: '', ...(error instanceof Error && error) };
    const fault = UNREADABLE[code];
    if (fault === undefined) throw error;
    yield { line, text: raw.replace(LAST_LINE_END, ''), fault };
  }
  if (header === undefined) throw new BadUserInput('file', 'The file is empty.');
}

const BAD_QUOTES = 'A cell with a quote in it must stand in quotes, and the quote twice.';

/** Faults after which the parser cannot continue, by the code of its error. */
const UNREADABLE: Readonly<Record<string, string>> = {
  CSV_QUOTE_NOT_CLOSED: 'A quote is opened here and never closed. What follows was not read.',
  CSV_MAX_RECORD_SIZE: `The record has more than ${MAX_RECORD_CHARACTERS} characters: is a quote not closed? What follows was not read.`,
};

function wellFormed(delimiter: string): RegExp {
  const separator = delimiter.replace(/[^\w\s]/, '\\$&');
  const cell = `(?:"[^"]*(?:""[^"]*)*"|[^"${separator}]*)`;
  return new RegExp(`^${cell}(?:${separator}${cell})*$`);
}

interface Start {
  readonly delimiter: string;
  /** The number of the first line of `rest`. */
  readonly firstLine: number;
  readonly rest: AsyncIterable<string>;
}

/** Reads as far as the first line that is not blank, which shows how the cells are separated. */
async function readStart(text: AsyncIterable<string>): Promise<Start> {
  const chunks = text[Symbol.asyncIterator]();
  let head = '';
  while (!hasFirstLine(head) && head.length <= MAX_RECORD_CHARACTERS) {
    const { value, done } = await chunks.next();
    if (done === true) break;
    head += value;
  }
  const [separation, separator] = /^sep=([^"\r\n])(?:\r\n|\n|\r|$)/i.exec(head) ?? [];
  const rest = (async function* () {
    yield head.slice(separation?.length ?? 0);
    yield* { [Symbol.asyncIterator]: () => chunks };
  })();
  return separator === undefined
    ? { delimiter: delimiterOf(firstLineOf(head)), firstLine: 1, rest }
    : { delimiter: separator, firstLine: 2, rest };
}

/** Whether a text holds its first line that is not blank, and something behind it. */
function hasFirstLine(text: string): boolean {
  const { end } = findFirstLine(text);
  return end !== -1 && end + 1 < text.length;
}

/** The first line of a text that is not blank, or as much of it as is there. */
function firstLineOf(text: string): string {
  const { start, end } = findFirstLine(text);
  return text.slice(start, end === -1 ? undefined : end);
}

/** `end` is -1 where no line break follows. Each character is read once, whatever the lines are. */
function findFirstLine(text: string): { readonly start: number; readonly end: number } {
  const first = text.search(/\S/);
  if (first === -1) return { start: text.length, end: -1 };
  const start = 1 + Math.max(text.lastIndexOf('\n', first), text.lastIndexOf('\r', first));
  const length = text.slice(first).search(/[\r\n]/);
  return { start, end: length === -1 ? -1 : first + length };
}

function delimiterOf(header: string): string {
  const unquoted = header.replace(/"[^"]*"/g, '');
  const [commonest = ','] = DELIMITERS.toSorted((one, other) => countOf(other, unquoted) - countOf(one, unquoted));
  return commonest;
}

function countOf(character: string, text: string): number {
  return text.split(character).length - 1;
}
