import { describe, expect, it } from 'vitest';
import { createKeyedMutex } from '../../src/concurrency/keyed-mutex.js';

describe('A keyed mutex', () => {
  it('runs tasks of one key one after the other, and those of different keys at once', async () => {
    const inOrder = createKeyedMutex({ maxQueue: 10, maxWaitMs: 60_000 });
    let release = () => {};
    const held = new Promise<void>((resolve) => {
      release = resolve;
    });
    const events: string[] = [];
    const first = inOrder('a', async (waited) => {
      events.push(`first, ${waited}`);
      await held;
      throw new Error('planted');
    });
    const second = inOrder('a', async (waited) => events.push(`second, ${waited}`));
    await inOrder('b', async (waited) => events.push(`other, ${waited}`));
    expect(events).toEqual(['first, false', 'other, false']);
    release();
    await expect(first).rejects.toThrow('planted');
    await second;
    expect(events).toEqual(['first, false', 'other, false', 'second, true']);
  });

  it('rejects a task that exceeds the queue of its key, and accepts one of another key', async () => {
    const inOrder = createKeyedMutex({ maxQueue: 2, maxWaitMs: 60_000 });
    const tasks = ['a', 'a', 'a', 'b'].map((key) => inOrder(key, async () => 'done'));
    expect(await Promise.allSettled(tasks)).toMatchObject([
      { value: 'done' },
      { value: 'done' },
      { reason: { code: 'OVERLOADED' } },
      { value: 'done' },
    ]);
  });

  it('rejects a task that has not started by its deadline, and does not run it', async () => {
    const inOrder = createKeyedMutex({ maxQueue: 2, maxWaitMs: -1 });
    let runs = 0;
    await expect(inOrder('a', async () => runs++)).rejects.toMatchObject({ code: 'OVERLOADED' });
    expect(runs).toBe(0);
  });
});
