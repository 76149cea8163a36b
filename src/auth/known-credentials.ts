import { hash } from 'node:crypto';
import { LRUCache } from 'lru-cache';
import type { VerifyBearer } from './authenticate.js';
import { type Authenticated, requestLimitOf } from './principal.js';

/** Verifies bearer tokens, and remembers their principals. */
export interface KnownCredentials {
  /** Asks the database. */
  readonly verify: VerifyBearer;
  /**
   * The principal of a token when it was last verified; undefined: it is not remembered, or has expired by the clock of this
   * node. It says nothing about now: the token may have ended, or may have other scopes. A token whose requests the database
   * counts is not remembered: nothing runs by it before its request was counted.
   */
  recall(bearer: string): Authenticated | undefined;
}

/** About 10 MB. The one that was used longest ago is forgotten first, and one that is rejected at once. */
const MAX_REMEMBERED = 10_000;

/** @param now milliseconds since 1970. */
export function rememberCredentials(verify: VerifyBearer, now: () => number): KnownCredentials {
  // By the hash of the token, so that no secret is kept.
  const known = new LRUCache<string, Authenticated>({ max: MAX_REMEMBERED });
  return {
    recall: (bearer) => {
      const principal = known.get(digest(bearer));
      return principal === undefined || hasExpired(principal, now()) ? undefined : principal;
    },
    verify: async (bearer) => {
      const verified = await verify(bearer);
      const key = digest(bearer);
      if (verified.kind === 'REJECTED' || requestLimitOf(verified) !== undefined) known.delete(key);
      else known.set(key, verified);
      return verified;
    },
  };
}

/** The database decides. A request that it is about to reject is not first counted, and run, as if it were accepted. */
function hasExpired({ expiresAt }: Authenticated, now: number): boolean {
  return expiresAt !== null && expiresAt.getTime() <= now;
}

function digest(bearer: string): string {
  return hash('sha256', bearer, 'base64');
}
