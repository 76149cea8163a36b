import { RateLimiterDrizzle, RateLimiterRes } from 'rate-limiter-flexible';
import type { Database } from '../database/connect.js';
import { RateLimited } from './errors.js';
import { throttles } from './table.js';

/** So many of something in so long, by whoever it is: counted by all nodes together. */
export interface Window {
  /**
   * Counts one: of many at once, exactly so many get by.
   *
   * @throws RateLimited when there were as many as there may be.
   */
  count(key: string): Promise<void>;
  /** @throws RateLimited when there were as many as there may be. Counts nothing. */
  check(key: string): Promise<void>;
  /** Whether there were as many as there may be. */
  isFull(key: string): Promise<boolean>;
  /** Counts one that nothing can stop any more. */
  add(key: string): Promise<void>;
}

export interface WindowOptions {
  /** What is counted, in a word. */
  readonly of: string;
  /** How many there may be; 0: any number. */
  readonly most: number;
  /** How long after the first one all are forgotten. */
  readonly seconds: number;
}

export function createWindow(database: Database, { of, most, seconds }: WindowOptions): Window {
  if (most === 0) return UNLIMITED;
  const limiter = new RateLimiterDrizzle({
    storeClient: database,
    schema: throttles,
    keyPrefix: of,
    points: most,
    duration: seconds,
    clearExpiredByTimeout: false, // see `purgeThrottles`
  });
  const full = async (key: string) => {
    const counted = await limiter.get(key);
    return counted !== null && counted.consumedPoints >= most ? counted : undefined;
  };
  return {
    count: async (key) => {
      try {
        await limiter.consume(key);
      } catch (error) {
        throw error instanceof RateLimiterRes ? new RateLimited(error.msBeforeNext) : error;
      }
    },
    check: async (key) => {
      const counted = await full(key);
      if (counted !== undefined) throw new RateLimited(counted.msBeforeNext);
    },
    isFull: async (key) => (await full(key)) !== undefined,
    add: async (key) => {
      await limiter.penalty(key);
    },
  };
}

const UNLIMITED: Window = {
  count: async () => {},
  check: async () => {},
  isFull: async () => false,
  add: async () => {},
};
