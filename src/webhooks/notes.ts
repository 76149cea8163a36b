import { setTimeout as delay } from 'node:timers/promises';
import type { Database } from '../database/connect.js';
import { noteProgress, type Progress } from './progress.js';
import { keyOf } from './row.js';
import type { Turn } from './turn.js';

export interface NotesOptions {
  readonly database: Database;
  readonly holderId: string;
  /** A statement failed; it is repeated. */
  readonly onFailure: (error: unknown) => void;
}

/** What was delivered is noted within this time, during the turn; at its end at once. */
const PAUSE_MS = 200;

const RETRY_MS = 500;

interface Waiting {
  readonly ends: boolean;
  readonly resolve: () => void;
}

/** Notes the progress of turns: concurrent ones share a statement, and a long one writes a few times a second. */
export class Notes {
  readonly #options: NotesOptions;
  readonly #dirty = new Set<Turn>();
  readonly #waiting = new Map<Turn, Waiting>();
  readonly #stopping = new AbortController();
  #timer: NodeJS.Timeout | undefined;
  #writing: Promise<void> | undefined;
  #isStopped = false;

  constructor(options: NotesOptions) {
    this.#options = options;
  }

  /** Notes later what the turn has delivered so far. Call it only after the response. */
  advance(turn: Turn): void {
    this.#dirty.add(turn);
    this.#timer ??= setTimeout(() => {
      this.#timer = undefined;
      this.#start();
    }, PAUSE_MS);
  }

  /** Notes now what the turn has delivered. Once it resolves, `turn.isMoved` tells whether the row was changed elsewhere. */
  write(turn: Turn): Promise<void> {
    return this.#enqueue(turn, false);
  }

  /** The same at the end of the turn: the row is due again only if there is more. */
  end(turn: Turn): Promise<void> {
    return this.#enqueue(turn, true);
  }

  /** Waits for the statement in flight, writes what is left, once more if that fails, and then no more. */
  async stop(): Promise<void> {
    this.#stopping.abort();
    clearTimeout(this.#timer);
    await this.#writing;
    for (let attempt = 1; attempt <= 2 && this.#dirty.size > 0; attempt += 1)
      await this.#flush().catch(this.#options.onFailure);
    this.#isStopped = true;
    for (const { resolve } of this.#waiting.values()) resolve();
  }

  #enqueue(turn: Turn, ends: boolean): Promise<void> {
    if (this.#isStopped) return Promise.resolve();
    return new Promise((resolve) => {
      this.#dirty.add(turn);
      this.#waiting.set(turn, { ends, resolve });
      setImmediate(() => this.#start());
    });
  }

  #start(): void {
    if (this.#stopping.signal.aborted) return; // `stop` writes what is left
    this.#writing ??= this.#writeAll();
  }

  async #writeAll(): Promise<void> {
    const { signal } = this.#stopping;
    do {
      clearTimeout(this.#timer);
      this.#timer = undefined;
      try {
        await this.#flush();
      } catch (error) {
        this.#options.onFailure(error);
        await delay(RETRY_MS, undefined, { signal }).catch(() => {});
      }
    } while ((this.#waiting.size > 0 || this.#hasFailed) && !signal.aborted);
    this.#writing = undefined; // synchronously: what is added from here on starts it again
  }

  /** Whether something is left that no timer will write. */
  get #hasFailed(): boolean {
    return this.#dirty.size > 0 && this.#timer === undefined;
  }

  async #flush(): Promise<void> {
    if (this.#dirty.size === 0) return;
    const { database, holderId } = this.#options;
    const batch = [...this.#dirty].map((turn) => ({
      turn,
      waiting: this.#waiting.get(turn),
      note: noteOf(turn, this.#waiting.get(turn)),
    }));
    const noted = await noteProgress(
      database,
      holderId,
      batch.map(({ note }) => note),
    );
    for (const { turn, waiting, note } of batch) {
      turn.noted = note.to;
      if (!noted.has(keyOf(turn.row))) turn.isMoved = true;
      if (turn.delivered === note.to && this.#waiting.get(turn) === waiting) this.#dirty.delete(turn);
      if (waiting === undefined || this.#waiting.get(turn) !== waiting) continue;
      this.#waiting.delete(turn);
      waiting.resolve();
    }
  }
}

function noteOf(turn: Turn, waiting: Waiting | undefined): Progress {
  const { row, noted, delivered, until } = turn;
  return { row, from: noted, to: delivered, until, ends: waiting?.ends ?? false };
}
