/** The pair of tokens of a session, as it is stored. */
import type { SessionTokensFragment } from './generated.js';

/** Where the pair is kept: `localStorage`, `sessionStorage`, or anything with these methods. */
export interface SessionStorage {
  getItem(key: string): string | null;
  setItem(key: string, value: string): void;
  removeItem(key: string): void;
}

export interface StoredPair {
  readonly accessToken: string;
  readonly refreshToken: string;
  /** In milliseconds since 1970, by the clock of this device. */
  readonly renewAt: number;
}

/** The part of its lifetime in which an access token is sent, so that it does not expire on the way. */
const USABLE = 0.8;

export function textOf({ accessToken, refreshToken, expiresIn }: SessionTokensFragment): string {
  const pair: StoredPair = { accessToken, refreshToken, renewAt: Date.now() + expiresIn * 1_000 * USABLE };
  return JSON.stringify(pair);
}

/** Undefined where nothing is stored, or something else. */
export function pairIn(text: string | null): StoredPair | undefined {
  try {
    const { accessToken, refreshToken, renewAt } = JSON.parse(text ?? '{}');
    const isPair = typeof accessToken === 'string' && typeof refreshToken === 'string' && typeof renewAt === 'number';
    return isPair ? { accessToken, refreshToken, renewAt } : undefined;
  } catch {
    return undefined;
  }
}

/** A storage for one process. */
export function createMemory(): SessionStorage {
  const items = new Map<string, string>();
  return {
    getItem: (key) => items.get(key) ?? null,
    setItem: (key, value) => void items.set(key, value),
    removeItem: (key) => void items.delete(key),
  };
}
