import { setTimeout as delay } from 'node:timers/promises';
import type { PooledDatabase } from '../database/connect.js';
import type { EntryRef } from '../points/entry.js';
import { addAnnounced } from './find-entries.js';

export interface HintsOptions {
  readonly database: PooledDatabase;
  readonly holderId: string;
  /** The webhooks that take new rows at present. */
  readonly takers: () => readonly string[];
  /** Rows may have become due. */
  readonly onRows: () => void;
  /** Entries were lost that a search will find. */
  readonly onFailure: (error: unknown) => void;
}

/** Announcements within this time share a statement. */
const PAUSE_MS = 50;

/** Users that wait for a statement. Of more than these the search finds the entries. */
const MAX_WAITING = 5_000;

/**
 * Makes rows of entries that were announced, so that they are delivered at once. It is only for speed: what is lost here,
 * the search finds.
 */
export class Hints {
  readonly #options: HintsOptions;
  #waiting = new Map<string, { readonly first: number; readonly last: number }>();
  #writing: Promise<void> | undefined;
  #isStopped = false;

  constructor(options: HintsOptions) {
    this.#options = options;
  }

  /** Non-blocking; never throws. */
  add({ userId, sequence }: EntryRef): void {
    if (this.#isStopped || this.#options.takers().length === 0) return;
    if (this.#waiting.size >= MAX_WAITING && !this.#waiting.has(userId)) return;
    const { first, last } = this.#waiting.get(userId) ?? { first: sequence, last: sequence };
    this.#waiting.set(userId, { first: Math.min(first, sequence), last: Math.max(last, sequence) });
    this.#writing ??= this.#writeAll();
  }

  /** Writes no more, and waits for the statement in flight. */
  async stop(): Promise<void> {
    this.#isStopped = true;
    await this.#writing;
  }

  async #writeAll(): Promise<void> {
    while (this.#waiting.size > 0 && !this.#isStopped) {
      const found = [...this.#waiting].map(([userId, sequences]) => ({ userId, ...sequences }));
      this.#waiting = new Map();
      const { database, holderId, takers, onRows, onFailure } = this.#options;
      await addAnnounced(database, { ids: takers(), holderId }, found).then(onRows, onFailure);
      await delay(PAUSE_MS);
    }
    this.#writing = undefined; // synchronously: what is announced from here on starts it again
  }
}
