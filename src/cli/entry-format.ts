import { type Options, stringify } from 'csv-stringify/sync';
import { counterpartRef, entryId, madeAt } from '../points/entry.js';
import { holdId } from '../points/holds/hold.js';
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
  'reference',
  'metadata',
  'counterpart',
  'counterpartUser',
  'hold',
  'recordedAt',
] as const;

/** The columns whose texts are compared to the letter where they are read back. */
const KEYS: ReadonlySet<unknown> = new Set(['key', 'external']);

interface Exported extends Readonly<Record<Exclude<(typeof COLUMNS)[number], 'metadata'>, string | number | null>> {
  readonly metadata: LedgerEntry['metadata'];
  readonly external?: string | null;
}

/** Formats entries of the ledger as text, chunk by chunk. */
export interface EntryFormat {
  /** What stands before the first entry. */
  readonly header: string;
  format(lines: readonly LedgerEntry[]): string;
}

export interface EntryFormatOptions {
  /** Escapes what would steer a terminal. NDJSON has it escaped always. */
  readonly isTerminal: boolean;
  /** Whether there is a column `external`. */
  readonly hasExternal: boolean;
}

/** CSV after RFC 4180, in which no cell is a formula; or NDJSON. Both read back exactly. */
export function createEntryFormat(format: ExportFormat, { isTerminal, hasExternal }: EntryFormatOptions): EntryFormat {
  const describeLine = (line: LedgerEntry) => describe(line, hasExternal);
  if (format === 'ndjson') {
    return { header: '', format: (lines) => lines.map((line) => `${toJson(describeLine(line))}\n`).join('') };
  }
  const csv: Options = {
    columns: hasExternal ? [...COLUMNS, 'external'] : [...COLUMNS],
    record_delimiter: 'windows',
    quoted_match: /[\r\n]/, // either ends a record where it is read back
    cast: {
      string: (text, { column }) => escapeCell(isTerminal ? printable(text) : text, KEYS.has(column) ? 'key' : 'text'),
    },
  };
  const toCells = (line: Exported) => ({ ...line, metadata: line.metadata && toJson(line.metadata) });
  return {
    header: stringify([], { ...csv, header: true }),
    format: (lines) =>
      stringify(
        lines.map((line) => toCells(describeLine(line))),
        csv,
      ),
  };
}

/** What cannot be seen is escaped: it would steer a terminal, and is refused in a key. */
function toJson(value: object): string {
  return replaceInvisible(JSON.stringify(value), escapeUnits);
}

/** JSON escapes UTF-16 units. */
function escapeUnits(character: string): string {
  const units = character.split('').map((unit) => unit.charCodeAt(0).toString(16).padStart(4, '0'));
  return units.map((unit) => `\\u${unit}`).join('');
}

function describe(line: LedgerEntry, hasExternal: boolean): Exported {
  const { username, delta, reason, idempotencyKey, kind, balanceAfter, reverses, owner, token } = line;
  const { reference, metadata, recordedAt, external, counterpartUsername, userId, hold } = line;
  const counterpart = counterpartRef(line);
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
    reference,
    metadata,
    counterpart: counterpart === undefined ? null : entryId(counterpart),
    counterpartUser: counterpartUsername,
    hold: hold === null ? null : holdId({ userId, number: hold }),
    recordedAt: recordedAt.toISOString(),
    ...(hasExternal && { external }),
  };
}
