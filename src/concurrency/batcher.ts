import { QueueFull } from './queue-full.js';

export interface BatcherOptions<Item, Result> {
  /** One statement for many items; returns the results in the order of the items. */
  readonly run: (items: readonly Item[]) => Promise<readonly Result[]>;
  /** The maximum size of one statement. */
  readonly maxBatch: number;
  /** What an item counts for in `maxBatch`; 1 unless given. One that is larger has a statement of its own. */
  readonly sizeOf?: (item: Item) => number;
  /** The maximum number of items that wait; one more is rejected with `QueueFull`. */
  readonly maxQueue: number;
  /** Runs a function after everything that this turn of the event loop reads from sockets; `setImmediate` unless given. */
  readonly schedule?: ((flush: () => void) => void) | undefined;
}

/**
 * Folds concurrent calls into one statement, without a timer: calls of one turn of the event loop run together at its
 * end, or after the statement in flight. A lone call is not delayed, and batches grow with the load. In the words of the
 * field: a DataLoader without a cache.
 *
 * An item is part of a statement that begins after the call, so that the result is never older than the call.
 */
export function createBatcher<Item, Result>(options: BatcherOptions<Item, Result>): (item: Item) => Promise<Result> {
  const { schedule: runLater = setImmediate } = options;
  let queue: Waiting<Item, Result>[] = [];
  let isBusy = false;

  function enqueue(item: Item): Promise<Result> {
    if (queue.length >= options.maxQueue) return Promise.reject(new QueueFull());
    return new Promise((resolve, reject) => {
      queue.push({ item, resolve, reject });
      if (!isBusy) {
        isBusy = true;
        schedule();
      }
    });
  }

  /**
   * After everything that this turn of the event loop reads from sockets: the resolvers of a whole list end up in one
   * statement, and so do requests whose bytes arrived together. Sent after each of them (`nextTick`), statements were
   * twice as many at 16 connections, and responses a quarter fewer.
   */
  function schedule(): void {
    runLater(flush);
  }

  async function flush(): Promise<void> {
    const batch = queue.slice(0, countNext(queue, options));
    queue = queue.slice(batch.length);
    try {
      const results = await options.run(batch.map((waiting) => waiting.item));
      if (results.length !== batch.length) {
        throw new Error(`A batch of ${batch.length} items returned ${results.length} results.`);
      }
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

interface Waiting<Item, Result> {
  readonly item: Item;
  readonly resolve: (result: Result) => void;
  readonly reject: (error: unknown) => void;
}

/** Number of waiting items that fit into one statement. */
function countNext<Item>(
  queue: readonly { readonly item: Item }[],
  { maxBatch, sizeOf }: Pick<BatcherOptions<Item, unknown>, 'maxBatch' | 'sizeOf'>,
): number {
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
