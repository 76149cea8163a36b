import { setImmediate as nextTurn } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { type Attempted, RetryQueue } from '../../src/concurrency/retry-queue.js';

function queueOf(attempt: (batch: readonly number[]) => Attempted<number>, maxPerKey = 100) {
  const batches: (readonly number[])[] = [];
  const pauses: number[] = [];
  const queue = new RetryQueue<number>({
    attempt: async (batch) => {
      batches.push(batch);
      return attempt(batch);
    },
    maxBatch: 4,
    maxPerKey,
    maxInFlight: 1,
    turnOf: String,
    firstPauseMs: 10,
    maxPauseMs: 40,
    delay: async (ms) => void pauses.push(ms),
  });
  const untilDone = async () => {
    while (queue.has('key')) await nextTurn();
  };
  return { queue, batches, pauses, untilDone };
}

describe('A retry queue', () => {
  it('attempts a batch that fails one item at a time, in order, and then the rest in batches', async () => {
    const { queue, batches, pauses, untilDone } = queueOf((items) =>
      items.includes(2) && items.length > 1 ? { next: 'SPLIT', items } : { next: 'NEXT' },
    );
    queue.add('key', [1, 2, 3, 4, 5, 6]);
    await untilDone();
    expect(batches).toEqual([[1, 2, 3, 4], [1], [2], [3], [4], [5, 6]]);
    expect(pauses).toEqual([]);
  });

  it('backs off longer each time, up to a maximum, and from the start after a success', async () => {
    let failures = 4;
    const { queue, batches, pauses, untilDone } = queueOf((items) =>
      failures-- > 0 || items[0] === 9
        ? { next: 'BACK_OFF', items: items.filter((item) => item !== 9) }
        : { next: 'NEXT' },
    );
    queue.add('key', [1, 2, 3, 4, 9]);
    await untilDone();
    expect(batches).toEqual([...Array(5).fill([1, 2, 3, 4]), [9]]);
    expect(pauses).toEqual([10, 20, 40, 40, 10]);
  });

  it('limits the items that wait for one key, and returns the rest', async () => {
    const { queue, batches, untilDone } = queueOf(() => ({ next: 'NEXT' }), 3);
    expect(queue.add('key', [1, 2])).toEqual([]);
    expect(queue.add('key', [3, 4, 5, 6, 7])).toEqual([6, 7]);
    await untilDone();
    expect(batches).toEqual([
      [1, 2],
      [3, 4, 5],
    ]);
  });
});
