import { createReadStream, type ReadStream, statSync } from 'node:fs';
import { InvalidArgumentError } from 'commander';
import { BadUserInput } from '../errors.js';

/** A file of changes to points. */
export interface ImportFile {
  readonly name: string;
  readonly bytes: number;
  readonly format: 'csv' | 'ndjson';
}

/** A line of it: the record that begins there, or what is wrong with it. */
export type ImportLine = { readonly number: number; readonly bytesRead: number } & (
  | { readonly record: Readonly<Record<string, unknown>> }
  | { readonly fault: string }
);

/** Finds the file that an argument names. */
export function findImportFile(name: string): ImportFile {
  const format = /\.csv$/i.test(name) ? 'csv' : /\.(ndjson|jsonl)$/i.test(name) ? 'ndjson' : undefined;
  if (format === undefined) throw new InvalidArgumentError('The name of the file ends in .csv, .ndjson or .jsonl.');
  const stat = statSync(name, { throwIfNoEntry: false });
  if (stat?.isFile() !== true) throw new InvalidArgumentError('It is not a file that can be read.');
  return { name, bytes: stat.size, format };
}

/** Beyond this, a line is taken for a file of another kind. */
const MOST_CHARACTERS = 100_000;

/**
 * Reads a file line by line, whatever its size.
 *
 * @throws BadUserInput when it lacks a column.
 */
export function readImportFile(file: ImportFile, columns: readonly string[]): AsyncGenerator<ImportLine> {
  const stream = createReadStream(file.name);
  return file.format === 'csv' ? readCsv(stream, columns) : readNdjson(stream);
}

async function* readCsv(stream: ReadStream, columns: readonly string[]): AsyncGenerator<ImportLine> {
  const { parse } = await import('csv-parse');
  const bad: ImportLine[] = [];
  let end = 0; // the last line of the record before
  const parser = parse({
    bom: true,
    skip_empty_lines: true,
    max_record_size: MOST_CHARACTERS,
    columns: (header: string[]) => {
      const missing = columns.filter((column) => !header.includes(column));
      if (missing.length > 0) throw new BadUserInput('file', `The first line names no column ${missing.join(', ')}.`);
      return header;
    },
    on_record: (record: Readonly<Record<string, string>>, { lines }) => {
      end = lines;
      return { number: lines, record };
    },
    skip_records_with_error: true,
    on_skip: (error) => {
      const [first, last] = [end + 1, Number(error?.['lines'])];
      end = last;
      // A quote that is never closed takes everything behind it for one record.
      const fault = `${error?.message}${first < last ? `; lines ${first} to ${last} were passed over` : ''}.`;
      bad.push({ number: last, bytesRead: stream.bytesRead, fault });
      return undefined;
    },
  });
  stream.on('error', (error) => parser.destroy(error)).pipe(parser);
  for await (const { number, record } of parser as AsyncIterable<CsvRecord>) {
    yield* bad.splice(0);
    yield { number, bytesRead: stream.bytesRead, record };
  }
  yield* bad;
}

/** What `on_record` makes. */
interface CsvRecord {
  readonly number: number;
  readonly record: Readonly<Record<string, string>>;
}

async function* readNdjson(stream: ReadStream): AsyncGenerator<ImportLine> {
  let number = 0;
  for await (const text of linesOf(stream)) {
    number++;
    if (text.trim() === '') continue;
    yield { number, bytesRead: stream.bytesRead, ...parseObject(text) };
  }
}

async function* linesOf(stream: ReadStream): AsyncGenerator<string> {
  let rest = '';
  for await (const chunk of stream.setEncoding('utf8')) {
    const lines = (rest + String(chunk)).split('\n');
    rest = lines.pop() ?? '';
    if (rest.length > MOST_CHARACTERS) throw new BadUserInput('file', 'These are no lines of JSON: one does not end.');
    yield* lines;
  }
  yield rest;
}

function parseObject(text: string): { record: Readonly<Record<string, unknown>> } | { fault: string } {
  try {
    const value: unknown = JSON.parse(text.replace(/^\ufeff/, ''));
    if (typeof value === 'object' && value !== null && !Array.isArray(value)) return { record: { ...value } };
  } catch {
    // Said below.
  }
  return { fault: 'This is no JSON object.' };
}
