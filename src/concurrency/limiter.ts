import { QueueFull } from './queue-full.js';

export interface LimiterOptions {
  /** The maximum number of tasks in flight. */
  readonly max: number;
  /** The maximum number of tasks that wait; unbounded unless given. */
  readonly maxQueue?: number;
  /** The error for one more. Nothing was done. */
  readonly onFull?: () => Error;
}

/** Runs a task as soon as it may. */
export type Limiter = <Result>(task: () => Promise<Result>) => Promise<Result>;

/** Bounds how many tasks are in flight at once; the others wait, first in, first out. */
export function createLimiter({ max, maxQueue = Infinity, onFull = () => new QueueFull() }: LimiterOptions): Limiter {
  let free = max;
  const waiting: (() => void)[] = [];
  return async (task) => {
    if (free > 0) free -= 1;
    else if (waiting.length < maxQueue) await new Promise<void>((resolve) => waiting.push(resolve));
    else throw onFull();
    try {
      return await task();
    } finally {
      const next = waiting.shift();
      if (next === undefined) free += 1;
      else next();
    }
  };
}
