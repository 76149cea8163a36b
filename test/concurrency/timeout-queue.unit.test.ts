import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { TimeoutQueue } from '../../src/concurrency/timeout-queue.js';

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

describe('The timeouts of a queue', () => {
  it('call their functions once each, in order, when their time is over or a hundredth of it later', () => {
    const timeouts = new TimeoutQueue(1_000);
    const ended: string[] = [];
    timeouts.start(() => ended.push('first'));
    vi.advanceTimersByTime(500);
    timeouts.start(() => ended.push('second'));
    vi.advanceTimersByTime(499);
    expect(ended).toEqual([]);
    vi.advanceTimersByTime(11);
    expect(ended).toEqual(['first']);
    vi.advanceTimersByTime(489);
    expect(ended).toEqual(['first']);
    vi.advanceTimersByTime(10_000);
    expect(ended).toEqual(['first', 'second']);
  });

  it('that were cancelled call nothing', () => {
    const timeouts = new TimeoutQueue(1_000);
    const ended: string[] = [];
    const cancel = timeouts.start(() => ended.push('cancelled'));
    timeouts.start(() => ended.push('other'));
    cancel();
    cancel();
    vi.advanceTimersByTime(2_000);
    expect(ended).toEqual(['other']);
  });

  it('use no timer while none is pending', () => {
    const timeouts = new TimeoutQueue(1_000);
    timeouts.start(() => {})();
    vi.advanceTimersByTime(2_000);
    expect(vi.getTimerCount()).toBe(0);
    timeouts.start(() => {});
    expect(vi.getTimerCount()).toBe(1);
  });
});
