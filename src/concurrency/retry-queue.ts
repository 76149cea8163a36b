import { createTurns, type Turns } from './turns.js';

export interface RetryQueueOptions<Item> {
  /** Attempts a batch of one key, in order. It never rejects. */
  readonly attempt: (batch: readonly Item[]) => Promise<Attempted<Item>>;
  readonly maxBatch: number;
  /** The maximum number of items that wait for one key. */
  readonly maxPerKey: number;
  /** The maximum number of attempts in flight, of all keys together. */
  readonly maxInFlight: number;
  /** Names what the attempt at a batch waits for, by its first item: as one, batches of other keys that wait for it take turns. */
  readonly turnOf: (first: Item) => string;
  readonly firstPauseMs: number;
  /** A pause doubles up to this, as long as one follows another. */
  readonly maxPauseMs: number;
  readonly delay: (ms: number) => Promise<void>;
}

/**
 * What follows an attempt. `items` are attempted again, before later items of the key.
 *
 * - `NEXT`: the batch is done.
 * - `RETRY`: at once.
 * - `BACK_OFF`: after a pause.
 * - `SPLIT`: one at a time, to find the one that makes the batch fail.
 */
export type Attempted<Item> =
  | { readonly next: 'NEXT' }
  | { readonly next: 'RETRY' | 'BACK_OFF' | 'SPLIT'; readonly items: readonly Item[] };

/**
 * Attempts items repeatedly until each is done. Each key has a queue of its own with one attempt in flight, so that
 * the items of a key stay in order, and a key that is stuck delays no other one.
 */
export class RetryQueue<Item> {
  readonly #options: RetryQueueOptions<Item>;
  readonly #queues = new Map<string, Item[]>();
  readonly #turns: Turns;

  constructor(options: RetryQueueOptions<Item>) {
    this.#options = options;
    this.#turns = createTurns(options.maxInFlight);
  }

  /** Whether items of the key wait; later ones have to queue after them. */
  has(key: string): boolean {
    return this.#queues.has(key);
  }

  /** Enqueues items, and returns those for which there is no room. */
  add(key: string, items: readonly Item[]): readonly Item[] {
    if (items.length === 0) return [];
    const queue = this.#queues.get(key) ?? [];
    const room = Math.max(this.#options.maxPerKey - queue.length, 0);
    queue.push(...items.slice(0, room));
    if (!this.#queues.has(key)) {
      this.#queues.set(key, queue);
      void this.#drain(key, queue);
    }
    return items.slice(room);
  }

  async #drain(key: string, queue: Item[]): Promise<void> {
    const { maxBatch, firstPauseMs, maxPauseMs, turnOf, delay } = this.#options;
    let single = 0; // items that are still attempted one at a time
    let pauseMs = firstPauseMs;
    for (let [first] = queue; first !== undefined; [first] = queue) {
      const count = single > 0 ? 1 : maxBatch;
      const next = await this.#turns(turnOf(first), () => this.#attemptFirst(queue, count));
      if (next === 'SPLIT') single = Math.min(queue.length, maxBatch);
      if (next === 'NEXT' && single > 0) single -= 1;
      if (next === 'BACK_OFF') await delay(pauseMs);
      pauseMs = next === 'BACK_OFF' ? Math.min(pauseMs * 2, maxPauseMs) : firstPauseMs;
    }
    this.#queues.delete(key);
  }

  async #attemptFirst(queue: Item[], count: number): Promise<Attempted<Item>['next']> {
    const attempted = await this.#options.attempt(queue.splice(0, count));
    if (attempted.next !== 'NEXT') queue.unshift(...attempted.items);
    return attempted.next;
  }
}
