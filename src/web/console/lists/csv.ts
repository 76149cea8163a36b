import { escapeCell } from '../../../spreadsheet-cell.js';

/** The value of a cell; null and undefined: empty. */
type Cell = string | number | null | undefined;

/** A column of a CSV file. */
export interface CsvColumn<Item> {
  readonly title: string;
  readonly cell: (item: Item) => Cell;
}

/**
 * Writes items as CSV (RFC 4180), each cell in quotes. Text that a spreadsheet would run as a formula is escaped. The byte
 * order mark tells Excel that the file is UTF-8.
 */
export function toCsv<Item>(columns: readonly CsvColumn<Item>[], items: readonly Item[]): string {
  const rows = [columns.map(({ title }) => title), ...items.map((item) => columns.map(({ cell }) => cell(item)))];
  return `\uFEFF${rows.map((row) => `${row.map(quote).join(',')}\r\n`).join('')}`;
}

function quote(cell: Cell): string {
  const text = typeof cell === 'string' ? escapeCell(cell, 'text') : String(cell ?? '');
  return `"${text.replaceAll('"', '""')}"`;
}

/** Some browsers read the blob only after the click. */
const REVOKE_MILLISECONDS = 60_000;

/** Saves text as a file in the browser. */
export function saveCsv(name: string, text: string): void {
  const url = URL.createObjectURL(new Blob([text], { type: 'text/csv;charset=utf-8' }));
  const link = document.createElement('a');
  link.href = url;
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(url), REVOKE_MILLISECONDS);
}
