import type { Row } from './row.js';

/** The work on one due row, from when it was read until its progress is noted. */
export class Turn {
  readonly row: Row;
  /** The last entry that was delivered, and its date. */
  delivered: number;
  until: Date | null = null;
  /** The last entry of which the database knows that it was delivered. */
  noted: number;
  /** The database knows of another progress: a redelivery was requested, or the lease was lost. The turn ends. */
  isMoved = false;
  /** When the request in flight began, by the clock of `performance`; undefined: there is none. */
  requestedAt: number | undefined;

  constructor(row: Row) {
    this.row = row;
    this.delivered = row.sequence;
    this.noted = row.sequence;
  }

  /** Failed attempts in a row. */
  get attempts(): number {
    return this.delivered > this.row.sequence ? 0 : this.row.attempts;
  }
}
