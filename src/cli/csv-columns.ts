import { BadUserInput } from '../errors.js';
import type { ImportField } from '../points/parse-import.js';
import { findInvisible, isUntidyKey, unescapeCell } from '../spreadsheet-cell.js';
import { type ImportColumns, REFERENCE_COLUMN, type ReadFields } from './import-record.js';
import { excerpt } from './printable.js';
import { findRepeatedMember } from './repeated-member.js';

/** Where each field stands in a record. */
export interface Header {
  readonly width: number;
  /** -1: there is none. */
  readonly indexes: Readonly<Record<ImportField, number>>;
}

/**
 * Names count without white space around them and without case.
 *
 * @throws BadUserInput where a column is missing, or there twice.
 */
export function readHeader(cells: readonly string[], columns: ImportColumns): Header {
  const names = cells.map(normal);
  const doubled = names.find((name, index) => name !== '' && names.indexOf(name) !== index);
  if (doubled !== undefined) throw new BadUserInput('file', `The header has the column ${excerpt(doubled)} twice.`);
  const missing = requiredColumns(names, columns).filter((name) => !names.includes(normal(name)));
  if (missing.length > 0) {
    throw new BadUserInput(
      'file',
      `The header has no column ${missing.join(', ')}. It reads: ${excerpt(cells.join(' | '))}`,
    );
  }
  const indexOf = (name: string) => names.indexOf(normal(name));
  return {
    width: names.findLastIndex((name) => name !== '') + 1,
    indexes: {
      user: indexOf('user'),
      external: columns.hasExternal ? indexOf('external') : -1,
      points: indexOf('points'),
      reason: indexOf('reason'),
      key: indexOf(columns.key),
      reference: indexOf(columns.reference),
      metadata: indexOf('metadata'),
      createdAt: indexOf('createdAt'),
      reverses: indexOf('reverses'),
      to: indexOf('to'),
      toExternal: columns.hasExternal ? indexOf('toExternal') : -1,
      counterpart: indexOf('counterpart'),
    },
  };
}

function normal(name: string): string {
  return name.trim().toLowerCase();
}

function requiredColumns(names: readonly string[], { key, reference, hasExternal }: ImportColumns): string[] {
  return [
    ...(hasExternal && names.includes('external') ? [] : ['user']),
    'points',
    key,
    ...(reference === REFERENCE_COLUMN ? [] : [reference]), // a name that was given
  ];
}

/** Reads the cells of a record. */
export function readCells(cells: readonly string[], { width, indexes }: Header): ReadFields {
  const filled = cells.findLastIndex((cell) => cell !== '') + 1;
  if (cells.length < width || filled > width) {
    return { fault: `The header has ${width} columns, this record ${filled > width ? filled : cells.length}.` };
  }
  const cellOf = (field: ImportField) => cells[indexes[field]] ?? '';
  const textOf = (field: ImportField) => unescapeCell(cellOf(field), 'text');
  const untidy =
    faultOfId('key', cellOf('key')) ??
    faultOfId('external id', cellOf('external')) ??
    faultOfId('external id of the receiver', cellOf('toExternal'));
  if (untidy !== undefined) return { fault: untidy };
  const metadata = parseMetadata(textOf('metadata'));
  if ('fault' in metadata) return metadata;
  return {
    fields: {
      user: textOf('user'),
      external: unescapeCell(cellOf('external'), 'key'),
      points: numberIn(cellOf('points')),
      reason: textOf('reason'),
      key: unescapeCell(cellOf('key'), 'key'),
      reference: textOf('reference'),
      metadata: metadata.value,
      createdAt: textOf('createdAt'),
      reverses: numberIn(cellOf('reverses')),
      to: textOf('to'),
      toExternal: unescapeCell(cellOf('toExternal'), 'key'),
      counterpart: textOf('counterpart'),
    },
  };
}

/** What is wrong with the cell of a text that is compared to the letter. */
function faultOfId(name: string, cell: string): string | undefined {
  if (!isUntidyKey(cell)) return undefined;
  const invisible = findInvisible(cell);
  return invisible === undefined
    ? `The ${name} has blanks around it.`
    : `The ${name} has the character ${invisible}, which cannot be seen.`;
}

/** A whole number; what is none stays text, which is no number of points. */
function numberIn(cell: string): unknown {
  return /^[+-]?\d{1,16}$/.test(cell) ? Number(cell) : cell;
}

function parseMetadata(text: string): { readonly value: unknown } | { readonly fault: string } {
  if (text.trim() === '') return { value: null };
  try {
    const value: unknown = JSON.parse(text);
    const repeated = findRepeatedMember(`{"metadata":${text}}`);
    return repeated === undefined ? { value } : { fault: `metadata has the member ${JSON.stringify(repeated)} twice.` };
  } catch {
    return { fault: 'metadata is not JSON.' };
  }
}
