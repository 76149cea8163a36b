import { describe, expect, it } from 'vitest';
import { createInFlight } from '../../src/http/in-flight.js';

const never = () => new Promise<string>(() => {});
const SOON_SECONDS = 0.05;
const LATER_SECONDS = 60;

describe('What is in flight', () => {
  it('comes to what its work comes to, or fails as it does', async () => {
    const inFlight = createInFlight({ most: 10, seconds: LATER_SECONDS });
    expect(await inFlight.within(Promise.resolve('done'), () => 'late')).toBe('done');
    await expect(inFlight.within(Promise.reject(new Error('broken')), () => 'late')).rejects.toThrow('broken');
  });

  it('is given up when its time is over, in the order in which it came', async () => {
    const inFlight = createInFlight({ most: 10, seconds: SOON_SECONDS });
    const answered: string[] = [];
    const wait = (name: string) => inFlight.within(never(), () => name).then((answer) => answered.push(answer));
    const first = wait('first');
    await new Promise((resolve) => setTimeout(resolve, 20));
    await Promise.all([first, wait('second'), wait('third')]);
    expect(answered).toEqual(['first', 'second', 'third']);
    // The watch goes on for whoever comes when nobody is left.
    expect(await inFlight.within(never(), () => 'late')).toBe('late');
  });

  it('makes room in whatever order it ends', async () => {
    const inFlight = createInFlight({ most: 3, seconds: LATER_SECONDS });
    const ends: (() => void)[] = [];
    const begin = () => inFlight.within(new Promise<void>((resolve) => ends.push(resolve)), () => undefined);
    const all = [begin(), begin(), begin()];
    expect(inFlight.isFull()).toBe(true);
    for (const index of [1, 0, 2]) {
      ends[index]?.();
      await all[index];
      expect(inFlight.isFull()).toBe(false);
    }
    const more = [begin(), begin()];
    expect(inFlight.isFull()).toBe(false);
    more.push(begin());
    expect(inFlight.isFull()).toBe(true);
    inFlight.giveUp();
    await Promise.all(more);
    expect(inFlight.isFull()).toBe(false);
  });

  it('is given up once, though the work ends later', async () => {
    const inFlight = createInFlight({ most: 1, seconds: LATER_SECONDS });
    let end = (_result: string) => {};
    const work = new Promise<string>((resolve) => {
      end = resolve;
    });
    const answer = inFlight.within(work, () => 'given up');
    inFlight.giveUp();
    end('done');
    expect(await answer).toBe('given up');
    await work;
    expect(inFlight.isFull()).toBe(false);
    void inFlight.within(never(), () => 'late');
    expect(inFlight.isFull()).toBe(true);
  });
});
