/** A record of a file of changes to points, or what is wrong with it. */
export type ImportRecord = {
  /** The line in which it begins, from 1, as an editor counts them. */
  readonly line: number;
  /** The record as it was read. */
  readonly text: string;
} & ({ readonly fields: Readonly<Record<string, unknown>> } | { readonly fault: string });

/** Beyond this, a record is taken for the rest of a file whose quote is not closed, or for a file of another kind. */
export const MAX_RECORD_CHARACTERS = 100_000;
