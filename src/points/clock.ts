import { setTimeout as delay } from 'node:timers/promises';

/** What passes for time: the tests bring their own. */
export interface Clock {
  /** Milliseconds since an instant that does not change. */
  now(): number;
  delay(ms: number): Promise<void>;
}

export const systemClock: Clock = {
  now: () => performance.now(),
  delay: async (ms) => await delay(ms),
};
