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
  /** Whether some bytes that were read are not of the file's encoding: they show as U+FFFD. */
  hasBrokenText(): boolean;
}

/**
 * Reads a file record by record, whatever its size. The records throw BadUserInput where the file is empty, or its header
 * cannot be used.
 */
export function openImportFile({ name, bytes, format }: ImportFile, columns: ImportColumns): OpenedFile {
  const stream = createReadStream(name);
  let isBroken = false;
  const text = decode(stream, () => {
    isBroken = true;
  });
  return {
    hasBrokenText: () => isBroken,
    share: () => stream.bytesRead / bytes,
    records: format === 'csv' ? readCsv(text, columns) : readNdjson(text, columns),
  };
}

/**
 * Text in UTF-8, or in what a byte order mark says. What is in another encoding shows as U+FFFD, which a text may also hold by
 * itself: `onBroken` is called for the former.
 */
async function* decode(stream: ReadStream, onBroken: () => void): AsyncGenerator<string, void> {
  let decoders: { readonly strict: TextDecoder; readonly lenient: TextDecoder } | undefined;
  const check = (chunk?: Buffer) => {
    try {
      decoders?.strict.decode(chunk, { stream: chunk !== undefined });
    } catch {
      onBroken();
    }
  };
  for await (const chunk of stream as AsyncIterable<Buffer>) {
    const encoding = encodingOf(chunk);
    decoders ??= { strict: new TextDecoder(encoding, { fatal: true }), lenient: new TextDecoder(encoding) };
    check(chunk);
    yield decoders.lenient.decode(chunk, { stream: true });
  }
  check();
  yield decoders?.lenient.decode() ?? '';
}

function encodingOf([first, second]: Uint8Array): string {
  if (first === 0xff && second === 0xfe) return 'utf-16le';
  return first === 0xfe && second === 0xff ? 'utf-16be' : 'utf-8';
}
