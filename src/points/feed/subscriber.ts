import type { Entry } from '../entry.js';
import { cancellable, Signal } from './signal.js';

/** Entries that wait for a subscriber before it has no room for more; those of one read may exceed it. */
const MAX_WAITING = 1_000;

/** One reader of the entries of all users. */
export class Subscriber {
  readonly #onEnd: () => void;
  readonly #added = new Signal();
  readonly #taken = new Signal();
  #waiting: Entry[] = [];
  #failure: { readonly error: unknown } | undefined;

  /** @param onEnd called, at least once, when the subscription has ended. */
  constructor(onEnd: () => void) {
    this.#onEnd = onEnd;
  }

  get hasRoom(): boolean {
    return this.#waiting.length < MAX_WAITING;
  }

  add(entries: readonly Entry[]): void {
    this.#waiting.push(...entries);
    this.#added.notify();
  }

  /** Waits until there is room, or the subscription has ended. */
  async room(): Promise<void> {
    while (!this.hasRoom && !this.#taken.isClosed) await this.#taken.wait();
  }

  /** The added entries, until the reader cancels. */
  entries(): AsyncIterableIterator<Entry> {
    return cancellable(this.#read(), () => this.#end());
  }

  /** Ends the subscription with an error, which the reader gets. */
  fail(error: unknown): void {
    this.#failure = { error };
    this.#end();
  }

  async *#read(): AsyncGenerator<Entry> {
    for (;;) {
      if (this.#failure !== undefined) throw this.#failure.error;
      if (this.#added.isClosed) return;
      const entry = this.#waiting.shift();
      if (entry === undefined) await this.#added.wait();
      else {
        this.#taken.notify();
        yield entry;
      }
    }
  }

  #end(): void {
    this.#added.close();
    this.#taken.close();
    this.#onEnd();
  }
}
