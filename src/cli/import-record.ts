import type { ImportedFields } from '../points/parse-import.js';

/** A record of a file of changes to points, or what is wrong with it. */
export type ImportRecord = {
  /** The line in which it begins, from 1, as an editor counts them. */
  readonly line: number;
  /** The record as it was read. */
  readonly text: string;
} & ReadFields;

/** The fields of a record, or what is wrong with it. */
export type ReadFields = { readonly fields: ImportedFields } | { readonly fault: string };

/** The columns of a file that options choose. */
export interface ImportColumns {
  /** The column of the idempotency key. */
  readonly key: string;
  readonly reference: string;
  /** Whether the columns `external` and `toExternal` are read. */
  readonly hasExternal: boolean;
}

/** The column that is taken as the reference unless an option names another one. */
export const REFERENCE_COLUMN = 'reference';

/** Beyond this, a record is taken for the rest of a file whose quote is not closed, or for a file of another kind. */
export const MAX_RECORD_CHARACTERS = 100_000;
