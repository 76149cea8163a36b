import { DomainError } from '../errors.js';

/** The queue before a statement is full. Nothing was done. */
export class LaneOverloaded extends DomainError {
  readonly code = 'OVERLOADED';

  constructor() {
    super('The server has more to do than it can hold. Try again shortly.', { retryAfterSeconds: 1 });
  }
}

export interface LaneOptions<Item, Result> {
  /** One statement for many items; answers in the order of the items. */
  readonly run: (items: readonly Item[]) => Promise<readonly Result[]>;
  /** The most items of one statement. */
  readonly maxBatch: number;
  /** What an item counts for in `maxBatch`; 1 unless given. One that counts for more has a statement of its own. */
  readonly sizeOf?: (item: Item) => number;
  /** The most items that wait; one more is refused with `LaneOverloaded`. */
  readonly maxQueue: number;
}

/**
 * Folds what is asked for at the same time into one statement, without a timer: whatever comes up in one turn of the
 * event loop goes at its end when the lane is free, and behind the statement in flight when it is not. A lone
 * request waits for nobody, and batches grow with the load by themselves.
 *
 * It is no cache: an item is part of a statement that begins after it was asked for, so that what was answered before
 * is always seen.
 */
export function createLane<Item, Result>(options: LaneOptions<Item, Result>): (item: Item) => Promise<Result> {
  interface Waiting {
    readonly item: Item;
    readonly resolve: (result: Result) => void;
    readonly reject: (error: unknown) => void;
  }
  let queue: Waiting[] = [];
  let isBusy = false;

  function enqueue(item: Item): Promise<Result> {
    if (queue.length >= options.maxQueue) return Promise.reject(new LaneOverloaded());
    return new Promise((resolve, reject) => {
      queue.push({ item, resolve, reject });
      if (!isBusy) {
        isBusy = true;
        schedule();
      }
    });
  }

  /**
   * Behind all that this turn of the event loop reads from sockets: the resolvers of a whole list end up in one statement,
   * and so do requests whose bytes came in together. Sent behind each of them (`nextTick`), statements were twice as many
   * at 16 connections, and answers a quarter fewer.
   */
  function schedule(): void {
    setImmediate(flush);
  }

  /** How many of the items that wait fit into one statement. */
  function countNext(): number {
    const { maxBatch, sizeOf } = options;
    if (sizeOf === undefined) return maxBatch;
    let count = 0;
    let size = 0;
    for (const { item } of queue) {
      size += sizeOf(item);
      if (size > maxBatch) break;
      count += 1;
    }
    return Math.max(count, 1);
  }

  async function flush(): Promise<void> {
    const batch = queue.slice(0, countNext());
    queue = queue.slice(batch.length);
    try {
      const results = await options.run(batch.map((waiting) => waiting.item));
      if (results.length !== batch.length)
        throw new Error('A lane answered another number of items than it was asked.');
      // The lengths are equal, so that there is a result under each index.
      for (const [index, waiting] of batch.entries()) waiting.resolve(results[index] as Result);
    } catch (error) {
      for (const waiting of batch) waiting.reject(error);
    }
    if (queue.length > 0) schedule();
    else isBusy = false;
  }

  return enqueue;
}
