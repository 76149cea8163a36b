import { QueueFull } from './queue-full.js';

export interface KeyedMutexOptions {
  /** The maximum number of tasks per key, the one in flight included; one more is rejected with `QueueFull`. */
  readonly maxQueue: number;
  /** A task that could not start within this time is rejected with `QueueFull`. */
  readonly maxWaitMs: number;
}

/** Runs tasks with the same key one after the other; the task is told whether it had to wait. */
export type KeyedMutex = <Result>(key: string, task: (waited: boolean) => Promise<Result>) => Promise<Result>;

export function createKeyedMutex({ maxQueue, maxWaitMs }: KeyedMutexOptions): KeyedMutex {
  const queues = new Map<string, { length: number; last: Promise<unknown> }>();
  return async (key, task) => {
    const queue = queues.get(key) ?? { length: 0, last: Promise.resolve() };
    const hasToWait = queue.length > 0;
    if (queue.length >= maxQueue) throw new QueueFull();
    queues.set(key, queue);
    queue.length += 1;
    const deadline = performance.now() + maxWaitMs;
    const run = queue.last.then(async () => {
      if (performance.now() > deadline) throw new QueueFull();
      return await task(hasToWait);
    });
    queue.last = run.catch(() => undefined);
    try {
      return await run;
    } finally {
      queue.length -= 1;
      if (queue.length === 0) queues.delete(key);
    }
  };
}
