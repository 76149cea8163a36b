/**
 * Timeouts of one length, watched by one timer. Each request has some and almost none of them ends, so that a timer for each
 * would be set and cleared for nothing.
 */
export class TimeoutQueue {
  readonly #milliseconds: number;
  /** In the order of their ends. */
  readonly #pending = new Set<Pending>();
  #watch: NodeJS.Timeout | undefined;

  constructor(milliseconds: number) {
    this.#milliseconds = milliseconds;
  }

  /**
   * Calls a function once the time is over, or up to a hundredth of it later.
   *
   * @returns cancels it, and may be called again.
   */
  start(onTimeout: () => void): () => void {
    const pending = { endsAt: performance.now() + this.#milliseconds, onTimeout };
    this.#pending.add(pending);
    this.#watch ??= setInterval(() => this.#end(), this.#milliseconds / 100).unref();
    return () => this.#pending.delete(pending);
  }

  #end(): void {
    const now = performance.now();
    for (const pending of this.#pending) {
      if (pending.endsAt > now) break;
      this.#pending.delete(pending);
      pending.onTimeout();
    }
    if (this.#pending.size > 0) return;
    clearInterval(this.#watch);
    this.#watch = undefined;
  }
}

interface Pending {
  /** By the clock of `performance`. */
  readonly endsAt: number;
  readonly onTimeout: () => void;
}
