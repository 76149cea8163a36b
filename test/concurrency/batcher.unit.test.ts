import { describe, expect, it } from 'vitest';
import { createBatcher } from '../../src/concurrency/batcher.js';

describe('A batcher', () => {
  it('puts an item that is larger than a batch into a batch of its own', async () => {
    const batches: number[][] = [];
    const enqueue = createBatcher<number, number>({
      run: async (items) => {
        batches.push([...items]);
        return items;
      },
      maxBatch: 10,
      sizeOf: (size) => size,
      maxQueue: 100,
    });
    const sizes = [4, 6, 11, 3, 10, 25];
    expect(await Promise.all(sizes.map(enqueue))).toEqual(sizes);
    expect(batches).toEqual([[4, 6], [11], [3], [10], [25]]);
  });

  it('rejects an item that exceeds the queue, and every item of a batch that returns too few results', async () => {
    const enqueue = createBatcher<number, number>({ run: async () => [1], maxBatch: 10, maxQueue: 2 });
    const results = await Promise.allSettled([enqueue(1), enqueue(2), enqueue(3)]);
    expect(results).toMatchObject([
      { reason: { message: 'A batch of 2 items returned 1 results.' } },
      { reason: { message: 'A batch of 2 items returned 1 results.' } },
      { reason: { code: 'OVERLOADED' } },
    ]);
    expect(await enqueue(4)).toBe(1);
  });
});
