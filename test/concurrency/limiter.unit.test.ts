import { setImmediate as nextTurn } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { createLimiter } from '../../src/concurrency/limiter.js';

describe('A limiter', () => {
  it('runs at most two tasks at once, starts the others in order, and rejects a task that exceeds the queue', async () => {
    const limit = createLimiter({ max: 2, maxQueue: 2 });
    const started: number[] = [];
    const release = new Map<number, () => void>();
    const tasks = [1, 2, 3, 4, 5].map((task) =>
      limit(async () => {
        started.push(task);
        await new Promise<void>((resolve) => release.set(task, resolve));
      }),
    );
    await expect(tasks[4]).rejects.toMatchObject({ code: 'OVERLOADED' });
    expect(started).toEqual([1, 2]);
    release.get(2)?.();
    await tasks[1];
    await nextTurn();
    expect(started).toEqual([1, 2, 3]);
    release.get(3)?.();
    await tasks[2];
    await nextTurn();
    expect(started).toEqual([1, 2, 3, 4]);
    for (const task of [1, 4]) release.get(task)?.();
    await Promise.all(tasks.slice(0, 4));
  });

  it('starts the next task after one that fails', async () => {
    const limit = createLimiter({ max: 1 });
    const failed = limit(async () => {
      throw new Error('planted');
    });
    const next = limit(async () => 'done');
    await expect(failed).rejects.toThrow('planted');
    expect(await next).toBe('done');
  });
});
