import { describe, expect, it } from 'vitest';
import { createLane } from '../../src/concurrency/batcher.js';

describe('A lane', () => {
  it('gives an item that is larger than a batch a statement of its own', async () => {
    const batches: number[][] = [];
    const enqueue = createLane<number, number>({
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
});
