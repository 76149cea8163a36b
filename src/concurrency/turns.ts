/** Runs a task as soon as it may. */
export type Turns = <Result>(key: string, task: () => Promise<Result>) => Promise<Result>;

/**
 * Bounds how many tasks are in flight at once. Of those that wait the keys take turns, each with its first task: many tasks of
 * one key delay those of another by one task.
 */
export function createTurns(max: number): Turns {
  let free = max;
  const waiting = new Map<string, (() => void)[]>(); // the next key first

  function startNext(): void {
    const [next] = waiting;
    if (next === undefined) {
      free += 1;
      return;
    }
    const [key, tasks] = next;
    const start = tasks.shift();
    waiting.delete(key);
    if (tasks.length > 0) waiting.set(key, tasks);
    start?.();
  }

  return async (key, task) => {
    if (free > 0) free -= 1;
    else {
      await new Promise<void>((resolve) => {
        const tasks = waiting.get(key) ?? [];
        waiting.set(key, tasks);
        tasks.push(resolve);
      });
    }
    try {
      return await task();
    } finally {
      startNext();
    }
  };
}
