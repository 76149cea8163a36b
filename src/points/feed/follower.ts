import type { Entry } from '../entry.js';
import { endable, Wake } from './wake.js';

/** So many entries wait for a follower before it has no room for more; those of one read may come on top. */
const MOST_WAITING = 1_000;

/** One reader of entries that are handed out to many. */
export class Follower {
  readonly #onEnd: () => void;
  readonly #came = new Wake();
  readonly #went = new Wake();
  #waiting: Entry[] = [];
  #failure: { readonly error: unknown } | undefined;

  /** @param onEnd hears, at least once, that nobody reads any more. */
  constructor(onEnd: () => void) {
    this.#onEnd = onEnd;
  }

  get hasRoom(): boolean {
    return this.#waiting.length < MOST_WAITING;
  }

  take(entries: readonly Entry[]): void {
    this.#waiting.push(...entries);
    this.#came.call();
  }

  /** Waits until there is room, or nobody reads any more. */
  async room(): Promise<void> {
    while (!this.hasRoom && !this.#went.isClosed) await this.#went.wait();
  }

  /** What was handed out, until the reader ends it. */
  entries(): AsyncIterableIterator<Entry> {
    return endable(this.#read(), () => this.#end());
  }

  /** Ends it with an error, which the reader gets. */
  fail(error: unknown): void {
    this.#failure = { error };
    this.#end();
  }

  async *#read(): AsyncGenerator<Entry> {
    for (;;) {
      if (this.#failure !== undefined) throw this.#failure.error;
      if (this.#came.isClosed) return;
      const entry = this.#waiting.shift();
      if (entry === undefined) await this.#came.wait();
      else {
        this.#went.call();
        yield entry;
      }
    }
  }

  #end(): void {
    this.#came.close();
    this.#went.close();
    this.#onEnd();
  }
}
