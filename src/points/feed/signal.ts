/** Wakes a waiting loop. A call while nothing waits is kept for the next wait. */
export class Signal {
  #isDue = false;
  #isClosed = false;
  #waiting: (() => void) | undefined;

  get isClosed(): boolean {
    return this.#isClosed;
  }

  notify(): void {
    this.#isDue = true;
    this.#waiting?.();
  }

  /** Notifies permanently: no later wait blocks. */
  close(): void {
    this.#isClosed = true;
    this.notify();
  }

  /** For one waiter at a time. */
  async wait(): Promise<void> {
    if (!this.#isDue) await new Promise<void>((resolve) => (this.#waiting = resolve));
    this.#waiting = undefined;
    this.#isDue = this.#isClosed;
  }
}

/**
 * Lets the reader of a generator cancel it at any time: a generator handles `return` only once it yields.
 *
 * @param cancel makes the generator stop waiting.
 */
export function cancellable<Item>(generator: AsyncGenerator<Item>, cancel: () => void): AsyncIterableIterator<Item> {
  return {
    next: () => generator.next(),
    return: () => {
      cancel();
      return generator.return(undefined);
    },
    [Symbol.asyncIterator]() {
      return this;
    },
  };
}
