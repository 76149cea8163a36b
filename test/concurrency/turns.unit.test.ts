import { setImmediate as nextTurn } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { createTurns } from '../../src/concurrency/turns.js';

describe('Turns', () => {
  it('run one task at once, and let the keys of those that wait take turns', async () => {
    const turns = createTurns(1);
    const started: string[] = [];
    const tasks = ['a1', 'a2', 'a3', 'b1', 'c1', 'b2'].map((name) =>
      turns(name.slice(0, 1), async () => {
        started.push(name);
        await nextTurn();
      }),
    );
    expect(started).toEqual(['a1']);
    await Promise.all(tasks);
    expect(started).toEqual(['a1', 'a2', 'b1', 'c1', 'a3', 'b2']);
  });

  it('run as many tasks at once as they may, also after one that fails', async () => {
    const turns = createTurns(2);
    let inFlight = 0;
    const counts: number[] = [];
    const tasks = [1, 2, 3, 4, 5].map((number) =>
      turns('key', async () => {
        inFlight += 1;
        counts.push(inFlight);
        await nextTurn();
        inFlight -= 1;
        if (number === 2) throw new Error('planted');
        return number;
      }),
    );
    await expect(tasks[1]).rejects.toThrow('planted');
    expect((await Promise.allSettled(tasks)).map(({ status }) => status)).toContain('rejected');
    expect(Math.max(...counts)).toBe(2);
    expect(await turns('other', async () => 'done')).toBe('done');
  });
});
