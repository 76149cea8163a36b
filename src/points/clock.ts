import { setTimeout as delay } from 'node:timers/promises';

/** A clock; tests inject a fake one. */
export interface Clock {
  /** Milliseconds since a fixed instant. */
  now(): number;
  delay(ms: number): Promise<void>;
}

export const systemClock: Clock = {
  now: () => performance.now(),
  delay: async (ms) => await delay(ms),
};
