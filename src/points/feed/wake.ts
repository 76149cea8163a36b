/** Wakes whoever waits. A call that comes while nobody waits is kept for the next one who does. */
export class Wake {
  #isDue = false;
  #isClosed = false;
  #waiting: (() => void) | undefined;

  get isClosed(): boolean {
    return this.#isClosed;
  }

  call(): void {
    this.#isDue = true;
    this.#waiting?.();
  }

  /** Calls for good: nobody waits from now on. */
  close(): void {
    this.#isClosed = true;
    this.call();
  }

  /** For one at a time. */
  async wait(): Promise<void> {
    if (!this.#isDue) await new Promise<void>((resolve) => (this.#waiting = resolve));
    this.#waiting = undefined;
    this.#isDue = this.#isClosed;
  }
}

/**
 * Lets whoever reads a generator end it at any time: by itself a generator hears of that only after it has yielded.
 *
 * @param stop makes the generator stop waiting.
 */
export function endable<Item>(generator: AsyncGenerator<Item>, stop: () => void): AsyncIterableIterator<Item> {
  return {
    next: () => generator.next(),
    return: () => {
      stop();
      return generator.return(undefined);
    },
    [Symbol.asyncIterator]() {
      return this;
    },
  };
}
