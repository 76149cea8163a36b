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

  it('rejects one task more than may wait, and one that could not start in time', async () => {
    const inOrder = createKeyedMutex({ maxQueue: 2, maxWaitMs: -1 });
    const tasks = Array.from({ length: 3 }, () => inOrder('a', async () => 'done'));
    const codes = (await Promise.allSettled(tasks)).map((result) => Object(Object(result).reason).code);
    expect(codes).toEqual(Array(3).fill('OVERLOADED'));
  });
});
