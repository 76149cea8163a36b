import type { MinuteCount } from '../throttles/minute-counter.js';

/**
 * The fields of a response that state how many requests, or root fields of mutations, the client has left
 * (draft-ietf-httpapi-ratelimit-headers).
 */
export function rateLimitFields({ policy, limit, remaining, resetMs }: MinuteCount): Record<string, string> {
  return {
    'ratelimit-policy': `"${policy}";q=${limit};w=60`,
    ratelimit: `"${policy}";r=${remaining};t=${Math.ceil(resetMs / 1_000)}`,
  };
}
