import { type Options, stringify } from 'csv-stringify/sync';
import { entryId, madeAt } from '../points/entry.js';
import type { LedgerEntry } from '../points/read-ledger.js';
import { escapeCell, replaceInvisible } from '../spreadsheet-cell.js';
import { printable } from './printable.js';

export type ExportFormat = 'csv' | 'ndjson';

const COLUMNS = [
  'user',
  'points',
  'reason',
  'key',
  'id',
  'kind',
  'balanceAfter',
  'reverses',
  'owner',
  'token',
  'createdAt',
] as const;

type Exported = Readonly<Record<(typeof COLUMNS)[number], string | number | null>>;

/** Formats entries of the ledger as text, chunk by chunk. */
export interface EntryFormat {
  /** What stands before the first entry. */
  readonly header: string;
  format(lines: readonly LedgerEntry[]): string;
}

/**
 * CSV after RFC 4180, in which no cell is a formula; or NDJSON. Both read back exactly.
 *
 * @param options.isTerminal escapes what would steer a terminal. NDJSON has it escaped always.
 */
export function createEntryFormat(format: ExportFormat, options: { readonly isTerminal: boolean }): EntryFormat {
  const { isTerminal } = options;
  if (format === 'ndjson') return { header: '', format: (lines) => lines.map(toJson).join('') };
  const csv: Options = {
    columns: [...COLUMNS],
    record_delimiter: 'windows',
    quoted_match: /[\r\n]/, // either ends a record where it is read back
    cast: {
      string: (text, { column }) => escapeCell(isTerminal ? printable(text) : text, column === 'key' ? 'key' : 'text'),
    },
  };
  return {
    header: stringify([], { ...csv, header: true }),
    format: (lines) => stringify(lines.map(describe), csv),
  };
}

/** What cannot be seen is escaped: it would steer a terminal, and is refused in a key. */
function toJson(line: LedgerEntry): string {
  return `${replaceInvisible(JSON.stringify(describe(line)), escapeUnits)}\n`;
}

/** JSON escapes UTF-16 units. */
function escapeUnits(character: string): string {
  const units = character.split('').map((unit) => unit.charCodeAt(0).toString(16).padStart(4, '0'));
  return units.map((unit) => `\\u${unit}`).join('');
}

function describe(line: LedgerEntry): Exported {
  const { username, delta, reason, idempotencyKey, kind, balanceAfter, reverses, owner, token } = line;
  return {
    user: username,
    points: delta,
    reason,
    key: idempotencyKey,
    id: entryId(line),
    kind,
    balanceAfter,
    reverses,
    owner,
    token,
    createdAt: madeAt(line).toISOString(),
  };
}
