import type { MinuteCount } from '../throttles/minute-counter.js';

/**
 * The fields that tell a client how many requests, or root fields of mutations, it has left
 * (draft-ietf-httpapi-ratelimit-headers).
 */
export function rateLimitFields({ limit, remaining, resetMs }: MinuteCount): Record<string, string> {
  return {
    'ratelimit-policy': `"requests";q=${limit};w=60`,
    ratelimit: `"requests";r=${remaining};t=${Math.ceil(resetMs / 1_000)}`,
  };
}
