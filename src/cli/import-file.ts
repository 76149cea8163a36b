import { createReadStream, type ReadStream, statSync } from 'node:fs';
import { InvalidArgumentError } from 'commander';
import type { ImportColumns, ImportRecord } from './import-record.js';
import { readCsv } from './read-csv.js';
import { readNdjson } from './read-ndjson.js';

/** A file of changes to points. */
export interface ImportFile {
  readonly name: string;
  readonly bytes: number;
  readonly format: 'csv' | 'ndjson';
}

/** Finds the file that an argument names. */
export function findImportFile(name: string): ImportFile {
  const format = /\.csv$/i.test(name) ? 'csv' : /\.(ndjson|jsonl)$/i.test(name) ? 'ndjson' : undefined;
  if (format === undefined) throw new InvalidArgumentError('The name of the file ends in .csv, .ndjson or .jsonl.');
  const stat = statSync(name, { throwIfNoEntry: false });
  if (stat?.isFile() !== true) throw new InvalidArgumentError('It is not a file that can be read.');
  return { name, bytes: stat.size, format };
}

/** A file that is being read. */
export interface OpenedFile {
  /** How much of it was read, from 0 to 1. */
  share(): number;
  readonly records: AsyncIterable<ImportRecord>;
}

/**
 * Reads a file record by record, whatever its size. The records throw BadUserInput where the file is empty, or its header cannot be used.
 */
export function openImportFile({ name, bytes, format }: ImportFile, columns: ImportColumns): OpenedFile {
  const stream = createReadStream(name);
  const text = decode(stream);
  return {
    share: () => stream.bytesRead / bytes,
    records: format === 'csv' ? readCsv(text, columns) : readNdjson(text, columns),
  };
}

/** Text in UTF-8, or in what a byte order mark says. What is in another encoding shows as U+FFFD. */
async function* decode(stream: ReadStream): AsyncGenerator<string, void> {
  let decoder: TextDecoder | undefined;
  for await (const chunk of stream as AsyncIterable<Buffer>) {
    decoder ??= new TextDecoder(encodingOf(chunk));
    yield decoder.decode(chunk, { stream: true });
  }
  yield decoder?.decode() ?? '';
}

function encodingOf([first, second]: Uint8Array): string {
  if (first === 0xff && second === 0xfe) return 'utf-16le';
  return first === 0xfe && second === 0xff ? 'utf-16be' : 'utf-8';
}
